"""Times for formats whose readers divide by durations: every piece lasts, and none lies upon another."""

from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Final

LEAST_MS: Final = 10  # Whisper's frame; models tell times in steps of 20 ms and more

Stretch = tuple[int, int]  # [start_ms, end_ms)


def lasting(pieces: Iterable[Stretch], duration_ms: int) -> list[Stretch]:
    """Return the pieces' times, each `LEAST_MS` long at least, in their order and apart.

    Only what is too short or lies upon a neighbour is moved: it begins where the piece before has lasted
    `LEAST_MS`, and ends at the next one's start. No piece ends after `duration_ms`, if all fit into it.
    """
    given = list(pieces)
    earliest = accumulate((start for start, _ in given), lambda before, start: max(start, before + LEAST_MS))
    limit = max(duration_ms, LEAST_MS * len(given))
    bounds = [limit]
    for start in reversed(list(earliest)):
        bounds.append(min(start, bounds[-1] - LEAST_MS))
    return [
        (start, min(max(end, start + LEAST_MS), following))
        for (_, end), (start, following) in zip(given, pairwise(reversed(bounds)), strict=True)
    ]
