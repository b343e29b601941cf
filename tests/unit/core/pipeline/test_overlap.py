import threading
from collections.abc import Generator, Sequence
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.pipeline.chunking import Chunk
from astra.core.pipeline.overlap import NOTHING_HEARD, overlapped
from astra.core.values import Hearing, Segment

lengths = st.lists(st.tuples(st.integers(1, 30_000), st.booleans()), max_size=60)


def chunk(start_ms: int, duration_ms: int, *, has_voice: bool = True) -> Chunk:
    return Chunk(
        start_ms=start_ms,
        duration_ms=duration_ms,
        audio=np.zeros(0, dtype=np.float32),
        speech=((0, duration_ms),) if has_voice else (),
    )


def chunks_of(layout: Sequence[tuple[int, bool]]) -> Generator[Chunk]:
    start_ms = 0
    for duration_ms, has_voice in layout:
        yield chunk(start_ms, duration_ms, has_voice=has_voice)
        start_ms += duration_ms


def heard(start_ms: int) -> Hearing:
    return Hearing(segments=(Segment(start_ms=0, end_ms=1, text=str(start_ms), confidence=1.0),))


class Engine:
    """Hears the time at which a chunk starts, and remembers how it was called."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def hear(self, chunks: Sequence[Chunk]) -> list[Hearing]:
        self.batches.append([chunk.start_ms for chunk in chunks])
        return [heard(chunk.start_ms) for chunk in chunks]


@settings(deadline=None, max_examples=60)
@given(lengths, st.integers(1, 6), st.integers(1, 3))
def test_every_voice_is_heard_once_and_everything_leaves_in_order(
    layout: list[tuple[int, bool]], batch_size: int, calls: int
) -> None:
    engine = Engine()
    found = list(overlapped(chunks_of(layout), engine.hear, batch_size=batch_size, parallel_calls=calls))
    assert [(part.duration_ms, bool(part.speech)) for part, _ in found] == layout
    for part, hearing in found:
        assert hearing == (heard(part.start_ms) if part.speech else NOTHING_HEARD)
    called = [start_ms for batch in engine.batches for start_ms in batch]
    assert sorted(called) == [part.start_ms for part, _ in found if part.speech]
    assert all(len(batch) <= batch_size for batch in engine.batches)


def test_a_batch_holds_chunks_of_like_length() -> None:
    engine = Engine()
    gate = threading.Event()

    def hear(chunks: Sequence[Chunk]) -> list[Hearing]:
        gate.wait(10)
        return engine.hear(chunks)

    layout = [(length, True) for length in (30_000, 2_000) * 12]
    found = overlapped(chunks_of(layout), hear, batch_size=4, parallel_calls=1)
    gate.set()
    durations = {part.start_ms: part.duration_ms for part, _ in found}
    mixed = [batch for batch in engine.batches if len({durations[start] for start in batch}) > 1]
    assert len(mixed) <= 2  # the first, taken at once so that the engine does not wait, and the last


def test_the_engine_works_on_several_batches_at_once() -> None:
    together = threading.Barrier(3)

    def hear(chunks: Sequence[Chunk]) -> list[Hearing]:
        together.wait(10)
        return [heard(chunk.start_ms) for chunk in chunks]

    layout = [(1_000, True)] * 9
    assert len(list(overlapped(chunks_of(layout), hear, batch_size=1, parallel_calls=3))) == 9


def test_the_reader_is_only_a_few_batches_ahead_of_a_slow_consumer() -> None:
    taken = count()
    last = [0]

    def endless() -> Generator[Chunk]:
        for number in taken:
            last[0] = number
            yield chunk(number, 1)

    found = overlapped(endless(), Engine().hear, batch_size=2, parallel_calls=1)
    for _ in range(5):
        next(found)
    found.close()
    assert last[0] <= 5 + 2 * (4 + 2) + 2


def test_closing_it_closes_the_recording_and_ends_its_threads() -> None:
    is_closed = threading.Event()

    def endless() -> Generator[Chunk]:
        try:
            for number in count():
                yield chunk(number, 1)
        finally:
            is_closed.set()

    before = threading.active_count()
    found = overlapped(endless(), Engine().hear, batch_size=2, parallel_calls=2)
    next(found)
    found.close()
    assert is_closed.is_set()
    assert threading.active_count() == before


class Broken(Exception):
    pass


def test_what_was_read_before_the_recording_breaks_is_still_given() -> None:
    def breaking() -> Generator[Chunk]:
        yield chunk(0, 1_000)
        yield chunk(1_000, 1_000)
        raise Broken

    found = overlapped(breaking(), Engine().hear, batch_size=1, parallel_calls=1)
    assert [next(found)[0].start_ms, next(found)[0].start_ms] == [0, 1_000]
    with pytest.raises(Broken):
        next(found)


def test_what_waits_for_a_busy_engine_is_given_too_before_the_recording_breaks() -> None:
    engine, gate = Engine(), threading.Event()

    def slow(chunks: Sequence[Chunk]) -> list[Hearing]:
        gate.wait(10)
        return engine.hear(chunks)

    def breaking() -> Generator[Chunk]:
        for number in range(3):
            yield chunk(1_000 * number, 1_000)
        gate.set()
        raise Broken

    found = overlapped(breaking(), slow, batch_size=1, parallel_calls=1)
    assert [next(found)[0].start_ms for _ in range(3)] == [0, 1_000, 2_000]
    with pytest.raises(Broken):
        next(found)


def test_closing_does_not_wait_for_a_source_that_gives_nothing() -> None:
    silence = threading.Event()

    def waiting() -> Generator[Chunk]:
        yield chunk(0, 1_000)
        silence.wait(30)

    found = overlapped(waiting(), Engine().hear, batch_size=1, parallel_calls=1)
    next(found)
    found.close()
    assert not silence.is_set()
    silence.set()


def test_a_failing_engine_is_heard_of() -> None:
    def hear(chunks: Sequence[Chunk]) -> list[Hearing]:
        raise Broken(f"with {len(chunks)} chunks")

    with pytest.raises(Broken):
        list(overlapped(chunks_of([(1_000, True)] * 50), hear, batch_size=2, parallel_calls=2))
