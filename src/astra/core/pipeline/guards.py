"""What an engine must not get away with: loops, words over silence, and voice without words.

Whisper repeats itself and invents closing credits where nobody speaks; the thresholds of compression and
probability are those of its paper (Radford et al. 2022, section 4.5).
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp
from typing import Final

from astra.core.pipeline.chunking import Chunk
from astra.core.pipeline.voice import Stretch
from astra.core.values import Hearing, Segment

_MOST_COMPRESSIBLE: Final = 2.4  # bytes of the text per byte of its zlib compression
_LEAST_CONFIDENT: Final = exp(-1.0)  # mean token probability
_LONGEST_WORDLESS_MS: Final = 1500  # of voice: a cough is shorter
_FEWEST_LETTERS: Final = 2.0  # a second of voice; the slowest speaker says three times as many
_LEAST_VOICED: Final = 0.1  # share of a segment that must have voice
_MOST_REPEATS: Final = (
    8  # from here on the same words, said on end, are a loop unless as many voices said them
)
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
    voiced_ms = sum(map(_length, chunk.speech))
    wordless_ms = voiced_ms - sum(
        _voiced_ms(segment, chunk.speech) for segment in with_words_enough(hearing, chunk)
    )
    if wordless_ms > _LONGEST_WORDLESS_MS:
        return Doubt(reason="wordless", weight=3.0 + wordless_ms / voiced_ms)
    if is_loop(hearing.text):
        return Doubt(reason="loop", weight=2.0)
    confidence = mean_confidence(hearing.segments)
    is_unsure = hearing.segments and confidence < _LEAST_CONFIDENT
    return Doubt(reason="unsure", weight=1.0 - confidence) if is_unsure else None


def with_words_enough(hearing: Hearing, chunk: Chunk) -> list[Segment]:
    """Return the segments that can account for the voice in their time: one word is not half a minute."""
    return [
        segment
        for segment in hearing.segments
        if len(segment.text) * 1000
        >= _FEWEST_LETTERS * (_voiced_ms(segment, chunk.speech) - _LONGEST_WORDLESS_MS)
    ]


def is_loop(text: str) -> bool:
    """Tell whether a text says the same over and over."""
    content = text.encode()
    is_compressible = len(content) / len(zlib.compress(content)) > _MOST_COMPRESSIBLE
    return is_compressible or _LOOP.search(text) is not None


def mean_confidence(segments: Sequence[Segment]) -> float:
    """Return the confidence of segments, weighted by their letters."""
    letters = sum(len(segment.text) for segment in segments)
    return sum(segment.confidence * len(segment.text) for segment in segments) / max(letters, 1)


def without_inventions(hearing: Hearing, speech: Sequence[Stretch]) -> Hearing:
    """Take out segments that lie over silence, and the credits of subtitles over little voice."""
    return _without(hearing, [segment for segment in hearing.segments if _is_invented(segment, speech)])


def without_loops(hearing: Hearing, speech: Sequence[Stretch]) -> Hearing:
    """Take out what is said on end more often than voices said anything.

    Fifteen councillors who answer "Presente." one after the other are fifteen voices; an engine that is stuck
    says as much over one. Of a run of segments the first stays; a segment that loops in itself goes.
    """
    runs = [list(run) for _, run in groupby(hearing.segments, key=lambda segment: segment.text)]
    looping = [segment for run in runs if _is_stuck(run, speech) for segment in run[_first_stays(run) :]]
    return _without(hearing, looping)


def _first_stays(run: Sequence[Segment]) -> bool:
    return repeats_in(run[0].text) < _MOST_REPEATS


def _is_stuck(run: Sequence[Segment], speech: Sequence[Stretch]) -> bool:
    repeats = max(len(run), repeats_in(run[0].text))
    voices = sum(start < run[-1].end_ms and run[0].start_ms < end for start, end in speech)
    return repeats >= _MOST_REPEATS and repeats > 2 * voices


def repeats_in(text: str) -> int:
    """Return how often the most repeated words of a text follow one another."""
    return max(
        (len(re.findall(re.escape(loop["said"]), loop[0], re.IGNORECASE)) for loop in _LOOP.finditer(text)),
        default=1,
    )


def _without(hearing: Hearing, taken_out: Sequence[Segment]) -> Hearing:
    """Return the hearing without segments; where they were, it is not to be trusted."""
    gone = {id(segment) for segment in taken_out}
    return Hearing(
        segments=tuple(segment for segment in hearing.segments if id(segment) not in gone),
        untrusted=(*hearing.untrusted, *((segment.start_ms, segment.end_ms) for segment in taken_out)),
    )


def _is_invented(segment: Segment, speech: Sequence[Stretch]) -> bool:
    voiced = _voiced_ms(segment, speech) / max(segment.end_ms - segment.start_ms, 1)
    is_credit = _CREDITS.search(segment.text) is not None
    return voiced < (2 * _LEAST_VOICED if is_credit else _LEAST_VOICED)


def _voiced_ms(segment: Segment, speech: Sequence[Stretch]) -> int:
    """Return how much voice there is in a segment's time."""
    overlaps = (min(end, segment.end_ms) - max(start, segment.start_ms) for start, end in speech)
    return sum(overlap for overlap in overlaps if overlap > 0)


def _length(stretch: Stretch) -> int:
    start, end = stretch
    return end - start
