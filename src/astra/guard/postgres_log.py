"""The transparency log in PostgreSQL: one row a leaf, appends one at a time."""

from typing import Final

from sqlalchemy import Connection, Engine, func, insert, select

from astra.guard import merkle
from astra.guard.errors import LogBroken, LogEntryNotFound, SealMalformed
from astra.guard.postgres_tables import log_leaves, translated_errors
from astra.guard.values import LogPosition

_APPEND_LOCK: Final = 0x4153545241_4C4F47  # "ASTRALOG" in ASCII; one key of the database's advisory locks


class PostgresLog:
    """`TransparencyLog` over the table `guard_log_leaves`; each call is one transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        # An append must see what committed while it waited for its turn.
        self._engine = engine.execution_options(isolation_level="READ COMMITTED")

    def append(self, leaf_hash: bytes) -> LogPosition:
        if len(leaf_hash) != merkle.HASH_BYTES:
            raise SealMalformed(f"a leaf hash has {merkle.HASH_BYTES} bytes, not {len(leaf_hash)}")
        with translated_errors(), self._engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(_APPEND_LOCK)))
            known = connection.scalar(
                select(log_leaves.c.leaf_index).where(log_leaves.c.leaf_hash == leaf_hash)
            )
            if known is not None:
                return LogPosition(index=known)
            index = _size(connection)
            connection.execute(insert(log_leaves).values(leaf_index=index, leaf_hash=leaf_hash))
            return LogPosition(index=index)

    def size(self) -> int:
        with translated_errors(), self._engine.connect() as connection:
            return _size(connection)

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
        in_tree = log_leaves.c.leaf_index < size
        leaves = select(log_leaves.c.leaf_hash).where(in_tree).order_by(log_leaves.c.leaf_index)
        with translated_errors(), self._engine.connect() as connection:
            if not 0 <= size <= _size(connection):
                raise LogEntryNotFound
            found = [bytes(leaf) for leaf in connection.scalars(leaves)]
        if len(found) != size:
            raise LogBroken
        return found


def _size(connection: Connection) -> int:
    last = connection.scalar(select(func.max(log_leaves.c.leaf_index)))
    return 0 if last is None else last + 1
