"""The transcript in the shape of OpenAI's `verbose_json`.

Source: https://platform.openai.com/docs/api-reference/audio/verbose-json-object. What our engines do not give
is said as such: `tokens` is empty. `language` is the code that was asked for.
"""

import json
import zlib
from math import log
from typing import Any, Final

from astra.core.values import Segment, TranscriptResult, Word

_FRAME_MS: Final = 10  # `seek` counts Whisper's frames
_LEAST_PROBABILITY: Final = 1e-9  # its logarithm is finite


def write_verbose_json(transcript: TranscriptResult) -> str:
    """Return the transcript with its segments, and with its words if it has any."""
    has_words = any(segment.words for segment in transcript.segments)
    document = verbose_json(transcript, with_segments=True, with_words=has_words)
    return f"{json.dumps(document, ensure_ascii=False)}\n"


def verbose_json(transcript: TranscriptResult, *, with_segments: bool, with_words: bool) -> dict[str, Any]:
    """Return the transcript with what `timestamp_granularities[]` asks for; times are in seconds."""
    seconds = transcript.duration_ms / 1000
    document: dict[str, Any] = {
        "task": "transcribe",
        "language": transcript.language,
        "duration": seconds,
        "text": transcript.text,
    }
    if with_segments:
        document["segments"] = [_segment(*numbered) for numbered in enumerate(transcript.segments)]
    if with_words:
        document["words"] = [_word(word) for segment in transcript.segments for word in segment.words]
    return document | {"usage": {"type": "duration", "seconds": seconds}}


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    content = segment.text.encode()
    return {
        "id": number,
        "seek": segment.start_ms // _FRAME_MS,
        "start": segment.start_ms / 1000,
        "end": segment.end_ms / 1000,
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": log(max(segment.confidence, _LEAST_PROBABILITY)),
        "compression_ratio": len(content) / len(zlib.compress(content)),
        "no_speech_prob": segment.no_speech,
    }


def _word(word: Word) -> dict[str, Any]:
    return {"word": word.text, "start": word.start_ms / 1000, "end": word.end_ms / 1000}
