"""What diarization takes and gives."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from astra.kernel.errors import InvalidInput

Vectors = npt.NDArray[np.float32]  # one voice a row, shape (n, dimensions); close rows are alike voices


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerTurn:
    """A stretch in which one speaker speaks; turns of different speakers may overlap."""

    start_ms: int
    end_ms: int
    speaker: str  # "S1", "S2", … in order of first appearance
    confidence: float  # 0..1, the model's own certainty; 1 where it gives none

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerBounds:
    """How many different speakers there are, as far as it is known beforehand."""

    fewest: int = 1
    most: int | None = None  # None: any number

    def __post_init__(self) -> None:
        if self.fewest < 1 or (self.most is not None and self.most < self.fewest):
            raise InvalidInput(
                f"Between {self.fewest} and {self.most} speakers is not possible; "
                "give at least one, and at most no fewer than at least."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTurn:
    """A stretch of a local voice, in ms from its chunk's start."""

    start_ms: int
    end_ms: int
    confidence: float  # 0..1

    def shifted(self, offset_ms: int) -> "LocalTurn":
        """Return the turn, later by `offset_ms`."""
        return replace(self, start_ms=self.start_ms + offset_ms, end_ms=self.end_ms + offset_ms)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocalVoice:
    """One voice of one chunk: when it is heard there, and what it is like.

    `vector` is a unit vector, or the mean of several, whose norm falls as they differ; shape (dimensions,).
    The dot product of two is how alike the voices are, from -1 to 1. Zeros resemble nobody.
    """

    turns: tuple[LocalTurn, ...]
    vector: npt.NDArray[np.float32]

    @property
    def speech_ms(self) -> int:
        return sum(turn.end_ms - turn.start_ms for turn in self.turns)

    def shifted(self, offset_ms: int) -> "LocalVoice":
        """Return the voice, heard later by `offset_ms`."""
        return replace(self, turns=tuple(turn.shifted(offset_ms) for turn in self.turns))
