"""From segments to subtitles that can be read: short lines, few at a time, not too long on the screen.

The limits are those of Netflix's Timed Text Style Guide, general requirements and Spanish (Latin America):
two lines of 42 characters, from 5/6 of a second to 7 seconds. The BBC's Subtitle Guidelines ask for no more
than two lines either.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, pairwise, zip_longest
from typing import Final

from astra.core.transcripts.grouping import SENTENCE_ENDS, grouped
from astra.core.values import Segment

MOST_CHARACTERS: Final = 42  # in a line
LONGEST_MS: Final = 7_000
SHORTEST_MS: Final = 833
_LONGEST_PAUSE_MS: Final = 1_500  # inside a cue


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What stands on the screen at one time."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]  # one or two, of at most `MOST_CHARACTERS`
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class _Timed:
    """A piece of text without spaces, short enough for a line."""

    text: str
    start_ms: int
    end_ms: int


def cues_of(segments: Iterable[Segment], *, says_speakers: bool = False) -> list[Cue]:
    """Return the cues in order of time; they do not overlap, and each lasts.

    Args:
        segments: in any order; their words' times are used where they have them.
        says_speakers: begin what a speaker says with the label, for formats without voices.
    """
    cues: list[Cue] = []
    speaker = ""
    for segment in sorted(segments, key=lambda segment: segment.start_ms):
        is_new = says_speakers and segment.speaker != speaker
        speaker = segment.speaker
        label = f"{speaker}: " if is_new and speaker else ""
        cues.extend(_cues(_pieces(segment, label), segment.speaker))
    return list(_apart(cues))


def _pieces(segment: Segment, label: str) -> list[_Timed]:
    """Return the segment's text in pieces, timed by its words, or else by their length."""
    texts = segment.text.split()
    words = [(word.text, word.start_ms, word.end_ms) for word in segment.words if word.text.strip()]
    if "".join("".join(text.split()) for text, _, _ in words) != "".join(texts):
        words = [(segment.text, segment.start_ms, segment.end_ms)]
    said = [(piece, segment.start_ms, segment.start_ms) for piece in label.split()]
    return [piece for text, start, end in [*said, *words] for piece in _shared(text, start, end)]


def _shared(text: str, start_ms: int, end_ms: int) -> Iterator[_Timed]:
    """Split a text where it may be broken, and share its time among the pieces by their length."""
    pieces = [
        word[at : at + MOST_CHARACTERS]
        for word in text.split()
        for at in range(0, len(word), MOST_CHARACTERS)
    ]
    letters = sum(map(len, pieces))
    done = 0
    for piece in pieces:
        start = start_ms + (end_ms - start_ms) * done // letters
        done += len(piece)
        yield _Timed(piece, start, start_ms + (end_ms - start_ms) * done // letters)


def _cues(pieces: Sequence[_Timed], speaker: str) -> Iterator[Cue]:
    """Yield the cues of a speaker's pieces; a long pause always ends one."""
    pauses = [at for at in range(1, len(pieces)) if _is_pause(pieces[at - 1], pieces[at])]
    for start, end in pairwise([0, *pauses, len(pieces)]):
        stretch = pieces[start:end]
        groups = grouped([piece.text for piece in stretch], partial(_fits, stretch), 2 * MOST_CHARACTERS)
        yield from (_cue(stretch[begin:stop], speaker) for begin, stop in groups)


def _is_pause(before: _Timed, after: _Timed) -> bool:
    return after.start_ms - before.end_ms > _LONGEST_PAUSE_MS


def _fits(pieces: Sequence[_Timed], start: int, end: int) -> bool:
    """Tell whether the pieces [start, end) may be one cue."""
    texts = [piece.text for piece in pieces[start:end]]
    return (
        max(piece.end_ms for piece in pieces[start:end]) - pieces[start].start_ms <= LONGEST_MS
        and _lines(texts) != ()
        and not _goes_on(texts)
    )


def _goes_on(texts: Sequence[str]) -> bool:
    """Tell whether more follows on a sentence that fills more than a line."""
    lengths = accumulate(len(text) + 1 for text in texts[:-1])
    return any(
        text.endswith(SENTENCE_ENDS) and length > MOST_CHARACTERS + 1
        for text, length in zip(texts, lengths, strict=False)
    )


def _cue(group: Sequence[_Timed], speaker: str) -> Cue:
    return Cue(
        start_ms=group[0].start_ms,
        end_ms=max(piece.end_ms for piece in group),
        lines=_lines([piece.text for piece in group]),
        speaker=speaker,
    )


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the text in one line, or in two as alike in length as can be; nothing if it needs more."""
    whole = " ".join(texts)
    if len(whole) <= MOST_CHARACTERS:
        return (whole,)
    splits = ((" ".join(texts[:at]), " ".join(texts[at:])) for at in range(1, len(texts)))
    fitting = [lines for lines in splits if max(map(len, lines)) <= MOST_CHARACTERS]
    return min(fitting, key=lambda lines: abs(len(lines[0]) - len(lines[1])), default=())


def _apart(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Yield the cues one after the other, each long enough to be read as far as the next lets it."""
    free_ms = 0
    for cue, following in zip_longest(cues, cues[1:]):
        start = max(cue.start_ms, free_ms)
        end = min(max(cue.end_ms, start + SHORTEST_MS), start + LONGEST_MS)
        if following is not None:
            end = min(end, max(following.start_ms, start + 1))
        free_ms = end
        yield replace(cue, start_ms=start, end_ms=end)
