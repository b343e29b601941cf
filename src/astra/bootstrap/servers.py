"""PostgreSQL and Redis: those of the settings, or else the embedded ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from astra.bootstrap.settings import Settings
from astra.kernel.errors import AstraError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddresses:
    """Where the servers answer."""

    database_url: str
    redis_url: str


@asynccontextmanager
async def servers(settings: Settings) -> AsyncIterator[ServerAddresses]:
    """Yield the servers' addresses; what is not given runs embedded meanwhile."""
    if settings.database_url and settings.redis_url:
        yield ServerAddresses(database_url=settings.database_url, redis_url=settings.redis_url)
        return
    from astra.bootstrap.embedded.platform import EmbeddedPlatform  # noqa: PLC0415 - not always needed

    async with EmbeddedPlatform(settings.data, on_failure=report) as platform:
        yield ServerAddresses(
            database_url=settings.database_url or platform.postgres_url,
            redis_url=settings.redis_url or platform.redis_url,
        )


def report(error: AstraError) -> None:
    """Say that an embedded server was given up; `/health` fails from here on."""
    log.error("embedded_server_given_up", code=error.code)
