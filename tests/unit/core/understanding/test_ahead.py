from collections.abc import Iterator
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.understanding.ahead import in_order


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(), max_size=30), st.integers(1, 5))
def test_results_come_in_order(items: list[int], at_once: int) -> None:
    assert list(in_order(items, lambda item: item * 2, at_once=at_once)) == [item * 2 for item in items]


def test_several_are_worked_on_at_the_same_time() -> None:
    meeting = Barrier(3)
    met = in_order(range(3), lambda _: meeting.wait(timeout=10), at_once=3)
    assert sorted(met) == [0, 1, 2]


def test_no_more_items_are_taken_than_have_room() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            taken.append(item)
            yield item

    results = in_order(items(), lambda item: item, at_once=4)
    assert next(results) == 0
    assert len(taken) <= 5
    results.close()
    assert len(taken) <= 5


@pytest.mark.parametrize("at_once", [1, 3])
def test_an_error_is_raised_in_its_place(at_once: int) -> None:
    results = in_order([4, 2, 0, 1], lambda item: 8 // item, at_once=at_once)
    assert [next(results), next(results)] == [2, 4]
    with pytest.raises(ZeroDivisionError):
        next(results)
