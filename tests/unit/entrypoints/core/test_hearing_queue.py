import pytest

from astra.bootstrap.core_metrics import CoreMetrics
from astra.entrypoints.http.core.hearing_queue import HearingQueue, QueueFull


class Clock:
    """Stands still until it is set on."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def test_it_learns_how_long_requests_take_and_says_so() -> None:
    clock = Clock()
    queue = HearingQueue(concurrency=1, waiting=0, metrics=CoreMetrics(), monotonic=clock)
    for seconds in [60.0] * 40:
        place = queue.enter()

        def work(seconds: float = seconds) -> str:
            clock.now_s += seconds
            return "heard"

        assert await place.once(work) == "heard"
        place.leave()
    queue.enter()
    with pytest.raises(QueueFull, match="in about 60 s") as refused:
        queue.enter()
    assert refused.value.retry_after_s == 60


async def test_a_place_that_was_never_used_is_free_again() -> None:
    closed: list[bool] = []
    queue = HearingQueue(concurrency=1, waiting=0, metrics=CoreMetrics())
    for _ in range(3):
        place = queue.enter()
        place.afterwards(lambda: closed.append(True))
        place.leave()
    assert len(closed) == 3


async def test_work_that_fails_raises_where_it_is_awaited_and_frees_its_place() -> None:
    queue = HearingQueue(concurrency=1, waiting=0, metrics=CoreMetrics())

    def work() -> None:
        raise ValueError

    for _ in range(3):
        place = queue.enter()
        with pytest.raises(ValueError):  # noqa: PT011
            await place.once(work)
        place.leave()
    await queue.close()
