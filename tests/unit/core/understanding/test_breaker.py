import pytest

from astra.core.understanding.breaker import CircuitBreaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(failures=3, rest_s=60, monotonic=clock)


def test_failures_in_a_row_open_it_and_the_last_one_says_so(breaker: CircuitBreaker) -> None:
    assert [breaker.failed() for _ in range(4)] == [False, False, True, False]
    assert not breaker.lets_through()


def test_a_success_between_failures_keeps_it_closed(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert breaker.lets_through()


def test_after_the_rest_one_call_alone_tries_and_its_success_closes_it(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    for _ in range(3):
        breaker.failed()
    clock.now = 60
    assert [breaker.lets_through(), breaker.lets_through()] == [True, False]
    breaker.succeeded()
    assert [breaker.lets_through(), breaker.lets_through()] == [True, True]


def test_a_try_that_fails_begins_another_rest(breaker: CircuitBreaker, clock: Clock) -> None:
    for _ in range(3):
        breaker.failed()
    clock.now = 60
    assert breaker.lets_through()
    breaker.failed()
    clock.now = 119
    assert not breaker.lets_through()
    clock.now = 120
    assert breaker.lets_through()
