"""A second try for engines without fallbacks of their own: the chunk in two halves."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from astra.core.values import SAMPLE_RATE, SAMPLES_PER_MS, Hearing, Pcm16k

_WINDOW: Final = SAMPLE_RATE // 5  # the cut is the middle of the quietest fifth of a second
_SHORTEST: Final = 4 * SAMPLE_RATE  # a shorter chunk is not cut

HearAll = Callable[[Sequence[Pcm16k]], Sequence[Hearing]]


def heard_in_halves(chunk: Pcm16k, hear: HearAll) -> Hearing:
    """Hear a chunk in two parts, cut where it is quietest in its middle half.

    NVIDIA's models lose spans of long windows, and repeat themselves less in short ones.
    """
    if len(chunk) < _SHORTEST:
        return hear([chunk])[0]
    cut = _quietest(chunk)
    first, second = hear([chunk[:cut], chunk[cut:]])
    return Hearing(segments=first.segments + second.shifted(cut // SAMPLES_PER_MS).segments)


def _quietest(chunk: Pcm16k) -> int:
    """Return the sample in the chunk's middle half around which there is the least energy."""
    start = len(chunk) // 4
    middle = chunk[start : start + len(chunk) // 2]
    energy = np.concatenate([[0.0], np.cumsum(middle.astype(np.float64) ** 2)])
    of_windows = energy[_WINDOW:] - energy[:-_WINDOW]
    cut = start + int(np.argmin(of_windows)) + _WINDOW // 2
    return cut - cut % SAMPLES_PER_MS
