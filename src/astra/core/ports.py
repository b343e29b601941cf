"""What CORE needs from outside: something that hears, and something that knows where there is voice."""

from typing import Protocol

from astra.core.values import (
    EngineFeatures,
    EngineIdentity,
    Pcm16k,
    TranscribeOptions,
    TranscriptResult,
)


class ITranscriber(Protocol):
    """Turns speech into timed text. The model is loaded at first use; safe to call from several threads."""

    @property
    def identity(self) -> EngineIdentity:
        """The engine and the exact model, with its digest."""
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
