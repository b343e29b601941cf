"""An engine whose time is counted."""

import time
from collections.abc import Callable, Sequence

from astra.core.ports import Engine, LoadedEngine
from astra.core.values import EngineFeatures, EngineIdentity, Hearing, Pcm16k, TranscribeOptions


class MeasuredEngine:
    """`Engine` that tells how long each call of the model takes, whoever makes it.

    Args:
        engine: what hears.
        spent: takes the seconds of a call; called in the thread that made it.
        monotonic: seconds.
    """

    def __init__(
        self,
        engine: Engine,
        spent: Callable[[float], object],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._spent = spent
        self._monotonic = monotonic

    @property
    def identity(self) -> EngineIdentity:
        return self._engine.identity

    @property
    def features(self) -> EngineFeatures:
        return self._engine.features

    def load(self) -> "MeasuredModel":
        return MeasuredModel(self._engine.load(), self._spent, self._monotonic)


class MeasuredModel:
    """`LoadedEngine` that counts its calls' time."""

    def __init__(
        self, model: LoadedEngine, spent: Callable[[float], object], monotonic: Callable[[], float]
    ) -> None:
        self._model = model
        self._spent = spent
        self._monotonic = monotonic

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        started = self._monotonic()
        try:
            return self._model.hear(chunks, options)
        finally:
            self._spent(self._monotonic() - started)

    def close(self) -> None:
        self._model.close()
