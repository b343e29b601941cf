"""CORE: sound in, understood sentences out, with every millisecond accounted for."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from astra.core.chunking import Chunk, Chunker
from astra.core.dictionary import EntityDictionary
from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.core.intents import FACTS
from astra.core.ledger import account
from astra.core.ports import ITranscriber, SoundDecoder, VoiceDetector
from astra.core.sentences import Sentence, sentences_of, split_text
from astra.core.understanding.rules import template_of, understood
from astra.core.values import (
    SAMPLES_PER_MS,
    ChunkContext,
    ChunkResult,
    EngineIdentity,
    MissingSound,
    Progress,
    Segment,
    TimedChunk,
    TranscribeOptions,
    Utterance,
)
from astra.kernel.coverage import Coverage

ProgressListener = Callable[[Progress], None]

_MARGIN_MS = 500  # silence that the engine hears before the first and after the last voice of a chunk


class Core:
    """Hears and understands; calls block, and are safe from several threads."""

    def __init__(
        self,
        *,
        transcriber: ITranscriber,
        voice_detector: VoiceDetector,
        decoder: SoundDecoder,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transcriber = transcriber
        self._voice_detector = voice_detector
        self._decoder = decoder
        self._monotonic = monotonic

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
        chunks = list(self._heard(audio, context, ()))
        return ChunkResult(
            utterances=tuple(chain.from_iterable(_from_start(chunk) for chunk in chunks)),
            coverage=Coverage.joined(chunk.result.coverage for chunk in chunks),
            language=context.language,
            identity=self.identity,
        )

    def transcribe(
        self,
        source: Path,
        context: ChunkContext,
        *,
        cut_at_ms: Sequence[int] = (),
        progress: ProgressListener | None = None,
    ) -> Iterator[TimedChunk]:
        """Hear a file of any length, a chunk of at most 30 s at a time, in memory that does not grow.

        Chunks end in pauses, and exactly at `cut_at_ms` (from the file's start), such as changes of speaker.
        Raises what `process` raises.
        """
        clock = _Stopwatch(self._monotonic, self._decoder.duration_ms(source))
        for chunk in self._heard(source, context, cut_at_ms):
            yield chunk
            if progress:
                progress(clock.at(chunk.start_ms + chunk.result.duration_ms))

    def understand(self, text: str, context: ChunkContext) -> tuple[Utterance, ...]:
        """Return the sentences of a typed text, understood; they have no time and full confidence."""
        entities = EntityDictionary(context.entities_dictionary)
        sentences = (Sentence(start_ms=0, end_ms=0, text=piece, confidence=1.0) for piece in split_text(text))
        return tuple(_utterance(sentence, entities) for sentence in sentences)

    def _heard(
        self, source: bytes | Path, context: ChunkContext, cuts: Sequence[int]
    ) -> Iterator[TimedChunk]:
        entities = EntityDictionary(context.entities_dictionary)
        chunker = Chunker(self._voice_detector, cuts)
        for chunk in chunker.chunks(self._decoder.pieces(source)):
            yield TimedChunk(start_ms=chunk.start_ms, result=self._result(chunk, context, entities))

    def _result(self, chunk: Chunk, context: ChunkContext, entities: EntityDictionary) -> ChunkResult:
        segments = self._segments(chunk, context.language) if chunk.speech else ()
        utterances = tuple(_utterance(sentence, entities) for sentence in sentences_of(segments))
        return ChunkResult(
            utterances=utterances,
            coverage=account(
                duration_ms=chunk.duration_ms,
                text=((utterance.start_ms, utterance.end_ms) for utterance in utterances),
                speech=chunk.speech,
                gaps=chunk.gaps,
            ),
            language=context.language,
            identity=self.identity,
        )

    def _segments(self, chunk: Chunk, language: str) -> tuple[Segment, ...]:
        """Let the engine hear from the chunk's first voice to its last."""
        start_ms = max(chunk.speech[0][0] - _MARGIN_MS, 0)
        end_ms = min(chunk.speech[-1][1] + _MARGIN_MS, chunk.duration_ms)
        audio = chunk.audio[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS]
        result = self._transcriber.transcribe(audio, TranscribeOptions(language=language))
        return tuple(_placed(result.segments, start_ms, end_ms))


def _placed(segments: Iterable[Segment], offset_ms: int, limit_ms: int) -> Iterator[Segment]:
    """Yield the segments in the chunk's time, none beyond its end."""
    for segment in segments:
        start = min(segment.start_ms + offset_ms, limit_ms)
        end = min(max(segment.end_ms + offset_ms, start), limit_ms)
        yield Segment(start_ms=start, end_ms=end, text=segment.text, confidence=segment.confidence)


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


class _Stopwatch:
    """Compares the time worked with the sound done."""

    def __init__(self, monotonic: Callable[[], float], total_ms: int | None) -> None:
        self._monotonic = monotonic
        self._started = monotonic()
        self._total_s = None if total_ms is None else total_ms / 1000

    def at(self, done_ms: int) -> Progress:
        done_s = done_ms / 1000
        worked_s = max(self._monotonic() - self._started, 1e-6)
        speed = done_s / worked_s
        left_s = None if self._total_s is None else max(self._total_s - done_s, 0.0)
        eta_s = None if left_s is None or not speed else left_s / speed
        return Progress(done_s=done_s, total_s=self._total_s, speed=speed, eta_s=eta_s)
