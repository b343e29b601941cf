"""What a live transcription tells while it listens; times are in ms from the start of the stream."""

from dataclasses import dataclass

from astra.core.values import Word
from astra.kernel.coverage import Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSegment:
    """A piece of the transcript, as it is known now."""

    segment_id: int  # 1, 2, 3, … in order of time; the same in all its revisions
    revision: int  # 1, 2, 3, …: grows whenever the text changes
    start_ms: int
    end_ms: int
    words: tuple[Word, ...]
    confirmed: int  # how many of its first words two hearings in a row agreed upon; all of them in a final

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """The words' mean confidence, weighted by their letters; 0 without words."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / max(letters, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted:
    """A voice is there after silence."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialResult:
    """What a segment says so far; a later revision may say it differently, rarely so in confirmed words."""

    segment: LiveSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalResult:
    """What a segment says for good; each segment has one, and nothing of it comes afterwards."""

    segment: LiveSegment
    ends_utterance: bool  # the speaker paused, or the stream was flushed or has ended
    is_flushed: bool  # because the client asked for it


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceEnded:
    """Nobody has spoken for the time that was asked for."""

    last_word_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted:
    """The next stretch of the stream is settled; the ledger's times are from the stretch's start."""

    start_ms: int
    coverage: Coverage


StreamEvent = SpeechStarted | PartialResult | FinalResult | UtteranceEnded | Accounted
