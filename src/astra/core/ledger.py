"""The coverage ledger of one chunk: what was heard, what is silence, and what must be declared missing."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from astra.kernel.coverage import Coverage, Span, SpanKind, merged

DAMAGED: Final = "damaged_sound"  # bytes that do not decode
MISSING: Final = "missing_sound"  # the recording announces sound that is not in it
UNRECOGNISED: Final = "speech_without_words"  # a voice is there and the engine wrote nothing

_SHORTEST_UNRECOGNISED_MS: Final = 1000  # shorter voice without words is a cough, or a word's edge

Stretch = tuple[int, int]  # [start_ms, end_ms)


def account(
    *,
    duration_ms: int,
    text: Iterable[Stretch],
    speech: Iterable[Stretch],
    gaps: Iterable[tuple[int, int, str]] = (),
) -> Coverage:
    """Account for every millisecond of a chunk: gaps first, then text, then unrecognised voice, then silence.

    Stretches may overlap, touch, lie in any order or stick out of the chunk.
    """
    texts, declared = list(text), list(gaps)
    edges = _edges(duration_ms, [*texts, *((start, end) for start, end, _ in declared)])
    spans = [_span(start, end, texts, declared) for start, end in pairwise(edges)]
    voices = list(speech)
    return Coverage(tuple(merged(part for span in spans for part in _without_unheard(span, voices))))


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


def _without_unheard(span: Span, voices: Iterable[Stretch]) -> Iterable[Span]:
    """Split a silent span where a voice was detected for long enough to have said something."""
    if span.kind is not SpanKind.SILENCE:
        return [span]
    clipped = [(max(start, span.start_ms), min(end, span.end_ms)) for start, end in voices]
    unheard = [
        (start, end, UNRECOGNISED) for start, end in clipped if end - start >= _SHORTEST_UNRECOGNISED_MS
    ]
    edges = sorted(
        {span.start_ms, span.end_ms, *(time for start, end, _ in unheard for time in (start, end))}
    )
    return [_span(start, end, (), unheard) for start, end in pairwise(edges)]
