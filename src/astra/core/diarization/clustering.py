"""Which vectors are one voice: average-linkage clustering of a bounded number of them.

Average linkage over cosine, stopped at a similarity, is the usual clustering of speaker embeddings. Here by
chains of nearest neighbours (Murtagh, "A survey of recent advances in hierarchical clustering algorithms",
The Computer Journal 26(4), 1983). Groups that weigh too little go to the nearest other, as in
pyannote.audio.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from astra.core.diarization.values import SpeakerBounds, Vectors

Labels = npt.NDArray[np.int64]  # 0, 1, … in order of first appearance, shape (n,)
_Matrix = npt.NDArray[np.float64]

_NEVER: Final = -1e6  # similarity of two who cannot be one: far below any average of others


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkage:
    """When groups of vectors are joined.

    Two groups are joined while the mean dot product between them is `same_voice` or more, and the number of
    groups that weigh `least_weight` or more stays within the bounds; further if there are too many.
    """

    same_voice: float
    bounds: SpeakerBounds
    least_weight: float = 0.0


@dataclass(frozen=True, slots=True)
class _Merge:
    first: int  # a vector of each of the two groups
    second: int
    similarity: float


def grouped(
    vectors: Vectors,
    weights: npt.NDArray[np.float64],
    linkage: Linkage,
    apart: Iterable[tuple[int, int]] = (),
) -> Labels:
    """Return the group of each vector, deterministic; memory and time grow with the square of their number.

    Args:
        vectors: shape (n, dimensions), see `LocalVoice.vector`.
        weights: how much each counts, over 0, shape (n,).
        linkage: when groups are joined.
        apart: pairs of vectors that are different voices.
    """
    if not len(vectors):
        return np.zeros(0, dtype=np.int64)
    wide = vectors.astype(np.float64)
    similarity = wide @ wide.T
    for first, second in apart:
        similarity[first, second] = similarity[second, first] = _NEVER
    merges = sorted(_merges(similarity.copy(), weights.copy()), key=lambda merge: -merge.similarity)
    labels = _cut(merges, weights, linkage)
    return _in_order(_absorbed(labels, similarity, weights, linkage.least_weight))


def _merges(similarity: _Matrix, weights: npt.NDArray[np.float64]) -> list[_Merge]:
    """Return the n - 1 joinings of average linkage; both arrays are used up."""
    np.fill_diagonal(similarity, -np.inf)
    merges: list[_Merge] = []
    for _ in range(len(weights) - 1):
        first, second = _nearest_pair(similarity, int(np.argmax(weights > 0)))
        merges.append(_Merge(first, second, float(similarity[first, second])))
        share = weights[first] / (weights[first] + weights[second])
        joined = share * similarity[first] + (1 - share) * similarity[second]
        similarity[first] = similarity[:, first] = joined
        similarity[second] = similarity[:, second] = -np.inf
        similarity[first, first] = -np.inf
        weights[first] += weights[second]
        weights[second] = 0
    return merges


def _nearest_pair(similarity: _Matrix, start: int) -> tuple[int, int]:
    """Follow nearest neighbours, ever more alike, until two are each other's."""
    before, here = start, int(np.argmax(similarity[start]))
    while True:
        nearest = int(np.argmax(similarity[here]))
        if similarity[here, before] >= similarity[here, nearest]:
            return min(before, here), max(before, here)
        before, here = here, nearest


def _cut(merges: Iterable[_Merge], weights: npt.NDArray[np.float64], linkage: Linkage) -> Labels:
    """Apply joinings, the most alike first, as far as the linkage says; return a group of each vector."""
    labels = np.arange(len(weights))
    mass = weights.copy()
    least, bounds = linkage.least_weight, linkage.bounds
    heavy = int((mass >= least).sum())
    for merge in merges:
        is_too_many = bounds.most is not None and heavy > bounds.most
        if merge.similarity < linkage.same_voice and not is_too_many:
            break
        first, second = labels[merge.first], labels[merge.second]
        before = int(mass[first] >= least) + int(mass[second] >= least)
        if before > 1 and heavy <= bounds.fewest:
            continue
        labels[labels == second] = first
        mass[first] += mass[second]
        mass[second] = -1
        heavy += int(mass[first] >= least) - before
    return labels


def _absorbed(
    labels: Labels, similarity: _Matrix, weights: npt.NDArray[np.float64], least_weight: float
) -> Labels:
    """Give each group that weighs too little to the nearest one that does not, if there is one."""
    names, group = np.unique(labels, return_inverse=True)
    members = (group[:, None] == np.arange(len(names))) * weights[:, None]
    mass = members.sum(axis=0)
    is_heavy = mass >= least_weight
    if is_heavy.all() or not is_heavy.any():
        return labels
    between = (members / mass).T @ similarity @ (members / mass)
    nearest = np.flatnonzero(is_heavy)[np.argmax(between[:, is_heavy], axis=1)]
    return np.where(is_heavy, np.arange(len(names)), nearest)[group]


def _in_order(labels: Labels) -> Labels:
    """Number the groups by their first vector."""
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[group]
