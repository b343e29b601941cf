"""GUARD's tables, and how their failures are told."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary, MetaData, Table, Text
from sqlalchemy.exc import SQLAlchemyError

from astra.guard.errors import SealStoreUnavailable

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

log_leaves = Table(
    "guard_log_leaves",
    metadata,
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf_hash", LargeBinary, nullable=False, unique=True),
    CheckConstraint("leaf_index >= 0", name="leaf_index"),
    CheckConstraint("octet_length(leaf_hash) = 32", name="leaf_hash"),
)

signing_keys = Table(
    "guard_signing_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("owner", Text, nullable=False, unique=True),
    Column("encrypted_private_key", LargeBinary, nullable=False),
)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn a failure of the database into `SealStoreUnavailable`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise SealStoreUnavailable from error
