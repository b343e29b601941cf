"""Work on several things at the same time, with the results in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    items: Iterable[Item], work: Callable[[Item], Result], *, at_once: int
) -> Generator[Result, None, None]:
    """Yield `work(item)` of each item, in order, at most `at_once` of them under way; 1: without threads.

    A result is yielded when another item has been taken and it is ready, or when there is no room for more.
    What `work` raises is raised in its place. Closing the iterator drops what has not begun.
    """
    if at_once == 1:
        yield from map(work, items)
        return
    running: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(at_once, "astra-understand") as pool:
        try:
            for item in items:
                running.append(pool.submit(work, item))
                while running and (len(running) == at_once or running[0].done()):
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            for waiting in running:
                waiting.cancel()
