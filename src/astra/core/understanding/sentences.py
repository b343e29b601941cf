"""From an engine's segments to sentences with their times."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from astra.core.values import Segment

_LONGEST_PAUSE_MS: Final = 1500  # inside a sentence; after a longer one another sentence begins
_END_OF_SENTENCE: Final = re.compile(r"[.?!…][\"»”)]*$")
_BOUNDARY: Final = re.compile(r"(?<=[.?!…])[\"»”)]*\s+(?=[¿¡\"«“(]*[A-ZÁÉÍÓÚÑ0-9])")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(])(?:Dra?|Sra?|Srta|Lic|Ing|Arq|Abg|H|H\.C|[Nn]o|[Nn]ro|[Nn]úm|[Aa]rt|[Pp]ág|Ltda|S\.A"
    r"|[ap]\. ?m|[A-ZÑ])\.$"
)
_LIST_NUMBER: Final = re.compile(r"^\d{1,2}\.$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence as the engine wrote it."""

    start_ms: int
    end_ms: int
    text: str
    confidence: float


def sentences_of(segments: Sequence[Segment]) -> Iterator[Sentence]:
    """Yield sentences: segments that break one are joined, segments that hold several are split.

    Inside a segment times are proportional to the characters, since word times are less exact than that.
    """
    for group in _joined(segments):
        yield from _split(group)


def split_text(text: str) -> list[str]:
    """Return the sentences of a text; abbreviations and list numbers do not end one.

    One that opens, closes or convokes and does another of these is two, so that neither is lost.
    """
    from astra.core.understanding.session import formulas_apart  # noqa: PLC0415  # compiles rules

    sentences: list[str] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        piece = text[start : match.end()].strip()
        if _ABBREVIATION.search(piece) or _LIST_NUMBER.match(piece):
            continue
        sentences.append(piece)
        start = match.end()
    whole = (sentence for sentence in [*sentences, text[start:].strip()] if sentence)
    return [part for sentence in whole for part in formulas_apart(sentence)]


def _joined(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Group segments so that a sentence lies within one group."""
    group: list[Segment] = []
    for segment in segments:
        if group and (
            _END_OF_SENTENCE.search(group[-1].text) or segment.start_ms - group[-1].end_ms > _LONGEST_PAUSE_MS
        ):
            yield group
            group = []
        group.append(segment)
    if group:
        yield group


def _split(group: Sequence[Segment]) -> Iterator[Sentence]:
    text = " ".join(segment.text for segment in group)
    position = 0
    for sentence in split_text(text):
        start = text.index(sentence, position)
        position = start + len(sentence)
        yield Sentence(
            start_ms=_time_at(group, start, is_end=False),
            end_ms=_time_at(group, position, is_end=True),
            text=sentence,
            confidence=min(segment.confidence for segment in group),
        )


def _time_at(group: Sequence[Segment], position: int, *, is_end: bool) -> int:
    """Return the time of a character of the group's text; at a seam, of the segment of its sentence."""
    offset = 0
    for segment in group:
        length = len(segment.text)
        if position < offset + length or (is_end and position == offset + length):
            share = (position - offset) / length
            return round(segment.start_ms + share * (segment.end_ms - segment.start_ms))
        offset += length + 1
    return group[-1].end_ms
