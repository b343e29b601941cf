"""The words of a hearing, timed in the stream."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from astra.core.values import Hearing, Segment, Word

_SENTENCE_ENDS: Final = (".", "?", "!", "…")


def words_of(hearing: Hearing, offset_ms: int, limit_ms: int) -> tuple[Word, ...]:
    """Return the words in order, later by `offset_ms`, none before it or after `limit_ms`.

    Where the engine gives no times of words, a segment's time is divided among its words by their letters.
    """
    words = (word for segment in hearing.segments for word in segment.words or _divided(segment))
    return tuple(in_order((word.shifted(offset_ms) for word in words), offset_ms, limit_ms))


def in_order(words: Iterable[Word], first_ms: int, limit_ms: int) -> Iterator[Word]:
    """Yield the words with times that never go back, within [first, limit]."""
    earliest = first_ms
    for word in words:
        start = min(max(word.start_ms, earliest), limit_ms)
        earliest = min(max(word.end_ms, start), limit_ms)
        yield replace(word, start_ms=start, end_ms=earliest)


def ends_sentence(word: Word) -> bool:
    """Tell whether a sentence ends with the word."""
    return word.text.endswith(_SENTENCE_ENDS)


def _divided(segment: Segment) -> Iterator[Word]:
    texts = segment.text.split()
    letters = max(sum(map(len, texts)), 1)
    length = segment.end_ms - segment.start_ms
    done = 0
    for text in texts:
        start = segment.start_ms + length * done // letters
        done += len(text)
        end = segment.start_ms + length * done // letters
        yield Word(start_ms=start, end_ms=end, text=text, confidence=segment.confidence)
