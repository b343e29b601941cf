"""`ITranscriber` over any engine: recordings, streams and batches through one pipeline."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice

from astra.core.errors import OptionUnsupported
from astra.core.ledger import account
from astra.core.pipeline.chunking import Chunk, Chunker
from astra.core.pipeline.guards import with_words_enough
from astra.core.pipeline.hearing import Hearer
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.overlap import overlapped
from astra.core.pipeline.progress import Stopwatch
from astra.core.pipeline.voice import common
from astra.core.ports import Checkpoint, ProgressListener, Recording, SoundDecoder, VoiceDetector
from astra.core.values import (
    EngineFeatures,
    EngineIdentity,
    Hearing,
    MissingSound,
    Pcm16k,
    TimedTranscript,
    TranscribeOptions,
    TranscriptResult,
)
from astra.kernel.coverage import Coverage


class Transcriber:
    """Hears with one engine; calls block, and are safe from several threads."""

    def __init__(
        self,
        *,
        engine: SharedEngine,
        voice_detector: VoiceDetector,
        decoder: SoundDecoder,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._voice_detector = voice_detector
        self._decoder = decoder
        self._monotonic = monotonic

    @property
    def identity(self) -> EngineIdentity:
        return self._engine.identity

    @property
    def features(self) -> EngineFeatures:
        return self._engine.features

    def transcribe(self, source: Recording, options: TranscribeOptions) -> TranscriptResult:
        return self.joined(self.parts(source, options), options)

    def parts(
        self,
        source: Recording,
        options: TranscribeOptions,
        *,
        cut_at_ms: Sequence[int] = (),
        checkpoint: Checkpoint | None = None,
        progress: ProgressListener | None = None,
    ) -> Generator[TimedTranscript]:
        """Hear a recording of any length, stretch after stretch without a hole, in memory that does not grow.

        Stretches end in pauses, and exactly at `cut_at_ms` (from the recording's start), such as changes of
        speaker. What is in the checkpoint is not heard again. Closing the iterator stops the work. Raises
        what `transcribe` raises.
        """
        clock = Stopwatch(self._monotonic, self._decoder.duration_ms(source))
        pieces = self._decoder.pieces(source)
        with closing(self._heard(pieces, options, cut_at_ms, checkpoint)) as found:
            for part in found:
                yield part
                if progress:
                    progress(clock.at(part.start_ms + part.result.duration_ms))

    def stream(
        self, sound: Iterable[Pcm16k | MissingSound], options: TranscribeOptions
    ) -> Iterator[TimedTranscript]:
        return self._heard(sound, options)

    def batch(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[TranscriptResult]:
        cut = [list(self._chunker().chunks([chunk])) for chunk in chunks]
        every = (part for parts in cut for part in parts)
        with closing(self._timed_chunks(every, options)) as heard:
            return [self.joined(islice(heard, len(parts)), options) for parts in cut]

    def _heard(
        self,
        sound: Iterable[Pcm16k | MissingSound],
        options: TranscribeOptions,
        cut_at_ms: Sequence[int] = (),
        checkpoint: Checkpoint | None = None,
    ) -> Generator[TimedTranscript]:
        chunks = self._chunker(cut_at_ms).chunks(sound)
        yield from self._timed_chunks(chunks, options, checkpoint)

    def _chunker(self, cut_at_ms: Sequence[int] = ()) -> Chunker:
        return Chunker(self._voice_detector, cut_at_ms, self.features.longest_ms)

    def _timed_chunks(
        self, chunks: Generator[Chunk], options: TranscribeOptions, checkpoint: Checkpoint | None = None
    ) -> Generator[TimedTranscript]:
        features = self.features
        check(options, features)
        with self._engine.lease() as model:
            hearer = Hearer(model, self.identity, options, checkpoint)
            heard = overlapped(
                chunks, hearer.hear, batch_size=features.batch_size, parallel_calls=features.parallel_calls
            )
            with closing(heard):
                for chunk, hearing in heard:
                    yield self._timed(chunk, hearing, options)

    def _timed(self, chunk: Chunk, hearing: Hearing, options: TranscribeOptions) -> TimedTranscript:
        result = TranscriptResult(
            segments=hearing.segments,
            coverage=account(
                duration_ms=chunk.duration_ms,
                text=((segment.start_ms, segment.end_ms) for segment in with_words_enough(hearing, chunk)),
                speech=chunk.speech,
                gaps=chunk.gaps,
                untrusted=common(hearing.untrusted, chunk.speech),
            ),
            language=options.language,
            identity=self.identity,
        )
        return TimedTranscript(start_ms=chunk.start_ms, result=result)

    def joined(self, parts: Iterable[TimedTranscript], options: TranscribeOptions) -> TranscriptResult:
        """Return the stretches of one recording as one transcript, times from the recording's start."""
        found = list(parts)
        return TranscriptResult(
            segments=tuple(
                segment.shifted(part.start_ms) for part in found for segment in part.result.segments
            ),
            coverage=Coverage.joined(part.result.coverage for part in found),
            language=options.language,
            identity=self.identity,
        )


def check(options: TranscribeOptions, features: EngineFeatures) -> None:
    """Refuse what the engine cannot do, before work begins or a model is fetched; `OptionUnsupported`."""
    if features.languages and options.language not in features.languages:
        known = ", ".join(sorted(features.languages))
        refusal = f"The model does not know the language {options.language!r}; it knows {known}."
        raise OptionUnsupported(f"{refusal} {features.advice}".rstrip())
    if options.word_times and not features.word_times:
        raise OptionUnsupported("The model gives no times of words; leave them out, or choose another.")
    if options.hotwords and not features.hotwords:
        raise OptionUnsupported("The model takes no words to expect; leave them out, or choose another.")
