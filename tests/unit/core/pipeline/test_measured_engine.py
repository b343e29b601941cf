from collections.abc import Sequence

import numpy as np
import pytest

from astra.core.errors import EngineUnavailable
from astra.core.pipeline.measured_engine import MeasuredEngine
from astra.core.values import EngineFeatures, EngineIdentity, Hearing, Pcm16k, TranscribeOptions


class SlowEngine:
    """Takes two seconds for a call, by a clock of its own; fails without sound."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.is_closed = False

    @property
    def identity(self) -> EngineIdentity:
        return EngineIdentity(engine="slow", engine_version="1", model="m", model_digest="0")

    @property
    def features(self) -> EngineFeatures:
        return EngineFeatures(languages=frozenset(), word_times=False)

    def load(self) -> "SlowEngine":
        return self

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:  # noqa: ARG002
        self.now_s += 2.0
        if not chunks:
            raise EngineUnavailable
        return [Hearing(segments=()) for _ in chunks]

    def close(self) -> None:
        self.is_closed = True


def test_the_time_of_every_call_is_told_also_of_one_that_fails() -> None:
    engine, spent = SlowEngine(), list[float]()
    measured = MeasuredEngine(engine, spent.append, monotonic=lambda: engine.now_s)
    model = measured.load()
    assert len(model.hear([np.zeros(16, dtype=np.float32)], TranscribeOptions())) == 1
    with pytest.raises(EngineUnavailable):
        model.hear([], TranscribeOptions())
    assert spent == [2.0, 2.0]
    model.close()
    assert engine.is_closed
    assert (measured.identity, measured.features) == (engine.identity, engine.features)
