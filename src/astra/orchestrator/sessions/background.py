"""Work that goes on after its request has been answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger()


@asynccontextmanager
async def repeated(action: Callable[[], Awaitable[object]], every_s: float) -> AsyncIterator[None]:
    """Do something every so often while the block runs; a failure is logged and waits for the next time."""

    async def repeat() -> None:
        while True:
            await asyncio.sleep(every_s)
            try:
                await action()
            except Exception as error:  # noqa: BLE001 - an outage may last only until the next time
                log.warning("repetition_failed", cause=type(error).__name__)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class BackgroundTasks:
    """Keeps hold of running work, so that a stop can wait for it.

    What a crash cuts off is done again from the stores: nothing here needs to survive.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, work: Coroutine[None, None, None], wait_s: float) -> bool:
        """Start `work`, wait for it at most `wait_s` and tell whether it is done.

        Its error is raised here when it ends in time, and logged when it ends later.
        """
        task = asyncio.create_task(work)
        self._tasks.add(task)
        done, _ = await asyncio.wait({task}, timeout=wait_s)
        if done:
            self._tasks.discard(task)
            task.result()
            return True
        task.add_done_callback(self._forget)
        return False

    async def drain(self) -> None:
        """Wait for everything that runs."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background_work_failed", exc_info=error)
