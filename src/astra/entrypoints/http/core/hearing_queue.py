"""Who is heard now, who waits, and who is turned away."""

import asyncio
import inspect
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from astra.bootstrap.core_metrics import CoreMetrics
from astra.kernel.errors import Unavailable

T = TypeVar("T")

_FIRST_GUESS_S: Final = 5.0  # how long a request takes, before any has been heard
_WEIGHT: Final = 0.2  # of the last request in that estimate
_LONGEST_RETRY_S: Final = 600
_END: Final = object()


class QueueFull(Unavailable):
    """As many requests as this service takes are being heard or wait; send it again later."""

    code = "queue_full"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"This service is busy; send the request again in about {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class HearingQueue:
    """A bounded queue: `concurrency` requests are heard at the same time, `waiting` more wait.

    It belongs to one event loop. Work runs step by step in threads of its own; a request that ends early lets
    the step under way finish, then closes its work, and only then gives its place to another.
    """

    def __init__(
        self,
        *,
        concurrency: int,
        waiting: int,
        metrics: CoreMetrics,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.turns = asyncio.Semaphore(concurrency)
        self.threads = ThreadPoolExecutor(concurrency, thread_name_prefix="astra-core")
        self.metrics = metrics
        self.monotonic = monotonic
        self._concurrency = concurrency
        self._places = concurrency + waiting
        self._taken = 0
        self._mean_s = _FIRST_GUESS_S
        self._ending: set[asyncio.Task[None]] = set()

    def check(self) -> None:
        """Refuse if there is no place now; `QueueFull` says when to come again."""
        if self._taken >= self._places:
            raise QueueFull(self.retry_after_s)

    def enter(self) -> "Place":
        """Take a place; `QueueFull`."""
        self.check()
        self._taken += 1
        self.metrics.waiting.inc()
        return Place(self)

    @property
    def retry_after_s(self) -> int:
        """When a place is likely to be free: the time of one request, shared by those who hear."""
        return min(max(round(self._mean_s / self._concurrency), 1), _LONGEST_RETRY_S)

    async def close(self) -> None:
        """Wait until nothing runs any more of requests that have ended, and give back the threads."""
        while self._ending:
            await asyncio.wait(self._ending)
        self.threads.shutdown(wait=False)

    def follow(self, end: Coroutine[Any, Any, None]) -> None:
        """Let a place come to its end in the background."""
        task = asyncio.get_running_loop().create_task(end)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def freed(self) -> None:
        """Take a place back."""
        self._taken -= 1

    def took(self, seconds: float) -> None:
        """Learn how long a request took."""
        self._mean_s += _WEIGHT * (seconds - self._mean_s)


class Place:
    """One request's place in the queue."""

    def __init__(self, queue: HearingQueue) -> None:
        self._queue = queue
        self._work: Generator[Any] | None = None
        self._step: asyncio.Future[Any] | None = None
        self._started: float | None = None
        self._heard: tuple[str, int] | None = None
        self._afterwards: list[Callable[[], object]] = []

    def afterwards(self, close: Callable[[], object]) -> None:
        """Have something closed when nothing of this request runs any more."""
        self._afterwards.append(close)

    async def steps(self, work: Generator[T]) -> AsyncGenerator[T]:
        """Wait for the turn, then yield what `work` yields; each of its steps runs in a thread."""
        await self._queue.turns.acquire()
        self._started = self._queue.monotonic()
        self._queue.metrics.waiting.dec()
        self._queue.metrics.running.inc()
        self._work = work
        while (item := await self._next(work)) is not _END:
            yield item

    async def once(self, work: Callable[[], T]) -> T:
        """Wait for the turn, then return what `work` returns."""
        [result] = [result async for result in self.steps(work() for _ in (None,))]
        return result

    def heard(self, model: str, duration_ms: int) -> None:
        """Note how much sound this request has had heard so far."""
        self._heard = (model, duration_ms)

    def leave(self) -> None:
        """Give the place back: at once, or as soon as nothing of its work runs any more."""
        if self._is_over:
            self._free()
        else:
            self._queue.follow(self._end())

    @property
    def _is_over(self) -> bool:
        is_idle = self._step is None or self._step.done()
        return is_idle and (self._work is None or inspect.getgeneratorstate(self._work) == inspect.GEN_CLOSED)

    async def _end(self) -> None:
        """Let the step under way finish, then close the work."""
        try:
            if self._step is not None:
                await asyncio.wait([self._step])
            if self._work is not None:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._queue.threads, self._work.close)
        finally:
            self._free()

    def _free(self) -> None:
        try:
            for close in self._afterwards:
                close()
        finally:
            self._account()
            self._queue.freed()

    async def _next(self, work: Generator[Any]) -> Any:
        loop = asyncio.get_running_loop()
        self._step = loop.run_in_executor(self._queue.threads, next, work, _END)
        self._step.add_done_callback(_looked_at)
        return await asyncio.shield(self._step)

    def _account(self) -> None:
        queue, metrics = self._queue, self._queue.metrics
        if self._started is None:
            metrics.waiting.dec()
            return
        metrics.running.dec()
        queue.turns.release()
        seconds = queue.monotonic() - self._started
        queue.took(seconds)
        if self._heard is not None:
            model, duration_ms = self._heard
            metrics.audio_seconds.labels(model).inc(duration_ms / 1000)
            if duration_ms:
                metrics.real_time_factor.observe(1000 * seconds / duration_ms)


def _looked_at(step: "asyncio.Future[Any]") -> None:
    """Take note of how a step ended, so that asyncio does not report one that nobody waits for."""
    if not step.cancelled():
        step.exception()
