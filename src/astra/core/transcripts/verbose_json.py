"""The transcript in the shape of OpenAI's `verbose_json`.

Source: https://platform.openai.com/docs/api-reference/audio/verbose-json-object. Its clients require every
member, so those that are not known have a value that says so:

- `start`, `end`: as heard, but for pieces of no length, see `lasting`.
- `avg_logprob`: the logarithm of the confidence; 0 where the engine gives none.
- `compression_ratio`: computed from the text, as Whisper does.
- `no_speech_prob`: the engine's; 0 where it gives none.
- `seek`: where the segment begins, in Whisper's frames of 10 ms. Chunks are cut by us, not by Whisper.
- `temperature`: 0, the only one that can be asked for. What failed at it may have been heard at others.
- `tokens`: empty; engines have different ones.
- `language`: the code that was asked for.
"""

import json
import zlib
from collections.abc import Sequence
from math import log
from typing import Any, Final

from astra.core.transcripts.durations import Stretch, lasting
from astra.core.values import Segment, TranscriptResult, Word

_FRAME_MS: Final = 10  # `seek` counts Whisper's frames
_ASKED_TEMPERATURE: Final = 0.0
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
        segments = transcript.segments
        timed = zip(segments, _times(segments, transcript.duration_ms), strict=True)
        document["segments"] = [_segment(number, *one) for number, one in enumerate(timed)]
    if with_words:
        words = [word for segment in transcript.segments for word in segment.words]
        document["words"] = list(map(_word, words, _times(words, transcript.duration_ms)))
    return document | {"usage": {"type": "duration", "seconds": seconds}}


def _times(pieces: Sequence[Segment | Word], duration_ms: int) -> list[Stretch]:
    return lasting(((piece.start_ms, piece.end_ms) for piece in pieces), duration_ms)


def _segment(number: int, segment: Segment, time: Stretch) -> dict[str, Any]:
    start_ms, end_ms = time
    content = segment.text.encode()
    return {
        "id": number,
        "seek": start_ms // _FRAME_MS,
        "start": start_ms / 1000,
        "end": end_ms / 1000,
        "text": segment.text,
        "tokens": [],
        "temperature": _ASKED_TEMPERATURE,
        "avg_logprob": log(max(segment.confidence, _LEAST_PROBABILITY)),
        "compression_ratio": len(content) / len(zlib.compress(content)),
        "no_speech_prob": segment.no_speech,
    }


def _word(word: Word, time: Stretch) -> dict[str, Any]:
    start_ms, end_ms = time
    return {"word": word.text, "start": start_ms / 1000, "end": end_ms / 1000}
