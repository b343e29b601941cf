"""Merkle trees as in Certificate Transparency: RFC 6962 §2.1, verification as in RFC 9162 §2.1.

Every hash is 32 bytes of SHA-256; leaves are given as leaf hashes, in order.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry (RFC 6962 §2.1, prefix 0x00)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent (RFC 6962 §2.1, prefix 0x01)."""
    return sha256(b"\x01" + left + right).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the root over `leaves`; `EMPTY_ROOT` when there are none."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return node_hash(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


def inclusion_path(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return PATH(index, leaves) of RFC 6962 §2.1.1, from the leaf upwards.

    Raises:
        IndexError: `index` names no leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_path(index, leaves[:split]), tree_hash(leaves[split:]))
    return (*inclusion_path(index - split, leaves[split:]), tree_hash(leaves[:split]))


def consistency_path(first_size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return PROOF(first_size, leaves) of RFC 6962 §2.1.2.

    Raises:
        IndexError: `first_size` is not between 1 and the number of leaves.
    """
    if not 1 <= first_size <= len(leaves):
        raise IndexError(f"no tree of {first_size} inside one of {len(leaves)}")
    return _consistency_subpath(first_size, leaves, whole=True)


def _consistency_subpath(first_size: int, leaves: Sequence[bytes], *, whole: bool) -> tuple[bytes, ...]:
    if first_size == len(leaves):
        return () if whole else (tree_hash(leaves),)
    split = _split(len(leaves))
    if first_size <= split:
        left = _consistency_subpath(first_size, leaves[:split], whole=whole)
        return (*left, tree_hash(leaves[split:]))
    right = _consistency_subpath(first_size - split, leaves[split:], whole=False)
    return (*right, tree_hash(leaves[:split]))


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the only root for which `path` proves `leaf` at `index` of `size` (RFC 9162 §2.1.3.2).

    None when no tree of that size has such a path.
    """
    if not 0 <= index < size or not _are_hashes(leaf, *path):
        return None
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            node, last = _up_to_right_child(node, last)
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether `path` proves that `leaf` is entry `index` of the tree of `size` under `root`."""
    return root_from_inclusion(leaf, index, size, path) == root


def verify_consistency(
    first_size: int, second_size: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Say whether `path` proves that the second tree only appended to the first (RFC 9162 §2.1.4.2)."""
    if first_size == second_size:
        return not path and first_root == second_root
    if not 0 < first_size < second_size or not path or not _are_hashes(first_root, second_root, *path):
        return False
    is_power_of_two = first_size & (first_size - 1) == 0
    start, *steps = (first_root, *path) if is_power_of_two else path
    node, last = first_size - 1, second_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = start
    for sibling in steps:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            node, last = _up_to_right_child(node, last)
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and (first, second) == (first_root, second_root)


def _up_to_right_child(node: int, last: int) -> tuple[int, int]:
    """Climb while the node is the tree's lone last one, which has no sibling on those levels."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
