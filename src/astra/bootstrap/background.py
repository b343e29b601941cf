"""What runs beside the requests: the worker that answers alarms, and the reconciler."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from astra.kernel.errors import AstraError
from astra.orchestrator.sessions.finalizing.procrastinate_alarm import ProcrastinateAlarm
from astra.orchestrator.sessions.finalizing.service import Finalizer

log = structlog.get_logger()


@asynccontextmanager
async def background_loops(
    *, alarm: ProcrastinateAlarm, finalizer: Finalizer, reconcile_s: float
) -> AsyncIterator[None]:
    """Run both loops while the block runs; a step under way at its end is finished first."""
    loops = [
        asyncio.create_task(alarm.work()),
        asyncio.create_task(reconcile_forever(finalizer, reconcile_s)),
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def reconcile_forever(finalizer: Finalizer, every_s: float) -> None:
    """Look for forgotten work again and again; an outage is waited for."""
    while True:
        try:
            await finalizer.reconcile()
        except AstraError as error:
            log.warning("reconciler_waits", code=error.code)
        await asyncio.sleep(every_s)
