"""Words with times, as engines of NVIDIA's models give them, turned into the segments of a hearing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from astra.core.values import Hearing, Segment, Word

_SENTENCE_ENDS: Final = (".", "?", "!", "…")
_PAUSE_MS: Final = 1000  # a longer silence between two words ends a segment


def hearing_of_words(words: Sequence[Word], duration_ms: int, *, word_times: bool) -> Hearing:
    """Return a hearing whose segments end at the end of a sentence and in pauses.

    Args:
        words: in order; a time before 0 is unknown, and one may lie beyond the sound.
        duration_ms: the sound's length.
        word_times: whether the segments keep their words.
    """
    placed = list(_within(words, duration_ms))
    segments = (_segment(group, word_times=word_times) for group in _sentences(placed))
    return Hearing(segments=tuple(segments))


def hearing_of_text(text: str, duration_ms: int, confidence: float) -> Hearing:
    """Return a hearing of a text whose times are not known: one segment over the whole sound."""
    if not text.strip():
        return Hearing(segments=())
    segment = Segment(start_ms=0, end_ms=duration_ms, text=text.strip(), confidence=confidence)
    return Hearing(segments=(segment,))


def _within(words: Iterable[Word], duration_ms: int) -> Iterator[Word]:
    """Yield the words between 0 and the sound's end, none beginning before the one that precedes it."""
    earliest = 0
    for word in words:
        start_ms = min(max(word.start_ms, earliest), duration_ms)
        yield replace(word, start_ms=start_ms, end_ms=min(max(word.end_ms, start_ms), duration_ms))
        earliest = start_ms


def _sentences(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    first = 0
    for index, (word, following) in enumerate(pairwise(words), start=1):
        if word.text.endswith(_SENTENCE_ENDS) or following.start_ms - word.end_ms > _PAUSE_MS:
            yield words[first:index]
            first = index
    if words:
        yield words[first:]


def _segment(words: Sequence[Word], *, word_times: bool) -> Segment:
    return Segment(
        start_ms=words[0].start_ms,
        end_ms=max(word.end_ms for word in words),
        text=" ".join(word.text for word in words),
        confidence=sum(word.confidence for word in words) / len(words),
        words=tuple(words) if word_times else (),
    )
