"""The alarm clock of durable work: Procrastinate on the same PostgreSQL.

It only wakes: state, lease and results are in our own rows, and a reconciler wakes whatever the queue forgot.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from psycopg import Error as PsycopgError
from psycopg_pool import PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from astra.kernel.ids import SessionId

QUEUE: Final = "finalizations"
RESTART_DELAY_S: Final = 0.5

log = structlog.get_logger()


class ProcrastinateAlarm:
    """Sets alarms inside the caller's transaction, and runs the worker that answers them."""

    def __init__(self, conninfo: str, concurrency: int) -> None:
        self._app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=concurrency + 3))
        self._concurrency = concurrency
        self._answer: Callable[[SessionId], Awaitable[None]] | None = None
        self._task = self._app.task(name="advance_finalization", queue=QUEUE)(self._advance)

    def answer_with(self, answer: Callable[[SessionId], Awaitable[None]]) -> None:
        """Say what to do when an alarm goes off."""
        self._answer = answer

    async def set(self, connection: AsyncConnection, session_id: SessionId) -> None:
        raw = await connection.get_raw_connection()
        deferrer = self._task.configure(connection=raw.driver_connection)
        await deferrer.defer_async(session_id=session_id)

    async def work(self) -> None:
        """Answer alarms until cancelled; a database that went away is waited for."""
        while True:
            try:
                async with self._app.open_async():
                    await self._app.run_worker_async(
                        queues=[QUEUE],
                        concurrency=self._concurrency,
                        install_signal_handlers=False,
                        fetch_job_polling_interval=1.0,
                        delete_jobs="always",
                    )
            except (ProcrastinateException, PsycopgError, PoolTimeout, OSError) as error:
                log.warning("alarm_worker_restarts", cause=type(error).__name__)
                await asyncio.sleep(RESTART_DELAY_S)

    async def _advance(self, session_id: str) -> None:
        if self._answer:
            await self._answer(SessionId(session_id))
