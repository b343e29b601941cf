from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.transcripts.durations import LEAST_MS, Stretch, lasting

TIMES = st.integers(0, 3_600_000)
PIECES = st.lists(st.tuples(TIMES, TIMES), max_size=40)


@given(PIECES, TIMES)
@settings(deadline=None, max_examples=50)
def test_every_piece_lasts_and_none_lies_upon_another(pieces: list[Stretch], duration_ms: int) -> None:
    found = lasting(pieces, duration_ms)
    assert len(found) == len(pieces)
    assert all(end - start >= LEAST_MS for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert all(start >= 0 and end <= max(duration_ms, LEAST_MS * len(pieces)) for start, end in found)


@given(st.lists(st.integers(LEAST_MS, 5_000), max_size=40))
@settings(deadline=None, max_examples=50)
def test_pieces_that_last_and_are_apart_stay_as_they_are(lengths: list[int]) -> None:
    edges = [sum(lengths[:number]) for number in range(len(lengths) + 1)]
    pieces = list(pairwise(edges))
    assert lasting(pieces, edges[-1]) == pieces


def test_pieces_of_no_length_take_the_least_from_what_is_after_them() -> None:
    pieces = [(1000, 1000), (1000, 1000), (1000, 1400), (1400, 1400)]
    assert lasting(pieces, 9000) == [(1000, 1010), (1010, 1020), (1020, 1400), (1400, 1410)]


def test_pieces_of_no_length_at_the_end_take_it_from_what_is_before_them() -> None:
    assert lasting([(500, 1000), (1000, 1000), (1000, 1000)], 1000) == [(500, 980), (980, 990), (990, 1000)]
