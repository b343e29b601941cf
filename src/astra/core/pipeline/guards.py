"""What an engine must not get away with: loops, words over silence, and voice without words.

Whisper repeats itself and invents closing credits where nobody speaks; the thresholds of compression and
probability are those of its paper (Radford et al. 2022, section 4.5).
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from astra.core.pipeline.chunking import Chunk
from astra.core.pipeline.voice import Stretch
from astra.core.values import Hearing, Segment

_MOST_COMPRESSIBLE: Final = 2.4  # bytes of the text per byte of its zlib compression
_LEAST_CONFIDENT: Final = exp(-1.0)  # mean token probability
_LONGEST_WORDLESS_MS: Final = 1500  # of voice: a cough is shorter
_LEAST_VOICED: Final = 0.1  # share of a segment that must have voice
_MOST_REPEATS: Final = 3
_LOOP: Final = re.compile(r"\b(?P<said>\w[^.?!]{0,60}?)(?:[\s,.;]+(?P=said)){3,}\b", re.IGNORECASE)
_CREDITS: Final = re.compile(
    r"subt[ií]tulos (?:realizados )?por|amara\.org|suscr[ií]bete|gracias por ver (?:el|este) v[ií]deo",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a hearing is not to be trusted; the lower the weight, the better the hearing."""

    reason: str
    weight: float


def doubt_of(hearing: Hearing, chunk: Chunk) -> Doubt | None:
    """Return what speaks against a hearing, None if nothing does."""
    voiced_ms = sum(end - start for start, end in chunk.speech)
    if not hearing.segments:
        return Doubt(reason="wordless", weight=3.0) if voiced_ms > _LONGEST_WORDLESS_MS else None
    if is_loop(hearing.text):
        return Doubt(reason="loop", weight=2.0)
    confidence = mean_confidence(hearing.segments)
    return Doubt(reason="unsure", weight=1.0 - confidence) if confidence < _LEAST_CONFIDENT else None


def is_loop(text: str) -> bool:
    """Tell whether a text says the same over and over."""
    content = text.encode()
    is_compressible = len(content) / len(zlib.compress(content)) > _MOST_COMPRESSIBLE
    return is_compressible or _LOOP.search(text) is not None


def mean_confidence(segments: Sequence[Segment]) -> float:
    """Return the confidence of segments, weighted by their letters."""
    letters = sum(len(segment.text) for segment in segments)
    return sum(segment.confidence * len(segment.text) for segment in segments) / max(letters, 1)


def without_inventions(segments: Sequence[Segment], speech: Sequence[Stretch]) -> tuple[Segment, ...]:
    """Drop segments that lie over silence, and the credits of subtitles over little voice."""
    return tuple(segment for segment in segments if not _is_invented(segment, speech))


def without_loops(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Drop segments that repeat themselves, and each that says for the fourth time what was said before."""
    kept: list[Segment] = []
    repeats = 0
    for segment in segments:
        repeats = repeats + 1 if kept and segment.text == kept[-1].text else 0
        if not is_loop(segment.text) and repeats < _MOST_REPEATS:
            kept.append(segment)
    return tuple(kept)


def _is_invented(segment: Segment, speech: Sequence[Stretch]) -> bool:
    length = max(segment.end_ms - segment.start_ms, 1)
    overlaps = (min(end, segment.end_ms) - max(start, segment.start_ms) for start, end in speech)
    voiced = sum(overlap for overlap in overlaps if overlap > 0) / length
    return voiced < _LEAST_VOICED or (
        _CREDITS.search(segment.text) is not None and voiced < 2 * _LEAST_VOICED
    )
