from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from astra.core.diarization.clustering import Linkage, grouped
from astra.core.diarization.values import SpeakerBounds, Vectors
from astra.kernel.errors import InvalidInput

ANY = SpeakerBounds()


def voices(seed: int, counts: tuple[int, ...], noise: float = 0.3, dimensions: int = 64) -> Vectors:
    """Return unit vectors around one random direction a voice, voice after voice."""
    dice = np.random.default_rng(seed)
    centres = dice.standard_normal((len(counts), dimensions))
    vectors = np.repeat(centres, counts, axis=0)
    vectors += noise * dice.standard_normal(vectors.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def ones(vectors: Vectors) -> np.ndarray:
    return np.ones(len(vectors))


def plain_average_linkage(vectors: Vectors, same_voice: float) -> set[frozenset[int]]:
    """Join the most alike pair of groups again and again, by the definition."""
    groups = [frozenset([index]) for index in range(len(vectors))]
    while len(groups) > 1:
        first, second = max(
            combinations(groups, 2),
            key=lambda pair: np.mean(vectors[list(pair[0])] @ vectors[list(pair[1])].T),
        )
        if np.mean(vectors[list(first)] @ vectors[list(second)].T) < same_voice:
            break
        groups = [group for group in groups if group not in {first, second}] + [first | second]
    return set(groups)


def as_sets(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 14), same_voice=st.floats(-0.5, 0.9))
def test_it_is_average_linkage_by_its_definition(seed: int, size: int, same_voice: float) -> None:
    vectors = voices(seed, (1,) * size, dimensions=4)
    found = grouped(vectors, ones(vectors), Linkage(same_voice=same_voice, bounds=ANY))
    assert as_sets(found) == plain_average_linkage(vectors.astype(np.float64), same_voice)


@settings(deadline=None, max_examples=50)
@given(
    vectors=arrays(
        np.float32, st.tuples(st.integers(0, 20), st.just(3)), elements=st.floats(-1, 1, width=32)
    ),
    bounds=st.integers(1, 5).flatmap(
        lambda fewest: st.builds(SpeakerBounds, fewest=st.just(fewest), most=st.integers(fewest, 8))
    ),
    same_voice=st.floats(-1, 1),
)
def test_the_number_of_groups_is_within_the_bounds(
    vectors: Vectors, bounds: SpeakerBounds, same_voice: float
) -> None:
    labels = grouped(vectors, ones(vectors), Linkage(same_voice=same_voice, bounds=bounds))
    assert bounds.most is not None
    assert min(bounds.fewest, len(vectors)) <= len(set(labels.tolist())) <= bounds.most


def test_groups_are_numbered_as_they_appear() -> None:
    vectors = voices(1, (3, 2, 4))[[8, 0, 7, 3, 1, 4, 2, 5, 6]]
    labels = grouped(vectors, ones(vectors), Linkage(same_voice=0.5, bounds=ANY))
    assert labels.tolist() == [0, 1, 0, 2, 1, 2, 1, 0, 0]


def test_weights_count_as_repetitions() -> None:
    vectors = voices(5, (1,) * 6, dimensions=3)
    weights = np.array([1, 5, 2, 1, 3, 2])
    linkage = Linkage(same_voice=0.2, bounds=ANY)
    repeated = np.repeat(vectors, weights, axis=0)
    firsts = np.cumsum(weights) - weights
    assert as_sets(grouped(vectors, weights.astype(float), linkage)) == as_sets(
        grouped(repeated, ones(repeated), linkage)[firsts]
    )


def test_those_who_are_apart_are_never_one_however_alike() -> None:
    vectors = voices(2, (4,), noise=0.01)
    labels = grouped(vectors, ones(vectors), Linkage(same_voice=0.5, bounds=ANY), apart=[(0, 1), (2, 3)])
    assert labels[0] != labels[1]
    assert labels[2] != labels[3]
    assert len(set(labels.tolist())) == 2


def test_a_group_that_weighs_too_little_goes_to_the_nearest_other() -> None:
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0.3, 0.2, 0.93]], dtype=np.float32)
    weights = np.array([5_000.0, 5_000.0, 400.0])
    linkage = Linkage(same_voice=0.9, bounds=ANY, least_weight=1_000)
    assert grouped(vectors, weights, linkage).tolist() == [0, 1, 0]


def test_groups_that_all_weigh_too_little_stay() -> None:
    vectors = np.eye(3, dtype=np.float32)
    linkage = Linkage(same_voice=0.9, bounds=ANY, least_weight=1_000)
    assert grouped(vectors, ones(vectors), linkage).tolist() == [0, 1, 2]


@pytest.mark.parametrize("most", [2, 3])
def test_too_many_are_reduced_by_what_weighs_too_little_first(most: int) -> None:
    speakers = np.eye(4, dtype=np.float32)[[0, 1, 2]]
    noises = np.array([[0.5, 0.1, 0.0, 0.86], [0.0, 0.5, 0.1, 0.86]], dtype=np.float32)
    weights = np.array([9_000.0, 9_000.0, 9_000.0, 300.0, 300.0])
    linkage = Linkage(same_voice=0.9, bounds=SpeakerBounds(most=most), least_weight=1_000)
    labels = grouped(np.concatenate([speakers, noises]), weights, linkage)
    assert len(set(labels.tolist())) == most
    if most == 3:
        assert labels.tolist() == [0, 1, 2, 0, 1]


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(9)))
def test_the_order_of_the_vectors_makes_no_difference(seed: int, order: list[int]) -> None:
    vectors = voices(seed, (4, 3, 2))
    linkage = Linkage(same_voice=0.5, bounds=ANY)
    shuffled = grouped(vectors[order], ones(vectors), linkage)
    restored = {frozenset(order[index] for index in group) for group in as_sets(shuffled)}
    assert restored == as_sets(grouped(vectors, ones(vectors), linkage))


@pytest.mark.parametrize(("fewest", "most"), [(0, None), (3, 2), (-1, 4)])
def test_impossible_bounds_are_refused(fewest: int, most: int | None) -> None:
    with pytest.raises(InvalidInput, match="not possible"):
        SpeakerBounds(fewest=fewest, most=most)
