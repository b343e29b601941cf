"""Every adapter of GUARD's ports, each over a clean store of its own."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from astra.guard.memory_keys import MemoryKeys
from astra.guard.memory_log import MemoryLog
from astra.guard.ports import KeyRing, TransparencyLog
from astra.guard.postgres_keys import PostgresKeys
from astra.guard.postgres_log import PostgresLog
from astra.guard.postgres_tables import metadata


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = create_engine(postgres_url, pool_size=16)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", "postgres"])
def log(request: pytest.FixtureRequest) -> TransparencyLog:
    if request.param == "memory":
        return MemoryLog()
    return PostgresLog(request.getfixturevalue("engine"))


@pytest.fixture(params=["memory", "postgres"])
def keys(request: pytest.FixtureRequest) -> KeyRing:
    if request.param == "memory":
        return MemoryKeys()
    return PostgresKeys(request.getfixturevalue("engine"), os.urandom(32))
