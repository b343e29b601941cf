import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from astra.core.errors import EngineUnavailable
from astra.core.pipeline.leases import SharedEngine
from astra.core.values import EngineFeatures, EngineIdentity, Hearing, Pcm16k, TranscribeOptions


class Model:
    def __init__(self) -> None:
        self.is_closed = threading.Event()

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        assert options.language
        return [Hearing(segments=()) for _ in chunks]

    def close(self) -> None:
        self.is_closed.set()


class Loading:
    """An engine that counts how often its model is loaded."""

    identity = EngineIdentity(engine="none", engine_version="0", model="none", model_digest="0" * 64)
    features = EngineFeatures(languages=frozenset(), word_times=False)

    def __init__(self) -> None:
        self.models: list[Model] = []

    def load(self) -> Model:
        time.sleep(0.01)
        self.models.append(Model())
        return self.models[-1]


def test_the_model_is_loaded_at_the_first_lease_and_not_before() -> None:
    engine = Loading()
    shared = SharedEngine(engine)
    assert shared.identity is engine.identity
    assert engine.models == []
    assert not shared.is_loaded
    with shared.lease():
        assert len(engine.models) == 1


def test_all_who_hear_at_the_same_time_share_one_model() -> None:
    engine = Loading()
    shared = SharedEngine(engine)
    together = threading.Barrier(4)

    def hear(_: int) -> int:
        with shared.lease() as model:
            together.wait(10)
            return id(model)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(hear, range(4)))) == 1
    assert len(engine.models) == 1


def test_an_idle_model_leaves_memory_and_comes_back() -> None:
    engine = Loading()
    shared = SharedEngine(engine, idle_s=0.02)
    with shared.lease():
        pass
    assert engine.models[0].is_closed.wait(10)
    with shared.lease():
        assert len(engine.models) == 2


def test_a_model_in_use_is_never_evicted() -> None:
    engine = Loading()
    shared = SharedEngine(engine, idle_s=0.01)
    with shared.lease():
        with shared.lease():
            pass
        shared.close()
        assert not engine.models[0].is_closed.wait(0.1)
    assert engine.models[0].is_closed.wait(10)


def test_a_lease_ends_with_an_error_too() -> None:
    engine = Loading()
    shared = SharedEngine(engine)
    with pytest.raises(ValueError, match="broken"), shared.lease():
        raise ValueError("broken")
    shared.close()
    assert engine.models[0].is_closed.is_set()


class Missing(Loading):
    def load(self) -> Model:
        raise EngineUnavailable


def test_a_model_that_cannot_be_had_is_asked_for_again_at_the_next_lease() -> None:
    shared = SharedEngine(Missing())
    for _ in range(2):
        with pytest.raises(EngineUnavailable), shared.lease():
            pass
    assert not shared.is_loaded
