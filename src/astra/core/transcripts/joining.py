"""The stretches of a recording as one transcript."""

from collections.abc import Sequence

from astra.core.values import EngineIdentity, TimedTranscript, TranscriptResult
from astra.kernel.coverage import Coverage


def joined(parts: Sequence[TimedTranscript], *, language: str, identity: EngineIdentity) -> TranscriptResult:
    """Return stretches, in order and without a hole, as the transcript of the whole."""
    return TranscriptResult(
        segments=tuple(segment.shifted(part.start_ms) for part in parts for segment in part.result.segments),
        coverage=Coverage.joined(part.result.coverage for part in parts),
        language=language,
        identity=identity,
    )
