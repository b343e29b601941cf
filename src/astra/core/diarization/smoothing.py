"""From everything that was heard of each speaker to turns as a person would write them down."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from typing import Final

from astra.core.diarization.values import LocalTurn, SpeakerTurn

_PAUSE_MS: Final = 500  # a speaker's own pause, when nobody else speaks in it
_TOUCH_MS: Final = 50  # closer than this there is no pause


def smoothed(people: Sequence[Sequence[LocalTurn]], blur_ms: int) -> list[SpeakerTurn]:
    """Return the turns of each person in order of their start, named S1, S2, … as they first appear.

    For `blur_ms` see `LocalDiarizer.blur_ms`.
    """
    heard = sorted(
        chain.from_iterable(
            (_named(turn, str(person)) for turn in turns) for person, turns in enumerate(people)
        ),
        key=lambda turn: (turn.start_ms, turn.end_ms),
    )
    turns = _joined(_steadied(_joined(heard), blur_ms))
    names: dict[str, str] = {}
    for turn in turns:
        names.setdefault(turn.speaker, f"S{len(names) + 1}")
    return [replace(turn, speaker=names[turn.speaker]) for turn in turns]


def _named(turn: LocalTurn, speaker: str) -> SpeakerTurn:
    return SpeakerTurn(
        start_ms=turn.start_ms, end_ms=turn.end_ms, speaker=speaker, confidence=turn.confidence
    )


def _joined(turns: Iterable[SpeakerTurn]) -> list[SpeakerTurn]:
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


def _steadied(turns: Sequence[SpeakerTurn], blur_ms: int) -> Iterator[SpeakerTurn]:
    """Share what is no turn between those before and after.

    That is what is short, without a pause around it, and of somebody who never speaks otherwise: the change
    itself, both voices in one window. And what is short and within one other speaker's breath.
    """
    is_short = [_is_short(turns, index, blur_ms) for index in range(len(turns))]
    certain = {turn.speaker for turn, short in zip(turns, is_short, strict=True) if not short}
    doubted: list[SpeakerTurn] = []
    before = None
    for index, turn in enumerate(turns):
        if is_short[index] and (
            turn.speaker not in certain or turns[index - 1].speaker == turns[index + 1].speaker
        ):
            doubted.append(turn)
            continue
        if before and doubted:
            yield from _shared(before, doubted, turn)
        yield turn
        before, doubted = turn, []


def _is_short(turns: Sequence[SpeakerTurn], index: int, blur_ms: int) -> bool:
    """Tell whether a turn is short and touches both the one before and the one after."""
    if not 0 < index < len(turns) - 1 or turns[index].duration_ms > blur_ms:
        return False
    gaps = (after.start_ms - before.end_ms for before, after in pairwise(turns[index - 1 : index + 2]))
    return max(map(abs, gaps)) <= _TOUCH_MS


def _shared(before: SpeakerTurn, doubted: Sequence[SpeakerTurn], after: SpeakerTurn) -> Iterator[SpeakerTurn]:
    start_ms, end_ms = doubted[0].start_ms, doubted[-1].end_ms
    middle_ms = (start_ms + end_ms) // 2
    yield replace(doubted[0], start_ms=start_ms, end_ms=middle_ms, speaker=before.speaker)
    yield replace(doubted[-1], start_ms=middle_ms, end_ms=end_ms, speaker=after.speaker)
