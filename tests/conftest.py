"""The embedded servers, started once for a test run, and what a test needs of them."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

from astra.bootstrap.embedded.platform import EmbeddedPlatform


@pytest.fixture(scope="session")
def new_data_folder() -> Iterator[Callable[[], Path]]:
    """Make data folders that exist until the end of the run.

    Not below pytest's `tmp_path`: run as root, its folders are closed to the account of the servers.
    """
    made: list[Path] = []

    def new() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="astra-test-")))
        return made[-1]

    yield new
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def platform(new_data_folder: Callable[[], Path]) -> Iterator[EmbeddedPlatform]:
    """A running PostgreSQL and Redis, shared by all tests; a test that kills servers starts its own."""
    platform = EmbeddedPlatform(new_data_folder())
    platform.start()
    yield platform
    platform.stop()


@pytest.fixture
def postgres_url(platform: EmbeddedPlatform, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh empty database, dropped after the test; for SQLAlchemy with psycopg."""
    name = f"t_{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(platform.postgres_conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield platform.postgres_url.replace("/astra?", f"/{name}?")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgres_conninfo(postgres_url: str) -> str:
    """The same database for libpq: psycopg and Procrastinate."""
    return postgres_url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def redis_url(platform: EmbeddedPlatform) -> str:
    """An empty Redis database."""
    with redis.Redis.from_url(platform.redis_url) as client:
        client.flushdb()
    return platform.redis_url
