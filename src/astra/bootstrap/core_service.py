"""The parts of CORE as a service, wired from the settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from astra.bootstrap.core_metrics import CoreMetrics
from astra.bootstrap.engines import ENGINES, engine_of
from astra.bootstrap.parts import sound_decoder
from astra.bootstrap.settings import Settings
from astra.bootstrap.understanding import understanding_of
from astra.core.catalog import Catalog, ServedModel
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.measured_engine import MeasuredEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import SoundDecoder
from astra.core.service import Core
from astra.core.sound.silero_vad import SileroVad
from astra.core.streaming.realtime import RealtimeTranscriber
from astra.kernel.clock import Clock, SystemClock
from astra.kernel.errors import InvalidInput
from astra.kernel.ids import IdSource, Uuid7Ids

SHORTEST_KEY: Final = 16  # characters


class ApiKeyTooShort(InvalidInput):
    """An API key has fewer than 16 characters and could be guessed; make one with `openssl rand -hex 24`."""

    code = "api_key_too_short"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreLimits:
    """How much the service takes on."""

    concurrency: int = 1  # requests heard at the same time
    waiting: int = 8  # requests that may wait besides; the next is turned away
    listeners: int = 8  # live transcriptions at the same time
    max_upload_bytes: int = 1 << 31
    max_json_bytes: int = 1 << 26  # a JSON body, and each field of a form: held in memory
    uploads: int = 32  # bodies that may arrive at the same time; they take no place of those who wait
    idle_s: float = 60.0  # an upload of which nothing comes for this long is given up
    least_bytes_per_s: int = 8_192  # as is one that brings less on average: 64 kbit/s, a telephone line


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreParts:
    """What the service is made of."""

    catalog: Catalog
    live: RealtimeTranscriber  # of the default model
    decoder: SoundDecoder
    limits: CoreLimits
    api_keys: frozenset[str]  # empty: whoever reaches the service may use it
    metrics: CoreMetrics
    clock: Clock
    ids: IdSource


def core_parts(settings: Settings, api_keys: frozenset[str]) -> CoreParts:
    """Return the parts as the settings say; nothing is loaded. `EngineUnknown`."""
    metrics = CoreMetrics()
    engine = engine_of(settings)
    name = served_name(settings)
    shared = SharedEngine(
        MeasuredEngine(engine, metrics.engine_seconds.labels(name).inc), idle_s=settings.model_idle_s
    )
    voice_detector, decoder = SileroVad(), sound_decoder()
    understanding = understanding_of(settings)

    def made() -> ServedModel:
        transcriber = Transcriber(engine=shared, voice_detector=voice_detector, decoder=decoder)
        core = Core(transcriber=transcriber, decoder=decoder, understanding=understanding)
        return ServedModel(name=name, engine=settings.engine, transcriber=transcriber, core=core)

    return CoreParts(
        catalog=Catalog({name: made}, default=name),
        live=RealtimeTranscriber(engine=shared, voice_detector=voice_detector),
        decoder=decoder,
        limits=CoreLimits(
            concurrency=settings.core_concurrency,
            waiting=settings.core_queue,
            listeners=settings.core_listeners,
            max_upload_bytes=settings.core_max_upload_bytes,
            max_json_bytes=settings.max_body_bytes,
        ),
        api_keys=api_keys,
        metrics=metrics,
        clock=SystemClock(),
        ids=Uuid7Ids(),
    )


def served_name(settings: Settings) -> str:
    """Return how clients name the model: a hub's name as it is, of a folder or a file its last part."""
    model = settings.model or ENGINES[settings.engine][1]
    path = Path(model)
    return path.resolve().name if path.exists() else model


def api_keys_of(text: str) -> frozenset[str]:
    """Return the keys in a text, separated by spaces, commas or lines; `#` begins a comment.

    Raises:
        ApiKeyTooShort: one could be guessed.
    """
    lines = (line.partition("#")[0] for line in text.splitlines())
    keys = frozenset(key for line in lines for key in line.replace(",", " ").split())
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ApiKeyTooShort
    return keys
