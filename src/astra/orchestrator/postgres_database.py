"""The door to PostgreSQL for the orchestrator's adapters: its outages become `DatabaseUnavailable`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from astra.kernel.errors import Unavailable


class DatabaseUnavailable(Unavailable):
    """PostgreSQL does not answer; try again in a moment."""

    code = "database_unavailable"


class PostgresDatabase:
    """Connections and transactions of one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection for reading."""
        async with translated(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction, committed at the end."""
        async with translated(), self._engine.begin() as connection:
            yield connection

    async def check(self) -> None:
        """Raise `DatabaseUnavailable` unless PostgreSQL answers."""
        async with self.connect() as connection:
            await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn the driver's outages into `DatabaseUnavailable`."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise DatabaseUnavailable from error
