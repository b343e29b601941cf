"""What CORE needs from outside, to read sound, find voice and hear, and what it offers: `ITranscriber`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from astra.core.values import (
    EngineFeatures,
    EngineIdentity,
    Hearing,
    MissingSound,
    Pcm16k,
    Progress,
    TimedTranscript,
    TranscribeOptions,
    TranscriptResult,
)

ProgressListener = Callable[[Progress], None]


class SoundSource(Protocol):
    """A recording somewhere: a file, an address, an object of the store."""

    def open(self) -> BinaryIO:
        """Return its bytes as a readable, seekable file that holds only a part of them; the caller closes it.

        Raises:
            AudioUnreadable: it cannot be had; the message says why.
        """
        ...


Recording = bytes | Path | SoundSource  # bytes: a whole recording of any format, not samples


class SoundDecoder(Protocol):
    """Reads recordings of any common format, a piece at a time."""

    def pieces(self, source: Recording) -> Iterator[Pcm16k | MissingSound]:
        """Yield the recording in order, a bounded piece at a time; `MissingSound` where it does not decode.

        Raises:
            AudioEmpty: there is no sound in it.
            AudioUnreadable: it is not a recording.
        """
        ...

    def duration_ms(self, source: Recording) -> int | None:
        """Return the length that the recording declares, if it does; raises what `pieces` raises."""
        ...


class VoiceStream(Protocol):
    """Follows the voice of one recording from its start; not shared between threads."""

    def probabilities(self, sound: Pcm16k) -> Sequence[float]:
        """Take the next samples; return the probability of voice of each window that is complete now."""
        ...


class VoiceDetector(Protocol):
    """Tells where there is voice. Thread-safe."""

    @property
    def window_ms(self) -> int:
        """The length of a window."""
        ...

    def stream(self) -> VoiceStream:
        """Begin to follow a recording."""
        ...


class LoadedEngine(Protocol):
    """A model in memory. Thread-safe."""

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        """Hear several chunks in one call; return one hearing each, in order, times from each chunk's start.

        A chunk without a sample has an empty hearing.

        Raises:
            EngineUnavailable: the engine failed; the message says what to do.
        """
        ...

    def close(self) -> None:
        """Give back the memory; the object is not used afterwards."""
        ...


class Engine(Protocol):
    """One model of one engine, not loaded until it is needed. Thread-safe."""

    @property
    def identity(self) -> EngineIdentity:
        """The engine and the exact model, with its digest; known without loading it.

        Raises:
            EngineUnavailable: the model cannot be had; the message says what to do.
        """
        ...

    @property
    def features(self) -> EngineFeatures:
        """Its limits, known without loading it."""
        ...

    def load(self) -> LoadedEngine:
        """Bring the model into memory.

        Raises:
            EngineUnavailable: as above, or a package of its extra is not installed.
        """
        ...


class Checkpoint(Protocol):
    """Keeps what an engine heard, so that the same sound is never paid for twice.

    Keys are digests of sound, model and options together: a hearing is found again in whatever recording.
    """

    def find(self, key: str) -> Hearing | None: ...

    def keep(self, key: str, hearing: Hearing) -> None:
        """Keep a hearing; durable when this returns."""
        ...


class ITranscriber(Protocol):
    """Turns speech into timed text: whole recordings, streams of samples, batches of chunks. Thread-safe.

    All three give `TranscriptResult`; raise `OptionUnsupported` for an option that the engine cannot honour,
    and `EngineUnavailable` when the model cannot be had. The model is loaded at first use.
    """

    @property
    def identity(self) -> EngineIdentity: ...

    @property
    def features(self) -> EngineFeatures: ...

    def transcribe(self, source: Recording, options: TranscribeOptions) -> TranscriptResult:
        """Hear a whole recording of any length and format.

        Raises:
            AudioEmpty, AudioUnreadable: there is nothing to hear; what is damaged in part is a declared gap.
        """
        ...

    def stream(
        self, sound: Iterable[Pcm16k | MissingSound], options: TranscribeOptions
    ) -> Iterator[TimedTranscript]:
        """Hear samples as they come; yield stretch after stretch, without a hole, in bounded memory."""
        ...

    def batch(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[TranscriptResult]:
        """Hear chunks of at most `features.longest_ms` in one call; one result each, in order."""
        ...
