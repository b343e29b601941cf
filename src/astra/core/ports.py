"""What CORE needs from outside: to read sound, to hear, and to find voice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from astra.core.values import (
    EngineFeatures,
    EngineIdentity,
    MissingSound,
    Pcm16k,
    TranscribeOptions,
    TranscriptResult,
)


class ITranscriber(Protocol):
    """Turns speech into timed text. The model is loaded at first use; safe to call from several threads."""

    @property
    def identity(self) -> EngineIdentity:
        """The engine and the exact model, with its digest.

        Raises:
            EngineUnavailable: the model cannot be had; the message says what to do.
        """
        ...

    @property
    def features(self) -> EngineFeatures: ...

    def transcribe(self, audio: Pcm16k, options: TranscribeOptions) -> TranscriptResult:
        """Hear `audio` (any length; at most 30 s hears best).

        Raises:
            EngineUnavailable: the model cannot be had; the message says what to do.
            OptionUnsupported: the engine cannot honour an option.
        """
        ...


class VoiceDetector(Protocol):
    """Tells where there is voice."""

    def speech_ms(self, audio: Pcm16k) -> list[tuple[int, int]]:
        """Return the stretches with voice as (start_ms, end_ms), in order, not overlapping."""
        ...


class SoundDecoder(Protocol):
    """Reads recordings of any common format, a piece at a time."""

    def pieces(self, source: bytes | Path) -> Iterator[Pcm16k | MissingSound]:
        """Yield the recording in order, a bounded piece at a time; `MissingSound` where it does not decode.

        Raises:
            AudioEmpty: there is no sound in it.
            AudioUnreadable: it is not a recording.
        """
        ...

    def duration_ms(self, source: bytes | Path) -> int | None:
        """Return the length that the recording declares, if it does; raises what `pieces` raises."""
        ...
