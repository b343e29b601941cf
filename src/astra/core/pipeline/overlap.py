"""Stages that overlap: while the engine hears, the next chunks are decoded; results leave in time order."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Queue
from threading import Event, Lock, Thread
from typing import Final

from astra.core.pipeline.chunking import Chunk
from astra.core.values import Hearing

NOTHING_HEARD: Final = Hearing(segments=())
_WINDOW: Final = 4  # batches among whose chunks those of like length are looked for

_PATIENCE_S: Final = 1.0  # for a source that gives nothing; its thread ends with the next piece that comes

Hear = Callable[[Sequence[Chunk]], Sequence[Hearing]]  # one call of the engine


@dataclass(slots=True, eq=False)
class _Item:
    """A chunk on its way."""

    chunk: Chunk
    heard: Future[Hearing] = field(default_factory=Future)


def overlapped(
    chunks: Generator[Chunk], hear: Hear, *, batch_size: int, parallel_calls: int
) -> Generator[tuple[Chunk, Hearing]]:
    """Yield each chunk with its hearing, in order; chunks without voice are not heard.

    `chunks` is read in a thread of its own, at most a few batches ahead of the engine. Closing the iterator
    stops both; what either raises is raised here.
    """
    ahead = batch_size * (_WINDOW + 2 * parallel_calls)
    feed = _Feed(hear, batch_size, parallel_calls, ahead)
    reader = Thread(target=feed.read, args=(chunks,), name="astra-decode", daemon=True)
    reader.start()
    try:
        for item in feed.items():
            yield item.chunk, item.heard.result()
    finally:
        feed.stop()
        reader.join(_PATIENCE_S)


class _Feed:
    """What passes between the reader of chunks, the engine's calls and the consumer."""

    def __init__(self, hear: Hear, batch_size: int, parallel_calls: int, ahead: int) -> None:
        self._hear = hear
        self._batch_size = batch_size
        self._calls = ThreadPoolExecutor(parallel_calls, thread_name_prefix="astra-engine")
        self._parallel_calls = parallel_calls
        self._running = 0
        self._lock = Lock()
        self._waiting: list[_Item] = []
        self._order: Queue[_Item | BaseException | None] = Queue(ahead)
        self._is_stopped = Event()

    def items(self) -> Iterator[_Item]:
        """Yield the chunks in order as they come."""
        while (item := self._order.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def stop(self) -> None:
        """End the reader and the calls that have not begun."""
        self._is_stopped.set()
        while not self._order.empty():
            self._order.get_nowait()
        self._calls.shutdown(wait=True, cancel_futures=True)

    def read(self, chunks: Generator[Chunk]) -> None:
        """Take chunks and give them to the engine; runs in the reader's thread."""
        try:
            for chunk in chunks:
                if self._is_stopped.is_set():
                    return
                self._take(_Item(chunk))
            self._submit(at_least=1)
            self._order.put(None)
        except BaseException as error:  # noqa: BLE001  # handed over to the consumer's thread
            self._submit(at_least=1)  # what was read before is heard first
            self._order.put(error)
        finally:
            chunks.close()

    def _take(self, item: _Item) -> None:
        if item.chunk.speech:
            self._waiting.append(item)
        else:
            item.heard.set_result(NOTHING_HEARD)
        if self._order.full():
            self._submit(at_least=1)
        self._order.put(item)
        is_idle = self._running < self._parallel_calls
        self._submit(at_least=self._batch_size if is_idle else self._batch_size * _WINDOW)

    def _submit(self, *, at_least: int) -> None:
        """Give batches to the engine as long as `at_least` chunks wait."""
        while len(self._waiting) >= at_least and not self._is_stopped.is_set():
            batch = alike(self._waiting, self._batch_size)
            self._waiting = [item for item in self._waiting if item not in batch]
            with self._lock:
                self._running += 1
            self._calls.submit(self._call, batch)

    def _call(self, batch: Sequence[_Item]) -> None:
        try:
            hearings = self._hear([item.chunk for item in batch])
        except BaseException as error:  # noqa: BLE001  # handed over to the consumer's thread
            for item in batch:
                item.heard.set_exception(error)
        else:
            for item, hearing in zip(batch, hearings, strict=True):
                item.heard.set_result(hearing)
        finally:
            with self._lock:
                self._running -= 1


def alike(items: Sequence[_Item], size: int) -> list[_Item]:
    """Return the first item and those nearest to it in length: a batch costs as much as its longest chunk."""
    first = items[0]
    nearest = sorted(items[1:], key=lambda item: abs(item.chunk.duration_ms - first.chunk.duration_ms))
    return [first, *nearest[: size - 1]]
