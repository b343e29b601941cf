"""Single parts for commands that need no running application."""

from pathlib import Path

from astra.bootstrap.engines import engine_of
from astra.bootstrap.settings import Settings
from astra.bootstrap.understanding import understanding_of
from astra.builder.libreoffice_pages import render_pages
from astra.builder.ports import PageRenderer
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Recording, SoundDecoder
from astra.core.service import Core
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.sound.url_sound import UrlSound


def sound_decoder() -> SoundDecoder:
    """Return what reads recordings."""
    return PyAvDecoder()


def recording_at(place: str) -> Recording:
    """Return the recording at a path or at an http(s) address."""
    return UrlSound(place) if place.startswith(("http://", "https://")) else Path(place)


def page_renderer() -> PageRenderer:
    """Return what draws the pages of a document."""
    return render_pages


def engine(settings: Settings, *, may_download: bool = True) -> SharedEngine:
    """Return the engine that the settings name; its model is fetched and loaded at first use."""
    return SharedEngine(engine_of(settings, may_download=may_download), idle_s=settings.model_idle_s)


def core(settings: Settings) -> Core:
    """Return what hears and understands, as the settings say."""
    return Core(
        transcriber=transcriber(settings),
        decoder=sound_decoder(),
        understanding=understanding_of(settings),
    )


def transcriber(settings: Settings) -> Transcriber:
    """Return what hears, as the settings say."""
    return Transcriber(engine=engine(settings), voice_detector=SileroVad(), decoder=sound_decoder())
