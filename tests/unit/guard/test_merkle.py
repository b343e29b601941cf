"""The tree of RFC 6962 against the vectors of certificate-transparency, and its proofs as properties."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astra.guard.merkle import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_from_inclusion,
    tree_hash,
    verify_consistency,
    verify_inclusion,
)

ENTRIES = tuple(
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
LEAVES = tuple(leaf_hash(entry) for entry in ENTRIES)
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSIONS = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCIES = {
    (1, 1): (),
    (1, 8): INCLUSIONS[(0, 8)],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
    (6, 7): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
}


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of random entries with two sizes inside it."""

    leaves: tuple[bytes, ...]
    first_size: int
    index: int


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    entries = draw(st.lists(st.binary(max_size=4), min_size=1, max_size=70))
    return Tree(
        tuple(leaf_hash(entry) for entry in entries),
        draw(st.integers(1, len(entries))),
        draw(st.integers(0, len(entries) - 1)),
    )


def hex_of(path: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(sibling.hex() for sibling in path)


def with_flipped_bit(value: bytes, bit: int) -> bytes:
    position, shift = divmod(bit, 8)
    return value[:position] + bytes([value[position] ^ (1 << shift)]) + value[position + 1 :]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tree_hash(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("at", "expected"), INCLUSIONS.items())
def test_inclusion_paths_are_those_of_certificate_transparency(
    at: tuple[int, int], expected: tuple[str, ...]
) -> None:
    index, size = at
    path = inclusion_path(index, LEAVES[:size])
    assert hex_of(path) == expected
    assert verify_inclusion(LEAVES[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("sizes", "expected"), CONSISTENCIES.items())
def test_consistency_paths_are_those_of_certificate_transparency(
    sizes: tuple[int, int], expected: tuple[str, ...]
) -> None:
    first, second = sizes
    path = consistency_path(first, LEAVES[:second])
    roots = bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second])
    assert hex_of(path) == expected
    assert verify_consistency(first, second, *roots, path)


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert tree_hash([]) == EMPTY_ROOT


@given(trees())
def test_every_inclusion_path_verifies(tree: Tree) -> None:
    path = inclusion_path(tree.index, tree.leaves)
    size = len(tree.leaves)
    assert verify_inclusion(tree.leaves[tree.index], tree.index, size, path, tree_hash(tree.leaves))


@given(trees(), st.data())
def test_an_inclusion_with_any_bit_flipped_fails(tree: Tree, data: st.DataObject) -> None:
    leaf, root = tree.leaves[tree.index], tree_hash(tree.leaves)
    parts = [leaf, root, *inclusion_path(tree.index, tree.leaves)]
    altered = data.draw(st.integers(0, len(parts) - 1))
    parts[altered] = with_flipped_bit(parts[altered], data.draw(st.integers(0, 255)))
    assert not verify_inclusion(parts[0], tree.index, len(tree.leaves), parts[2:], parts[1])


@given(trees(), st.integers(-2, 200))
def test_an_inclusion_path_holds_at_no_other_index(tree: Tree, other: int) -> None:
    path = inclusion_path(tree.index, tree.leaves)
    leaf, size, root = tree.leaves[tree.index], len(tree.leaves), tree_hash(tree.leaves)
    assert verify_inclusion(leaf, other, size, path, root) == (
        0 <= other < size and inclusion_path(other, tree.leaves) == path and tree.leaves[other] == leaf
    )


@given(trees(), st.data())
def test_a_longer_or_shorter_inclusion_path_fails(tree: Tree, data: st.DataObject) -> None:
    path = inclusion_path(tree.index, tree.leaves)
    leaf, size, root = tree.leaves[tree.index], len(tree.leaves), tree_hash(tree.leaves)
    extra = data.draw(st.sampled_from([b"", root, *path]))
    position = data.draw(st.integers(0, len(path)))
    longer = (*path[:position], extra, *path[position:])
    assert not verify_inclusion(leaf, tree.index, size, longer, root)
    if path:
        assert not verify_inclusion(leaf, tree.index, size, path[:-1], root)


@given(trees())
def test_every_consistency_path_verifies(tree: Tree) -> None:
    path = consistency_path(tree.first_size, tree.leaves)
    first, second = tree_hash(tree.leaves[: tree.first_size]), tree_hash(tree.leaves)
    assert verify_consistency(tree.first_size, len(tree.leaves), first, second, path)


@given(trees(), st.data())
def test_a_consistency_with_any_bit_flipped_fails(tree: Tree, data: st.DataObject) -> None:
    path = consistency_path(tree.first_size, tree.leaves)
    parts = [tree_hash(tree.leaves[: tree.first_size]), tree_hash(tree.leaves), *path]
    altered = data.draw(st.integers(0, len(parts) - 1))
    parts[altered] = with_flipped_bit(parts[altered], data.draw(st.integers(0, 255)))
    first, second, *altered_path = parts
    assert not verify_consistency(tree.first_size, len(tree.leaves), first, second, altered_path)


@given(trees(), st.data())
def test_a_rewritten_entry_is_not_consistent_with_the_tree_before(tree: Tree, data: st.DataObject) -> None:
    rewritten = list(tree.leaves)
    position = data.draw(st.integers(0, tree.first_size - 1))
    rewritten[position] = with_flipped_bit(rewritten[position], 0)
    path = consistency_path(tree.first_size, rewritten)
    first, second = tree_hash(tree.leaves[: tree.first_size]), tree_hash(rewritten)
    assert not verify_consistency(tree.first_size, len(rewritten), first, second, path)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (2, 1), (-1, 3), (1, 2)])
def test_a_consistency_between_impossible_sizes_or_without_a_path_fails(first: int, second: int) -> None:
    assert not verify_consistency(first, second, LEAVES[0], LEAVES[1], ())


@pytest.mark.parametrize("index", [-1, 8, 2**80])
def test_an_index_outside_the_tree_has_no_root_and_no_path(index: int) -> None:
    assert root_from_inclusion(LEAVES[0], index, 8, ()) is None
    with pytest.raises(IndexError):
        inclusion_path(index, LEAVES)
    with pytest.raises(IndexError):
        consistency_path(index + 1 if index > 0 else 0, LEAVES)


def test_a_hash_of_another_length_is_no_sibling() -> None:
    path = inclusion_path(0, LEAVES)
    assert root_from_inclusion(LEAVES[0], 0, 8, (path[0] + b"\0", *path[1:])) is None
    assert root_from_inclusion(b"leaf", 0, 8, path) is None
