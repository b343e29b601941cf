"""CORE served on loopback: with the demo model, and with an engine that hears when it is let."""

import io
import wave
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from threading import Event

import httpx
import numpy as np
import pytest
from fastapi import FastAPI

from astra.bootstrap.core_metrics import CoreMetrics
from astra.bootstrap.core_service import CoreLimits, CoreParts
from astra.core.catalog import Catalog, ServedModel
from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.errors import EngineUnavailable
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.measured_engine import MeasuredEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Engine
from astra.core.service import Core
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.streaming.realtime import RealtimeTranscriber
from astra.core.values import (
    SAMPLES_PER_MS,
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    Segment,
    TranscribeOptions,
)
from astra.entrypoints.http.core.app import core_app, settled
from astra.entrypoints.http.server import address_of, bound_socket, serving
from astra.kernel.clock import SystemClock
from astra.kernel.ids import Uuid7Ids
from astra.samples import load_sample

LONGEST_WAIT_S = 30.0


class PatientEngine:
    """Hears every chunk as its number, each call only when the gate is open; takes words to expect."""

    @staticmethod
    def said(number: int) -> str:
        """Return what it hears in a chunk: words enough for half a minute of voice."""
        return f"Pieza {number}, que dice todo lo que en ella se oye, desde el principio hasta el fin."

    def __init__(self) -> None:
        self.gate = Event()
        self.calls: list[TranscribeOptions] = []
        self.fails_at: int | None = None

    @property
    def identity(self) -> EngineIdentity:
        return EngineIdentity(engine="patient", engine_version="1", model="test", model_digest="00" * 32)

    @property
    def features(self) -> EngineFeatures:
        return EngineFeatures(languages=frozenset(), word_times=False, hotwords=True)

    def load(self) -> "PatientEngine":
        return self

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        assert self.gate.wait(LONGEST_WAIT_S)
        return [self._heard(chunk, options) for chunk in chunks]

    def close(self) -> None: ...

    def _heard(self, chunk: Pcm16k, options: TranscribeOptions) -> Hearing:
        self.calls.append(options)
        if self.fails_at == len(self.calls):
            raise EngineUnavailable("The model has gone.")
        end_ms = len(chunk) // SAMPLES_PER_MS
        text = self.said(len(self.calls))
        return Hearing(segments=(Segment(start_ms=0, end_ms=end_ms, text=text, confidence=1.0),))


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running service and a client of it."""

    client: httpx.AsyncClient
    app: FastAPI
    parts: CoreParts

    def metric(self, name: str, **labels: str) -> float:
        return self.parts.metrics.registry.get_sample_value(name, labels) or 0.0


Serve = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture(scope="session")
def detector() -> SileroVad:
    return SileroVad()


@pytest.fixture(scope="session")
def demo_engine() -> Iterator[SharedEngine]:
    engine = SharedEngine(FasterWhisper("demo"))
    yield engine
    engine.close()


@pytest.fixture
def patient() -> Iterator[PatientEngine]:
    engine = PatientEngine()
    yield engine
    engine.gate.set()


def parts_of(
    name: str,
    engine: SharedEngine,
    detector: SileroVad,
    metrics: CoreMetrics,
    *,
    keys: frozenset[str],
    limits: CoreLimits,
) -> CoreParts:
    decoder = PyAvDecoder()

    def made() -> ServedModel:
        transcriber = Transcriber(engine=engine, voice_detector=detector, decoder=decoder)
        core = Core(transcriber=transcriber, decoder=decoder)
        return ServedModel(name=name, engine="whisper", transcriber=transcriber, core=core)

    return CoreParts(
        catalog=Catalog({name: made}, default=name),
        live=RealtimeTranscriber(engine=engine, voice_detector=detector),
        decoder=decoder,
        limits=limits,
        api_keys=keys,
        metrics=metrics,
        clock=SystemClock(),
        ids=Uuid7Ids(),
    )


@pytest.fixture
def serve(detector: SileroVad, demo_engine: SharedEngine) -> Serve:
    """Serve an engine of the test, or the demo model as `demo`."""

    @asynccontextmanager
    async def start(
        engine: Engine | None = None,
        *,
        keys: frozenset[str] = frozenset(),
        name: str | None = None,
        **limits: float,
    ) -> AsyncIterator[Service]:
        metrics = CoreMetrics()
        count = metrics.engine_seconds.labels("test").inc
        shared = SharedEngine(MeasuredEngine(engine, count)) if engine else demo_engine
        name = name or ("test" if engine else "demo")
        parts = parts_of(name, shared, detector, metrics, keys=keys, limits=CoreLimits(**limits))  # type: ignore[arg-type]
        app, listener = core_app(parts), bound_socket("127.0.0.1", 0)
        async with serving(app, listener):
            async with httpx.AsyncClient(base_url=address_of(listener), timeout=LONGEST_WAIT_S) as client:
                yield Service(client=client, app=app, parts=parts)
            if isinstance(engine, PatientEngine):
                engine.gate.set()
        await settled(app)

    return start


@pytest.fixture(scope="session")
def spoken() -> Callable[[int], bytes]:
    """Cut the first milliseconds of the sample, as WAV."""
    sound = np.concatenate(
        [piece for piece in PyAvDecoder().pieces(load_sample().audio_path) if isinstance(piece, np.ndarray)]
    )

    def cut(duration_ms: int) -> bytes:
        content = io.BytesIO()
        with wave.open(content, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes((sound[: duration_ms * SAMPLES_PER_MS] * 32_767).astype("<i2").tobytes())
        return content.getvalue()

    return cut
