"""The coverage ledger of one chunk: what was heard, what is silence, and what must be declared missing."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from astra.kernel.coverage import Coverage, Span, SpanKind, merged

DAMAGED: Final = "damaged_sound"  # bytes that do not decode
MISSING: Final = "missing_sound"  # the recording announces sound that is not in it
UNRECOGNISED: Final = "speech_without_words"  # a voice is there and the engine wrote nothing
UNTRUSTED: Final = "untrusted_words"  # the engine's words could not have been said, and were taken out

_SHORTEST_UNRECOGNISED_MS: Final = 1000  # beside words; shorter is a word's edge
_SHORTEST_ALONE_MS: Final = 400  # away from all words: an unheard "No" counts; shorter is a click

Stretch = tuple[int, int]  # [start_ms, end_ms)


def account(
    *,
    duration_ms: int,
    text: Iterable[Stretch],
    speech: Iterable[Stretch],
    gaps: Iterable[tuple[int, int, str]] = (),
    untrusted: Iterable[Stretch] = (),
) -> Coverage:
    """Account for every millisecond: gaps first, then text, words taken out, voice without words, silence.

    Stretches may overlap, touch, lie in any order or stick out of the chunk.
    """
    texts, declared = list(text), list(gaps)
    edges = _edges(duration_ms, [*texts, *((start, end) for start, end, _ in declared)])
    spans = [_span(start, end, texts, declared) for start, end in pairwise(edges)]
    unheard = [
        *(_Unheard(start, end, UNTRUSTED, 1) for start, end in untrusted),
        *(_Unheard(start, end, UNRECOGNISED, _least(start, end, texts)) for start, end in speech),
    ]
    return Coverage(tuple(merged(part for span in spans for part in _without_unheard(span, unheard))))


class _Unheard(NamedTuple):
    """A stretch that is a gap where it is not text and at least `least_ms` long."""

    start_ms: int
    end_ms: int
    reason: str
    least_ms: int


def _least(start: int, end: int, texts: Sequence[Stretch]) -> int:
    """Return how long a voice without words must be to have said something."""
    has_words = any(text_start < end and start < text_end for text_start, text_end in texts)
    return _SHORTEST_UNRECOGNISED_MS if has_words else _SHORTEST_ALONE_MS


def _edges(duration_ms: int, stretches: Iterable[Stretch]) -> list[int]:
    """Return every time in [0, duration] at which something begins or ends, both ends included."""
    times = {0, duration_ms}
    for stretch in stretches:
        times.update(min(max(time, 0), duration_ms) for time in stretch)
    return sorted(times)


def _span(start: int, end: int, texts: Sequence[Stretch], gaps: Sequence[tuple[int, int, str]]) -> Span:
    for gap_start, gap_end, reason in gaps:
        if gap_start <= start and end <= gap_end:
            return Span(start_ms=start, end_ms=end, kind=SpanKind.GAP, reason=reason)
    is_text = any(text_start <= start and end <= text_end for text_start, text_end in texts)
    return Span(start_ms=start, end_ms=end, kind=SpanKind.TEXT if is_text else SpanKind.SILENCE)


def _without_unheard(span: Span, unheard: Sequence[_Unheard]) -> Iterable[Span]:
    """Split a silent span where a voice was not written, or what was written was taken out."""
    if span.kind is not SpanKind.SILENCE:
        return [span]
    clipped = (
        part._replace(start_ms=max(part.start_ms, span.start_ms), end_ms=min(part.end_ms, span.end_ms))
        for part in unheard
    )
    gaps = [
        (part.start_ms, part.end_ms, part.reason)
        for part in clipped
        if part.end_ms - part.start_ms >= part.least_ms
    ]
    edges = sorted({span.start_ms, span.end_ms, *(time for start, end, _ in gaps for time in (start, end))})
    return [_span(start, end, (), gaps) for start, end in pairwise(edges)]
