"""From turns to speaker labels on what was heard; no text, word, span of time or coverage changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from astra.core.diarization.values import SpeakerTurn
from astra.core.values import Segment, TranscriptResult, Word


def with_speakers(result: TranscriptResult, turns: Sequence[SpeakerTurn]) -> TranscriptResult:
    """Return a transcript of a recording with the speaker of each segment; see `labelled`.

    `turns` are of the same recording, from its start.
    """
    return replace(result, segments=tuple(labelled(result.segments, turns)))


def labelled(segments: Iterable[Segment], turns: Sequence[SpeakerTurn]) -> Iterator[Segment]:
    """Yield the segments with their speaker: who speaks longest in one, none if nobody or two as long.

    A segment whose words have times is split where the speaker of its words changes; a word without a
    speaker of its own stays with those before it. The parts follow one another without a hole, and their
    texts put together with spaces are the segment's.
    """
    floor = _Floor(turns)
    for segment in segments:
        parts = _parts(segment, floor)
        if parts:
            yield from parts
        else:
            yield replace(segment, speaker=floor.speaker(segment.start_ms, segment.end_ms))


class _Floor:
    """Finds who speaks in a stretch, among any number of turns."""

    def __init__(self, turns: Sequence[SpeakerTurn]) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.start_ms)
        self._starts = [turn.start_ms for turn in self._turns]
        self._latest_ends = list(accumulate((turn.end_ms for turn in self._turns), max))

    def speaker(self, start_ms: int, end_ms: int) -> str:
        """Return who speaks longest from `start_ms` to `end_ms`; empty for nobody, or two as long."""
        heard: dict[str, int] = {}
        first = bisect_right(self._latest_ends, start_ms)
        for turn in self._turns[first : bisect_left(self._starts, end_ms)]:
            overlap = min(turn.end_ms, end_ms) - max(turn.start_ms, start_ms)
            heard[turn.speaker] = heard.get(turn.speaker, 0) + max(overlap, 0)
        longest = max(heard.values(), default=0)
        speakers = [speaker for speaker, ms in heard.items() if ms == longest]
        return speakers[0] if longest and len(speakers) == 1 else ""


def _parts(segment: Segment, floor: _Floor) -> list[Segment]:
    """Return the segment's stretches of one speaker each; none if its words do not tell."""
    groups = _groups(segment.words, floor)
    texts = _texts(segment.text, groups)
    starts = [segment.start_ms]
    for _, words in groups[1:]:
        starts.append(min(max(words[0].start_ms, starts[-1]), segment.end_ms))
    ends = [*starts[1:], segment.end_ms]
    return [
        replace(segment, start_ms=start, end_ms=end, text=text, words=tuple(words), speaker=speaker)
        for start, end, text, (speaker, words) in zip(starts, ends, texts, groups, strict=False)
    ]


def _groups(words: Sequence[Word], floor: _Floor) -> list[tuple[str, list[Word]]]:
    """Return the runs of words of one speaker; none if no word has a speaker."""
    groups: list[tuple[str, list[Word]]] = []
    for word in words:
        speaker = floor.speaker(word.start_ms, word.end_ms)
        if groups and (not speaker or groups[-1][0] in {speaker, ""}):
            groups[-1] = (groups[-1][0] or speaker, [*groups[-1][1], word])
        else:
            groups.append((speaker, [word]))
    return groups if groups and groups[0][0] else []


def _texts(text: str, groups: Sequence[tuple[str, list[Word]]]) -> list[str]:
    """Cut the text before the first word of each group but the first; none if it cannot be done exactly."""
    position, cuts = 0, [-1]
    for index, (_, words) in enumerate(groups):
        for number, word in enumerate(words):
            found = text.find(word.text, position)
            if found < 0:
                return []
            if index and not number:
                cuts.append(found - 1)
            position = found + len(word.text)
    texts = [text[start + 1 : end] for start, end in pairwise([*cuts, len(text)])]
    is_exact = " ".join(texts) == text and all(part and part[-1] != " " for part in texts)
    return texts if is_exact else []
