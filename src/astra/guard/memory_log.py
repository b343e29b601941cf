"""A transparency log that lives as long as its process."""

from threading import Lock

from astra.guard import merkle
from astra.guard.errors import LogEntryNotFound, SealMalformed
from astra.guard.values import LogPosition


class MemoryLog:
    """`TransparencyLog` in memory."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._leaves: list[bytes] = []
        self._indexes: dict[bytes, int] = {}

    def append(self, leaf_hash: bytes) -> LogPosition:
        if len(leaf_hash) != merkle.HASH_BYTES:
            raise SealMalformed(f"a leaf hash has {merkle.HASH_BYTES} bytes, not {len(leaf_hash)}")
        with self._lock:
            if leaf_hash not in self._indexes:
                self._indexes[leaf_hash] = len(self._leaves)
                self._leaves.append(leaf_hash)
            return LogPosition(index=self._indexes[leaf_hash])

    def size(self) -> int:
        return len(self._leaves)

    def root(self, size: int) -> bytes:
        return merkle.tree_hash(self._first(size))

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        leaves = self._first(size)
        if not 0 <= index < size:
            raise LogEntryNotFound
        return merkle.inclusion_path(index, leaves)

    def consistency(self, first_size: int, second_size: int) -> tuple[bytes, ...]:
        leaves = self._first(second_size)
        if not 1 <= first_size <= second_size:
            raise LogEntryNotFound
        return merkle.consistency_path(first_size, leaves)

    def _first(self, size: int) -> list[bytes]:
        if not 0 <= size <= len(self._leaves):
            raise LogEntryNotFound
        return self._leaves[:size]
