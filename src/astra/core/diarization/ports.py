"""What diarization offers, and what a model has to give for it: vectors of voices, or local turns."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from astra.core.diarization.values import LocalVoice, SpeakerBounds, SpeakerTurn, Vectors
from astra.core.pipeline.chunking import Chunk
from astra.core.values import MissingSound, Pcm16k


class Diarizer(Protocol):
    """Tells who speaks when in recordings of any length. Calls block; thread-safe."""

    def turns(
        self, sound: Iterable[Pcm16k | MissingSound], bounds: SpeakerBounds | None = None
    ) -> list[SpeakerTurn]:
        """Follow a recording piece by piece, in bounded memory; return its turns in order of their start.

        Times are from the recording's start, missing sound included. No speech: no turns. `bounds` limits
        how many speakers there are; without it their number is estimated.

        Raises:
            EngineUnavailable: a model cannot be had or failed; the message says what to do.
        """
        ...

    def close(self) -> None:
        """Give back the models' memory; the next call loads them again."""
        ...


class LocalDiarizer(Protocol):
    """Tells voices apart within one chunk. Thread-safe; its model is loaded at first use.

    Who is who across chunks is decided by comparing the voices' vectors.
    """

    @property
    def longest_ms(self) -> int:
        """The longest chunk that it takes."""
        ...

    @property
    def same_voice(self) -> float:
        """How alike (mean dot product) vectors of one person are at least: where comparing stops joining."""
        ...

    @property
    def blur_ms(self) -> int:
        """How long two voices may blur into one at a change: so short a turn without a pause is doubted."""
        ...

    def voices(self, chunk: Chunk) -> list[LocalVoice]:
        """Return the voices of a chunk, each with its turns in time order, within the chunk.

        Turns of different voices may overlap; those who do are different people. All vectors have the
        same number of dimensions, in every call.

        Raises:
            EngineUnavailable: as in `Diarizer.turns`.
        """
        ...

    def close(self) -> None:
        """Give back the model's memory."""
        ...


class SpeakerEmbedder(Protocol):
    """Turns sound of one voice into a vector that is close to others of the same voice. Thread-safe."""

    @property
    def shortest_ms(self) -> int:
        """The shortest sound from which it gives a useful vector; shorter ones are widened before."""
        ...

    @property
    def same_voice(self) -> float:
        """How alike (mean cosine) short stretches of one person are at least."""
        ...

    def embed(self, sounds: Sequence[Pcm16k]) -> Vectors:
        """Return one unit vector a sound, shape (len(sounds), dimensions); none of the sounds is empty.

        Raises:
            EngineUnavailable: as in `Diarizer.turns`.
        """
        ...

    def close(self) -> None:
        """Give back the model's memory."""
        ...
