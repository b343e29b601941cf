from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.diarization.error_rate import _assignment, diarization_errors
from astra.core.diarization.values import SpeakerTurn


def turn(start_ms: int, end_ms: int, speaker: str) -> SpeakerTurn:
    return SpeakerTurn(start_ms=start_ms, end_ms=end_ms, speaker=speaker, confidence=1.0)


REFERENCE = [turn(0, 4_000, "ana"), turn(4_000, 8_000, "beto"), turn(8_000, 10_000, "ana")]


def test_the_same_turns_under_other_names_have_no_errors() -> None:
    names = {"ana": "S2", "beto": "S1"}
    found = [turn(one.start_ms, one.end_ms, names[one.speaker]) for one in REFERENCE]
    assert diarization_errors(REFERENCE, found).rate == 0


def test_what_is_missed_invented_and_confused_is_counted() -> None:
    found = [turn(0, 3_000, "S1"), turn(4_000, 9_000, "S2"), turn(9_000, 11_000, "S1")]
    errors = diarization_errors(REFERENCE, found)
    assert (errors.missed_ms, errors.invented_ms, errors.confused_ms) == (1_000, 1_000, 1_000)
    assert errors.reference_ms == 10_000
    assert errors.rate == pytest.approx(0.3)


def test_a_speaker_is_paired_only_once() -> None:
    found = [turn(0, 4_000, "S1"), turn(4_000, 8_000, "S1"), turn(8_000, 10_000, "S1")]
    assert diarization_errors(REFERENCE, found).confused_ms == 4_000


def test_both_voices_of_an_overlap_count() -> None:
    reference = [turn(0, 4_000, "ana"), turn(2_000, 4_000, "beto")]
    errors = diarization_errors(reference, [turn(0, 4_000, "S1")])
    assert (errors.reference_ms, errors.missed_ms) == (6_000, 2_000)


def test_the_collar_forgives_what_is_near_a_true_edge_and_only_that() -> None:
    found = [turn(0, 4_200, "S1"), turn(4_200, 8_000, "S2"), turn(8_000, 10_000, "S1")]
    assert diarization_errors(REFERENCE, found).confused_ms == 200
    assert diarization_errors(REFERENCE, found, collar_ms=250).rate == 0
    late = [turn(0, 4_600, "S1"), turn(4_600, 8_000, "S2"), turn(8_000, 10_000, "S1")]
    assert diarization_errors(REFERENCE, late, collar_ms=250).confused_ms == 350


def test_nothing_said_and_nothing_found_is_right_and_something_found_is_wrong() -> None:
    assert diarization_errors([], []).rate == 0
    assert diarization_errors([], [turn(0, 10, "S1")]).rate == 1


@settings(deadline=None, max_examples=50)
@given(size=st.integers(1, 5), seed=st.integers(0, 10_000))
def test_the_pairing_is_the_best_of_all(size: int, seed: int) -> None:
    cost = np.random.default_rng(seed).integers(-9, 9, (size, size)).astype(float)
    chosen = _assignment(cost)
    assert sorted(chosen) == list(range(size))
    best = min(
        sum(cost[row, column] for row, column in enumerate(order)) for order in permutations(range(size))
    )
    assert sum(cost[row, column] for row, column in enumerate(chosen)) == best
