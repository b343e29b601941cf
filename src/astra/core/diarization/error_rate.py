"""The diarization error rate, by which diarizers are compared.

NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan": speech time
missed, invented or given to the wrong speaker, over the speech time of the reference.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from astra.core.diarization.values import SpeakerTurn

Moment = tuple[int, frozenset[str], frozenset[str]]  # ms, who speaks by the reference, and by the other


@dataclass(frozen=True, slots=True, kw_only=True)
class DiarizationErrors:
    """Speaker time in ms; the time of a stretch counts once for each who speaks in it."""

    reference_ms: int
    missed_ms: int
    invented_ms: int
    confused_ms: int

    @property
    def rate(self) -> float:
        """The errors as a part of the reference; over 1 if more is invented than was said."""
        errors = self.missed_ms + self.invented_ms + self.confused_ms
        return errors / self.reference_ms if self.reference_ms else float(errors > 0)


def diarization_errors(
    reference: Sequence[SpeakerTurn], found: Sequence[SpeakerTurn], collar_ms: int = 0
) -> DiarizationErrors:
    """Compare turns with the true ones, speakers paired for the fewest errors.

    What lies within `collar_ms` of a true turn's start or end does not count.
    """
    moments = list(_moments(reference, found, collar_ms))
    pairs = _paired(moments)
    right = sum(ms * len({(a, b) for a in true for b in other} & pairs) for ms, true, other in moments)
    shared = sum(ms * min(len(true), len(other)) for ms, true, other in moments)
    return DiarizationErrors(
        reference_ms=sum(ms * len(true) for ms, true, _ in moments),
        missed_ms=sum(ms * max(len(true) - len(other), 0) for ms, true, other in moments),
        invented_ms=sum(ms * max(len(other) - len(true), 0) for ms, true, other in moments),
        confused_ms=shared - right,
    )


def _moments(
    reference: Sequence[SpeakerTurn], found: Sequence[SpeakerTurn], collar_ms: int
) -> Iterator[Moment]:
    """Yield the stretches between changes, without those in a collar."""
    changes = [*_changes(reference, 0), *_changes(found, 1)]
    for turn in reference if collar_ms else ():
        for edge in (turn.start_ms, turn.end_ms):
            changes += [(edge - collar_ms, 2, "", 1), (edge + collar_ms, 2, "", -1)]
    speaking: tuple[dict[str, int], ...] = ({}, {}, {})
    for now, after in pairwise(sorted(changes)):
        _, who, speaker, step = now
        speaking[who][speaker] = speaking[who].get(speaker, 0) + step
        if after[0] > now[0] and not speaking[2].get(""):
            true, other, _ = (frozenset(name for name, count in side.items() if count) for side in speaking)
            if true or other:
                yield after[0] - now[0], true, other


def _changes(turns: Iterable[SpeakerTurn], who: int) -> Iterator[tuple[int, int, str, int]]:
    for turn in turns:
        yield turn.start_ms, who, turn.speaker, 1
        yield turn.end_ms, who, turn.speaker, -1


def _paired(moments: Iterable[Moment]) -> set[tuple[str, str]]:
    """Pair true and found speakers, one to one, for the most time together."""
    together: dict[tuple[str, str], int] = {}
    for ms, true, other in moments:
        for pair in ((a, b) for a in true for b in other):
            together[pair] = together.get(pair, 0) + ms
    rows = sorted({a for a, _ in together})
    columns = sorted({b for _, b in together})
    size = max(len(rows), len(columns))
    gain = np.zeros((size, size))
    for (a, b), ms in together.items():
        gain[rows.index(a), columns.index(b)] = ms
    chosen = _assignment(-gain)
    return {
        (rows[row], columns[column])
        for row, column in enumerate(chosen)
        if row < len(rows) and column < len(columns)
    }


def _assignment(cost: npt.NDArray[np.float64]) -> list[int]:
    """Return the column of each row for the least total cost of a square matrix (Kuhn 1955, Munkres 1957)."""
    size = len(cost)
    row_price, column_price = np.zeros(size + 1), np.zeros(size + 1)
    row_of = np.full(size + 1, -1)  # the last column is where a row waits
    for row in range(size):
        row_of[size] = row
        least = np.full(size, np.inf)
        came_from = np.full(size, size)
        is_seen = np.zeros(size + 1, dtype=bool)
        column = size
        while row_of[column] >= 0:
            is_seen[column] = True
            here = row_of[column]
            reduced = cost[here] - row_price[here] - column_price[:size]
            is_open = ~is_seen[:size]
            is_better = is_open & (reduced < least)
            least[is_better], came_from[is_better] = reduced[is_better], column
            column = int(np.argmin(np.where(is_open, least, np.inf)))
            step = least[column]
            row_price[row_of[is_seen]] += step
            column_price[is_seen] -= step
            least[is_open] -= step
        while column != size:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    chosen = [0] * size
    for column in range(size):
        chosen[row_of[column]] = column
    return chosen
