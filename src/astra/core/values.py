"""What CORE takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from astra.core.templates import NO_TEMPLATES, TemplateSet
from astra.kernel.coverage import Coverage
from astra.kernel.json_value import JsonObject

Pcm16k = npt.NDArray[np.float32]  # mono samples at 16 kHz, in [-1, 1], shape (n,)

SAMPLE_RATE = 16_000
SAMPLES_PER_MS = SAMPLE_RATE // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSound:
    """A stretch of a recording that could not be decoded."""

    samples: int  # at 16 kHz
    reason: str  # see `astra.core.ledger`


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word and when it was said."""

    start_ms: int
    end_ms: int
    text: str
    confidence: float  # 0..1

    def shifted(self, offset_ms: int) -> "Word":
        """Return the word, later by `offset_ms`."""
        return replace(self, start_ms=self.start_ms + offset_ms, end_ms=self.end_ms + offset_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of speech that the engine gave as one piece."""

    start_ms: int
    end_ms: int
    text: str
    confidence: float  # 0..1, mean token probability; 1 where the engine gives none
    words: tuple[Word, ...] = ()
    no_speech: float = 0.0  # 0..1, the engine's own doubt that anybody spoke
    speaker: str = ""  # a label of the diarization, such as "S1"; empty without one

    def shifted(self, offset_ms: int) -> "Segment":
        """Return the segment and its words, later by `offset_ms`."""
        return replace(
            self,
            start_ms=self.start_ms + offset_ms,
            end_ms=self.end_ms + offset_ms,
            words=tuple(word.shifted(offset_ms) for word in self.words),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineIdentity:
    """Exactly what did the hearing; it travels into the acta's proof."""

    engine: str  # "whisper", "parakeet", …
    engine_version: str
    model: str  # "large-v3-turbo", "demo", a folder's name, …
    model_digest: str  # SHA-256 (hex) over the model's files


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFeatures:
    """An engine's limits as data, checked before work is queued."""

    languages: frozenset[str]  # ISO 639-1; empty: any
    advice: str = ""  # what to use for other languages, as a sentence
    word_times: bool
    hotwords: bool = False  # words to expect can be given
    longest_ms: int = 30_000  # the longest chunk that hears well
    batch_size: int = 1  # chunks in one call
    parallel_calls: int = 1  # calls at the same time that are faster than one after another


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscribeOptions:
    """How to hear. An engine that cannot honour an option refuses it with an error."""

    language: str = "es"
    beam_size: int = 5  # engines without beams hear as they do
    word_times: bool = False
    hotwords: tuple[str, ...] = ()  # names and words to expect
    is_careful: bool = False  # slower: with the engine's own fallbacks, for a chunk that failed once


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What an engine heard in one chunk; times are from its start."""

    segments: tuple[Segment, ...]
    untrusted: tuple[tuple[int, int], ...] = ()  # [start_ms, end_ms) where words were taken out

    def shifted(self, offset_ms: int) -> "Hearing":
        """Return the hearing, later by `offset_ms`."""
        return Hearing(
            segments=tuple(segment.shifted(offset_ms) for segment in self.segments),
            untrusted=tuple((start + offset_ms, end + offset_ms) for start, end in self.untrusted),
        )

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptResult:
    """What one engine heard in a recording or a chunk of one, accounted for to the millisecond."""

    segments: tuple[Segment, ...]
    coverage: Coverage
    language: str
    identity: EngineIdentity

    @property
    def duration_ms(self) -> int:
        return self.coverage.duration_ms

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedTranscript:
    """A stretch of a long recording; the times inside `result` are from the stretch's start."""

    start_ms: int
    result: TranscriptResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkContext:
    """What CORE may know besides the sound."""

    entities_dictionary: Mapping[str, str] = field(default_factory=dict)  # heard -> written
    language: str = "es"
    templates: TemplateSet = NO_TEMPLATES  # the council's own formulas
    adapter_id: str | None = None  # the council's LoRA adapter of the chat model; None: the default model


class Decider(StrEnum):
    """Who decided what an utterance does in the session."""

    RULE = "rule"
    TEMPLATE = "template"  # similarity to one of the council's templates
    MODEL = "model"  # the chat model; what it decided waits for a person's eye


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One understood sentence.

    Attributes:
        heard: the engine's text.
        text: the same with the entity dictionary applied.
        confidence: the engine's, 0..1: how surely the words were heard so.
        intent: what the sentence does, one of `understanding.intents.Intent`; None for plain speech.
        label: the intent or the template in Spanish.
        template_id: the formula that the acta says it with; None where it stays as it was said.
        structured_data: what was said of it, by the JSON Schema of the intent or the template.
        decided_by: who decided intent and template; None for plain speech.
        intent_confidence: the decider's, 0..1: how surely the sentence does that. 1 for a rule, the cosine
            for a template, the model's own for a model, 0 for plain speech. It says nothing of the hearing.
    """

    start_ms: int
    end_ms: int
    heard: str
    text: str
    confidence: float
    intent: str | None = None
    label: str = ""
    template_id: str | None = None
    structured_data: JsonObject = field(default_factory=dict)
    decided_by: Decider | None = None
    intent_confidence: float = 0.0

    @property
    def audio_metadata(self) -> JsonObject:
        """Where it was heard, from the start of the sound, as the specification names it."""
        return {
            "time_start": clock_of(self.start_ms),
            "time_end": clock_of(self.end_ms),
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "confidence": self.confidence,
        }

    def shifted(self, offset_ms: int) -> "Utterance":
        return replace(self, start_ms=self.start_ms + offset_ms, end_ms=self.end_ms + offset_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkResult:
    """One chunk of sound, understood and accounted for to the millisecond."""

    utterances: tuple[Utterance, ...]
    coverage: Coverage
    language: str
    identity: EngineIdentity

    @property
    def duration_ms(self) -> int:
        return self.coverage.duration_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedChunk:
    """A chunk of a long recording; the times inside `result` are from the chunk's start."""

    start_ms: int
    result: ChunkResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the transcription of a file has come."""

    done_s: float
    total_s: float | None  # None: the file does not declare its length
    speed: float  # seconds of sound per second of work
    eta_s: float | None


def clock_of(time_ms: int) -> str:
    """Return a time as HH:MM:SS.mmm."""
    seconds, thousandths = divmod(time_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
