"""What every transparency log does, whatever it keeps its leaves in."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import pytest

from astra.guard import merkle
from astra.guard.errors import LogEntryNotFound, SealMalformed
from astra.guard.ports import TransparencyLog

LEAVES = tuple(merkle.leaf_hash(bytes([number])) for number in range(11))


def test_an_empty_log_has_the_root_of_an_empty_tree(log: TransparencyLog) -> None:
    assert log.size() == 0
    assert log.root(0) == merkle.EMPTY_ROOT


def test_leaves_are_indexed_from_zero_in_the_order_of_appending(log: TransparencyLog) -> None:
    positions = [log.append(leaf) for leaf in LEAVES]
    assert [position.index for position in positions] == list(range(11))
    assert [position.tree_size for position in positions] == list(range(1, 12))
    assert log.size() == 11


def test_appending_a_leaf_again_gives_its_first_position_and_no_second_leaf(log: TransparencyLog) -> None:
    first = log.append(LEAVES[0])
    log.append(LEAVES[1])
    assert log.append(LEAVES[0]) == first
    assert log.size() == 2


def test_concurrent_appends_of_one_leaf_give_one_leaf(log: TransparencyLog) -> None:
    with ThreadPoolExecutor(8) as threads:
        positions = set(threads.map(log.append, repeat(LEAVES[0], 40)))
    assert len(positions) == 1
    assert log.size() == 1


def test_concurrent_appends_of_many_leaves_repeated_give_contiguous_indexes(log: TransparencyLog) -> None:
    leaves = [merkle.leaf_hash(b"entry %d" % number) for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        positions = list(threads.map(log.append, [*leaves, *reversed(leaves)]))
    indexes = [position.index for position in positions]
    assert sorted(indexes[:40]) == list(range(40))
    assert indexes[:40] == indexes[:39:-1]
    assert log.size() == 40


def test_every_leaf_is_proved_in_every_tree_that_holds_it(log: TransparencyLog) -> None:
    for leaf in LEAVES:
        log.append(leaf)
    for size in range(1, 12):
        assert log.root(size) == merkle.tree_hash(LEAVES[:size])
        for index in range(size):
            path = log.inclusion(index, size)
            assert merkle.verify_inclusion(LEAVES[index], index, size, path, log.root(size))


def test_every_tree_is_proved_consistent_with_every_later_one(log: TransparencyLog) -> None:
    for leaf in LEAVES:
        log.append(leaf)
    for second in range(1, 12):
        for first in range(1, second + 1):
            path = log.consistency(first, second)
            assert merkle.verify_consistency(first, second, log.root(first), log.root(second), path)


def test_what_is_not_in_the_log_is_not_found(log: TransparencyLog) -> None:
    for leaf in LEAVES[:3]:
        log.append(leaf)
    for size in (-1, 4):
        with pytest.raises(LogEntryNotFound):
            log.root(size)
    for index, size in ((3, 3), (-1, 3), (0, 4), (0, 0)):
        with pytest.raises(LogEntryNotFound):
            log.inclusion(index, size)
    for first, second in ((0, 3), (3, 2), (1, 4)):
        with pytest.raises(LogEntryNotFound):
            log.consistency(first, second)


@pytest.mark.parametrize("leaf", [b"", b"short", bytes(33)])
def test_what_is_not_a_hash_is_not_appended(log: TransparencyLog, leaf: bytes) -> None:
    with pytest.raises(SealMalformed):
        log.append(leaf)
    assert log.size() == 0
