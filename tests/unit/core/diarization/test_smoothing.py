from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.diarization.smoothing import smoothed
from astra.core.diarization.values import LocalTurn

Who = list[tuple[int, int]]
STRETCHES = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(1, 3_000)).map(lambda pair: (pair[0], sum(pair))),
    max_size=8,
)


def said(*people: Who) -> list[tuple[str, int, int]]:
    turns = smoothed(
        [[LocalTurn(start_ms=start, end_ms=end, confidence=0.5) for start, end in own] for own in people],
        blur_ms=1_000,
    )
    return [(turn.speaker, turn.start_ms, turn.end_ms) for turn in turns]


def test_a_short_pause_does_not_end_a_turn_and_a_long_one_does() -> None:
    assert said([(0, 2_000), (2_400, 4_000), (4_600, 6_000)]) == [("S1", 0, 4_000), ("S1", 4_600, 6_000)]


def test_a_pause_in_which_somebody_else_speaks_ends_the_turn() -> None:
    assert said([(0, 2_000), (2_450, 4_000)], [(2_100, 2_400)]) == [
        ("S1", 0, 2_000),
        ("S2", 2_100, 2_400),
        ("S1", 2_450, 4_000),
    ]


def test_a_short_turn_within_another_speakers_breath_is_that_speakers() -> None:
    assert said([(0, 5_000), (5_700, 9_000)], [(5_000, 5_700)]) == [("S1", 0, 9_000)]


def test_a_blur_between_two_speakers_is_the_change_itself() -> None:
    assert said([(0, 5_000)], [(5_000, 6_000)], [(6_000, 9_000)]) == [("S1", 0, 5_500), ("S2", 5_500, 9_000)]


def test_a_short_turn_of_somebody_who_also_speaks_at_length_stays() -> None:
    turns = said([(0, 5_000)], [(5_000, 6_000), (20_000, 30_000)], [(6_000, 9_000)])
    assert turns == [("S1", 0, 5_000), ("S2", 5_000, 6_000), ("S3", 6_000, 9_000), ("S2", 20_000, 30_000)]


def test_several_blurs_in_a_row_are_one_change() -> None:
    assert said([(0, 5_000)], [(5_000, 5_700)], [(5_700, 6_400)], [(6_400, 9_000)]) == [
        ("S1", 0, 5_700),
        ("S2", 5_700, 9_000),
    ]


def test_a_longer_turn_without_a_pause_stays() -> None:
    assert said([(0, 5_000)], [(5_000, 6_001)], [(6_001, 9_000)])[1] == ("S2", 5_000, 6_001)


def test_a_short_answer_between_pauses_stays() -> None:
    assert said([(0, 5_000), (6_500, 9_000)], [(5_400, 6_100)]) == [
        ("S1", 0, 5_000),
        ("S2", 5_400, 6_100),
        ("S1", 6_500, 9_000),
    ]


def test_a_short_word_over_another_speaker_stays() -> None:
    assert said([(0, 9_000)], [(4_000, 4_400)]) == [("S1", 0, 9_000), ("S2", 4_000, 4_400)]


def test_speakers_are_named_as_they_first_appear() -> None:
    assert [name for name, _, _ in said([(9_000, 11_000)], [(0, 2_000)], [(4_000, 6_000)])] == [
        "S1",
        "S2",
        "S3",
    ]


def test_the_certainty_of_a_turn_is_the_mean_over_its_time() -> None:
    (turn,) = smoothed(
        [
            [
                LocalTurn(start_ms=0, end_ms=3_000, confidence=1.0),
                LocalTurn(start_ms=3_000, end_ms=4_000, confidence=0.2),
            ]
        ],
        blur_ms=0,
    )
    assert turn.confidence == 0.8


@settings(deadline=None, max_examples=50)
@given(people=st.lists(STRETCHES, max_size=4))
def test_no_moment_of_speech_is_lost_and_turns_of_one_speaker_never_overlap(people: list[Who]) -> None:
    turns = said(*people)
    for start, end in (stretch for own in people for stretch in own):
        covered = {ms for _, first, last in turns for ms in range(max(first, start), min(last, end))}
        assert len(covered) == end - start
    for name in {name for name, _, _ in turns}:
        own = [(start, end) for speaker, start, end in turns if speaker == name]
        assert all(before[1] < after[0] for before, after in pairwise(own))
    assert [start for _, start, _ in turns] == sorted(start for _, start, _ in turns)
