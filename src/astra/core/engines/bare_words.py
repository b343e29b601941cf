"""Words that come apart from their segments, brought back: OpenAI lists them bare, without punctuation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from astra.core.values import Segment, Word


def in_segments(words: Sequence[Word], segments: Sequence[Segment]) -> Iterator[Segment]:
    """Yield the segments with their words: written as in the text, with the times of the bare words.

    Where the bare words do not spell the text, they stay as they are, each in the segment that it lies in.
    Words have the confidence of their segment.
    """
    if not words:
        return iter(segments)
    return iter(_spelled(words, segments) or [_overlapping(words, segment) for segment in segments])


def _spelled(words: Sequence[Word], segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments with words as the text writes them; none if the words are not those of the text."""
    rest = iter(words)
    found = []
    for segment in segments:
        written: list[Word] = []
        for token in segment.text.split():
            word = _next(token, rest, written)
            if word is None:
                return []
            written.append(replace(word, confidence=segment.confidence))
        found.append(replace(segment, words=tuple(written)))
    return found if next(rest, None) is None else []


def _next(token: str, rest: Iterator[Word], before: Sequence[Word]) -> Word | None:
    """Return the word that a token of the text is, of as many bare words as spell it."""
    letters = _letters(token)
    if not letters:  # a dash stands at the end of the word before it
        return replace(before[-1], start_ms=before[-1].end_ms, text=token) if before else None
    taken: list[Word] = []
    while (spelled := _letters("".join(word.text for word in taken))) != letters:
        word = next(rest, None)
        if word is None or not letters.startswith(spelled):
            return None
        taken.append(word)
    return replace(taken[0], end_ms=taken[-1].end_ms, text=token)


def _overlapping(words: Iterable[Word], segment: Segment) -> Segment:
    inside = (
        word for word in words if segment.start_ms <= (word.start_ms + word.end_ms) / 2 <= segment.end_ms
    )
    return replace(segment, words=tuple(replace(word, confidence=segment.confidence) for word in inside))


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
