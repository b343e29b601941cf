"""CORE: sound in, understood sentences out, with every millisecond accounted for."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Checkpoint, ProgressListener, Recording, SoundDecoder
from astra.core.understanding.ahead import in_order
from astra.core.understanding.dictionary import EntityDictionary
from astra.core.understanding.interpretation import Interpretation
from astra.core.understanding.sentences import Sentence, sentences_of, split_text
from astra.core.understanding.service import Understanding
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
    """Hears and understands; calls block, and are safe from several threads.

    Args:
        transcriber: hears.
        decoder: reads recordings.
        understanding: tells what sentences do; by default rules and the council's templates.
    """

    def __init__(
        self,
        *,
        transcriber: Transcriber,
        decoder: SoundDecoder,
        understanding: Understanding | None = None,
    ) -> None:
        self._transcriber = transcriber
        self._decoder = decoder
        self._understanding = understanding or Understanding()

    @property
    def identity(self) -> EngineIdentity:
        """The engine and its model; reading it may take the time of hashing the model's files."""
        return self._transcriber.identity

    def check(self, context: ChunkContext) -> None:
        """Refuse a context that no work could be done with; `process` and the others begin with this.

        Raises:
            TemplatesUnusable: see `Understanding.check`.
        """
        self._understanding.check(context)

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
            TemplatesUnusable: see `check`.
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
        self.check(context)
        entities = EntityDictionary(context.entities_dictionary)
        parts = self._transcriber.parts(
            source,
            self._options(context, entities),
            cut_at_ms=cut_at_ms,
            checkpoint=checkpoint,
            progress=progress,
        )
        yield from in_order(
            parts,
            lambda part: TimedChunk(
                start_ms=part.start_ms, result=self._understood(part.result, entities, context)
            ),
            at_once=self._understanding.calls_at_once,
        )

    def understand(self, text: str, context: ChunkContext) -> tuple[Utterance, ...]:
        """Return the sentences of a typed text, understood; they have no time and full confidence."""
        self.check(context)
        sentences = (Sentence(start_ms=0, end_ms=0, text=piece, confidence=1.0) for piece in split_text(text))
        return self._utterances(sentences, EntityDictionary(context.entities_dictionary), context)

    def _options(self, context: ChunkContext, entities: EntityDictionary) -> TranscribeOptions:
        """Return how to hear: with the council's names in mind, if the engine can."""
        takes_hotwords = self._transcriber.features.hotwords
        return TranscribeOptions(
            language=context.language, hotwords=entities.hotwords() if takes_hotwords else ()
        )

    def _understood(
        self, result: TranscriptResult, entities: EntityDictionary, context: ChunkContext
    ) -> ChunkResult:
        return ChunkResult(
            utterances=self._utterances(sentences_of(result.segments), entities, context),
            coverage=result.coverage,
            language=result.language,
            identity=result.identity,
        )

    def _utterances(
        self, sentences: Iterable[Sentence], entities: EntityDictionary, context: ChunkContext
    ) -> tuple[Utterance, ...]:
        """Return the sentences, all understood in one go."""
        heard = list(sentences)
        texts = [entities.applied(sentence.text) for sentence in heard]
        meanings = self._understanding.of(texts, context)
        return tuple(map(_utterance, heard, texts, meanings))


def _utterance(sentence: Sentence, text: str, meaning: Interpretation) -> Utterance:
    return Utterance(
        start_ms=sentence.start_ms,
        end_ms=sentence.end_ms,
        heard=sentence.text,
        text=text,
        confidence=sentence.confidence,
        intent=meaning.intent,
        label=meaning.label,
        template_id=meaning.template_id,
        structured_data=meaning.data,
        decided_by=meaning.decided_by,
        intent_confidence=meaning.confidence,
    )


def _from_start(chunk: TimedChunk) -> Iterator[Utterance]:
    """Yield the chunk's utterances with times from the start of the recording."""
    for utterance in chunk.result.utterances:
        yield utterance.shifted(chunk.start_ms)
