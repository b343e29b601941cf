"""CORE: sound in, understood sentences out, with every millisecond accounted for."""

from collections.abc import Iterator, Sequence
from itertools import chain

from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Checkpoint, ProgressListener, Recording, SoundDecoder
from astra.core.understanding.dictionary import EntityDictionary
from astra.core.understanding.intents import FACTS
from astra.core.understanding.rules import template_of, understood
from astra.core.understanding.sentences import Sentence, sentences_of, split_text
from astra.core.values import (
    SAMPLES_PER_MS,
    ChunkContext,
    ChunkResult,
    EngineIdentity,
    MissingSound,
    TimedChunk,
    TranscribeOptions,
    TranscriptResult,
    Utterance,
)
from astra.kernel.coverage import Coverage


class Core:
    """Hears and understands; calls block, and are safe from several threads."""

    def __init__(self, *, transcriber: Transcriber, decoder: SoundDecoder) -> None:
        self._transcriber = transcriber
        self._decoder = decoder

    @property
    def identity(self) -> EngineIdentity:
        """The engine and its model; reading it may take the time of hashing the model's files."""
        return self._transcriber.identity

    def measure_ms(self, audio: bytes) -> int:
        """Return how long the sound is, decoded but not heard; 0 if it cannot be read."""
        try:
            samples = sum(
                piece.samples if isinstance(piece, MissingSound) else len(piece)
                for piece in self._decoder.pieces(audio)
            )
        except (AudioEmpty, AudioUnreadable):
            return 0
        return -(-samples // SAMPLES_PER_MS)

    def process(self, audio: bytes, context: ChunkContext) -> ChunkResult:
        """Hear one piece of a live session, of any length and format.

        Raises:
            AudioEmpty, AudioUnreadable: there is nothing to hear; what is damaged in part is a declared gap.
            EngineUnavailable, OptionUnsupported: see `ITranscriber`.
        """
        chunks = list(self.transcribe(audio, context))
        return ChunkResult(
            utterances=tuple(chain.from_iterable(_from_start(chunk) for chunk in chunks)),
            coverage=Coverage.joined(chunk.result.coverage for chunk in chunks),
            language=context.language,
            identity=self.identity,
        )

    def transcribe(
        self,
        source: Recording,
        context: ChunkContext,
        *,
        cut_at_ms: Sequence[int] = (),
        checkpoint: Checkpoint | None = None,
        progress: ProgressListener | None = None,
    ) -> Iterator[TimedChunk]:
        """Hear and understand a recording of any length, stretch by stretch: see `Transcriber.parts`."""
        entities = EntityDictionary(context.entities_dictionary)
        parts = self._transcriber.parts(
            source,
            TranscribeOptions(language=context.language),
            cut_at_ms=cut_at_ms,
            checkpoint=checkpoint,
            progress=progress,
        )
        for part in parts:
            yield TimedChunk(start_ms=part.start_ms, result=_understood(part.result, entities))

    def understand(self, text: str, context: ChunkContext) -> tuple[Utterance, ...]:
        """Return the sentences of a typed text, understood; they have no time and full confidence."""
        entities = EntityDictionary(context.entities_dictionary)
        sentences = (Sentence(start_ms=0, end_ms=0, text=piece, confidence=1.0) for piece in split_text(text))
        return tuple(_utterance(sentence, entities) for sentence in sentences)


def _understood(result: TranscriptResult, entities: EntityDictionary) -> ChunkResult:
    utterances = tuple(_utterance(sentence, entities) for sentence in sentences_of(result.segments))
    return ChunkResult(
        utterances=utterances, coverage=result.coverage, language=result.language, identity=result.identity
    )


def _utterance(sentence: Sentence, entities: EntityDictionary) -> Utterance:
    text = entities.applied(sentence.text)
    meaning = understood(text)
    return Utterance(
        start_ms=sentence.start_ms,
        end_ms=sentence.end_ms,
        heard=sentence.text,
        text=text,
        confidence=sentence.confidence,
        intent=meaning.intent if meaning else None,
        label=FACTS[meaning.intent].label if meaning else "",
        template_id=template_of(meaning) if meaning else None,
        structured_data=meaning.data if meaning else {},
    )


def _from_start(chunk: TimedChunk) -> Iterator[Utterance]:
    """Yield the chunk's utterances with times from the start of the recording."""
    for utterance in chunk.result.utterances:
        yield utterance.shifted(chunk.start_ms)
