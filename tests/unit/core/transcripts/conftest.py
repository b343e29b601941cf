"""Transcripts to write, by hand and at random."""

from collections.abc import Callable

import pytest

from astra.core.values import EngineIdentity, Segment, TranscriptResult
from astra.kernel.coverage import Coverage

IDENTITY = EngineIdentity(engine="whisper", engine_version="1", model="demo", model_digest="ab" * 32)
Transcribed = Callable[..., TranscriptResult]


@pytest.fixture(scope="session")
def transcribed() -> Transcribed:
    """Make a transcript of segments, with a ledger of a second more than they last."""

    def make(*segments: Segment) -> TranscriptResult:
        duration_ms = max((segment.end_ms for segment in segments), default=0) + 1000
        speech = [(segment.start_ms, segment.end_ms) for segment in segments]
        return TranscriptResult(
            segments=segments,
            coverage=Coverage.of_speech(speech, duration_ms),
            language="es",
            identity=IDENTITY,
        )

    return make


@pytest.fixture(scope="session")
def segment() -> Callable[..., Segment]:
    def make(start_ms: int, end_ms: int, text: str, **more: object) -> Segment:
        return Segment(start_ms=start_ms, end_ms=end_ms, text=text, confidence=0.9, **more)  # type: ignore[arg-type]

    return make
