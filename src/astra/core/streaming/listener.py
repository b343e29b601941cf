"""The model's ear in one live transcription: quick looks for partials, careful hearings for finals."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from astra.core.pipeline.chunking import Chunk
from astra.core.pipeline.guards import is_loop, with_words_enough
from astra.core.pipeline.hearing import Hearer, audible, placed
from astra.core.pipeline.voice import Stretch
from astra.core.ports import LoadedEngine
from astra.core.streaming.budget import HearingBudget
from astra.core.streaming.words import words_of
from astra.core.values import EngineFeatures, EngineIdentity, Hearing, TranscribeOptions, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a chunk says."""

    words: tuple[Word, ...] = ()  # in stream time
    text: tuple[Stretch, ...] = ()  # where the engine's segments lie, in ms from the chunk's start
    untrusted: tuple[Stretch, ...] = ()  # where words were taken out, likewise


class Listener:
    """Hears chunks that have voice, and keeps count of the time that takes."""

    def __init__(
        self,
        model: LoadedEngine,
        *,
        identity: EngineIdentity,
        features: EngineFeatures,
        options: TranscribeOptions,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._options = replace(options, word_times=features.word_times)
        self._hearer = Hearer(model, identity, self._options)
        self._monotonic = monotonic
        self.budget = HearingBudget()

    def look(self, chunk: Chunk) -> tuple[Word, ...]:
        """Return what a chunk seems to say, in stream time; nothing if the engine got into a loop."""
        hearing = self._timed(lambda: placed(self._model.hear([audible(chunk)], self._options)[0], chunk))
        return () if is_loop(hearing.text) else _words(hearing, chunk)

    def hear(self, chunk: Chunk) -> Heard:
        """Return what a chunk says, with the guards and second tries of a recording."""
        if not chunk.speech:
            return Heard()
        hearing = self._timed(lambda: self._hearer.hear([chunk])[0])
        text = tuple((segment.start_ms, segment.end_ms) for segment in with_words_enough(hearing, chunk))
        return Heard(words=_words(hearing, chunk), text=text, untrusted=hearing.untrusted)

    def _timed(self, hear: Callable[[], Hearing]) -> Hearing:
        started = self._monotonic()
        try:
            return hear()
        finally:
            self.budget.spend(1000 * (self._monotonic() - started))


def _words(hearing: Hearing, chunk: Chunk) -> tuple[Word, ...]:
    return words_of(hearing, chunk.start_ms, chunk.start_ms + chunk.duration_ms)
