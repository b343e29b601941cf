"""From everything that was heard of each speaker to turns as a person would write them down."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from astra.core.diarization.values import LocalTurn, SpeakerTurn

_PAUSE_MS: Final = 500  # a speaker's own pause, when nobody else speaks in it
_SHORTEST_CHANGE_MS: Final = 1_000  # nobody takes the floor and gives it back for less without a pause
_TOUCH_MS: Final = 50  # closer than this there is no pause


def smoothed(people: Sequence[Sequence[LocalTurn]]) -> list[SpeakerTurn]:
    """Return the turns of each person in order of their start, named S1, S2, … as they first appear."""
    heard = sorted(
        chain.from_iterable(
            (_named(turn, str(person)) for turn in turns) for person, turns in enumerate(people)
        ),
        key=lambda turn: (turn.start_ms, turn.end_ms),
    )
    turns = _joined(_steadied(_joined(heard)))
    names: dict[str, str] = {}
    for turn in turns:
        names.setdefault(turn.speaker, f"S{len(names) + 1}")
    return [replace(turn, speaker=names[turn.speaker]) for turn in turns]


def _named(turn: LocalTurn, speaker: str) -> SpeakerTurn:
    return SpeakerTurn(
        start_ms=turn.start_ms, end_ms=turn.end_ms, speaker=speaker, confidence=turn.confidence
    )


def _joined(turns: Sequence[SpeakerTurn]) -> list[SpeakerTurn]:
    """Join turns of one speaker that overlap, touch, or have a short pause between in which nobody speaks."""
    found: list[SpeakerTurn] = []
    last: dict[str, int] = {}  # speaker -> index of the latest turn
    for turn in turns:
        index = last.get(turn.speaker)
        if index is not None and _goes_on(found, last, index, turn):
            found[index] = _union(found[index], turn)
        else:
            last[turn.speaker] = len(found)
            found.append(turn)
    return found


def _goes_on(found: Sequence[SpeakerTurn], last: dict[str, int], index: int, turn: SpeakerTurn) -> bool:
    end_ms = found[index].end_ms
    if turn.start_ms <= end_ms:
        return True
    others = (found[other].end_ms for other in last.values() if other != index)
    return turn.start_ms - end_ms <= _PAUSE_MS and max(others, default=0) <= end_ms


def _union(first: SpeakerTurn, second: SpeakerTurn) -> SpeakerTurn:
    total = first.duration_ms + second.duration_ms
    weighed = first.confidence * first.duration_ms + second.confidence * second.duration_ms
    return replace(
        first, end_ms=max(first.end_ms, second.end_ms), confidence=weighed / total if total else 1.0
    )


def _steadied(turns: Sequence[SpeakerTurn]) -> list[SpeakerTurn]:
    """Give a short turn in the middle of another speaker's, without a pause around it, to that speaker."""
    steady = list(turns)
    for index in range(1, len(steady) - 1):
        before, turn, after = steady[index - 1 : index + 2]
        if (
            before.speaker == after.speaker
            and turn.duration_ms < _SHORTEST_CHANGE_MS
            and abs(turn.start_ms - before.end_ms) <= _TOUCH_MS
            and abs(after.start_ms - turn.end_ms) <= _TOUCH_MS
        ):
            steady[index] = replace(turn, speaker=before.speaker)
    return steady
