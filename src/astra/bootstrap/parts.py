"""Single parts for commands that need no running application."""

from astra.bootstrap.settings import Settings
from astra.builder.libreoffice_pages import render_pages
from astra.builder.ports import PageRenderer
from astra.core.faster_whisper import FasterWhisperTranscriber
from astra.core.ports import ITranscriber, SoundDecoder
from astra.core.pyav_decoder import PyAvDecoder


def sound_decoder() -> SoundDecoder:
    """Return what reads recordings."""
    return PyAvDecoder()


def page_renderer() -> PageRenderer:
    """Return what draws the pages of a document."""
    return render_pages


def transcriber(settings: Settings, *, may_download: bool = True) -> ITranscriber:
    """Return what hears, as the settings say; its model is fetched and loaded at first use."""
    return FasterWhisperTranscriber(
        settings.model,
        device=settings.device,
        compute_type=settings.compute_type,
        cpu_threads=settings.core_threads,
        may_download=may_download,
    )
