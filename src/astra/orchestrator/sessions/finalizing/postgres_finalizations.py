"""Finalizations in PostgreSQL: state, lease and fencing token in our own rows."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Row, Update, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from astra.kernel.ids import SessionId, SnapshotId, TenantId
from astra.kernel.json_value import JsonObject
from astra.orchestrator.postgres_database import PostgresDatabase
from astra.orchestrator.postgres_schema import finalizations
from astra.orchestrator.sessions.finalizing.values import ENDED, NEXT, Finalization, Step

columns = finalizations.c
is_unfinished = columns.step.not_in([step.value for step in ENDED])


class Alarm(Protocol):
    """Wakes a worker for a session; part of the caller's transaction."""

    async def set(self, connection: AsyncConnection, session_id: SessionId) -> None: ...


class PostgresFinalizations:
    """`Finalizations` over the table of that name."""

    def __init__(self, database: PostgresDatabase, alarm: Alarm) -> None:
        self._database = database
        self._alarm = alarm

    async def request(self, finalization: Finalization) -> Finalization:
        session_id = finalization.session_id
        again = (
            update(finalizations)
            .where(columns.session_id == session_id, columns.step == Step.FAILED.value)
            .values(step=Step.DRAIN.value, results={}, attempts=0, last_error="")
        )
        async with self._database.begin() as connection:
            added = await connection.execute(
                insert(finalizations).values(**row_of(finalization)).on_conflict_do_nothing()
            )
            restarted = await connection.execute(again)
            if added.rowcount or restarted.rowcount:
                await self._alarm.set(connection, session_id)
            query = select(finalizations).where(columns.session_id == session_id)
            return finalization_of((await connection.execute(query)).one())

    async def get(self, session_id: SessionId) -> Finalization | None:
        query = select(finalizations).where(columns.session_id == session_id)
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return finalization_of(row) if row else None

    async def claim(self, session_id: SessionId, now: datetime, lease: timedelta) -> Finalization | None:
        take = (
            update(finalizations)
            .where(columns.session_id == session_id, is_unfinished, columns.lease_until <= now)
            .values(fence=columns.fence + 1, lease_until=now + lease)
            .returning(finalizations)
        )
        async with self._database.begin() as connection:
            row = (await connection.execute(take)).one_or_none()
        return finalization_of(row) if row else None

    async def extend(self, claimed: Finalization, until: datetime) -> bool:
        async with self._database.begin() as connection:
            return await written(connection, held(claimed).values(lease_until=until))

    async def advance(self, claimed: Finalization, result: JsonObject, now: datetime) -> bool:
        following = NEXT[claimed.step]
        change = held(claimed).values(
            step=following.value,
            results={**claimed.results, claimed.step.value: result},
            attempts=0,
            last_error="",
            lease_until=now,
        )
        async with self._database.begin() as connection:
            is_mine = await written(connection, change)
            if is_mine and following not in ENDED:
                await self._alarm.set(connection, claimed.session_id)
            return is_mine

    async def postpone(self, claimed: Finalization, until: datetime, attempts: int, error: str) -> bool:
        change = held(claimed).values(lease_until=until, attempts=attempts, last_error=error[:500])
        async with self._database.begin() as connection:
            return await written(connection, change)

    async def fail(self, claimed: Finalization, error: str) -> bool:
        change = held(claimed).values(step=Step.FAILED.value, last_error=error[:500])
        async with self._database.begin() as connection:
            return await written(connection, change)

    async def overdue(self, now: datetime) -> list[SessionId]:
        query = select(columns.session_id).where(is_unfinished, columns.lease_until <= now)
        async with self._database.connect() as connection:
            return [SessionId(row.session_id) for row in await connection.execute(query)]

    async def wake(self, session_id: SessionId) -> None:
        async with self._database.begin() as connection:
            await self._alarm.set(connection, session_id)


def held(claimed: Finalization) -> Update:
    """Return an update that reaches the row only under the newest claim."""
    return update(finalizations).where(
        columns.session_id == claimed.session_id, columns.fence == claimed.fence
    )


async def written(connection: AsyncConnection, change: Update) -> bool:
    """Tell whether the change reached its row."""
    return bool((await connection.execute(change)).rowcount)


def row_of(finalization: Finalization) -> dict[str, object]:
    """Return the finalization as a row."""
    return {
        "session_id": finalization.session_id,
        "tenant_id": finalization.tenant_id,
        "snapshot_id": finalization.snapshot_id,
        "requested_at": finalization.requested_at,
        "requested_by": finalization.requested_by,
        "step": finalization.step.value,
        "results": dict(finalization.results),
        "attempts": finalization.attempts,
        "last_error": finalization.last_error,
        "fence": finalization.fence,
        "lease_until": finalization.lease_until,
    }


def finalization_of(row: Row[tuple[object, ...]]) -> Finalization:
    """Return the row as a value."""
    return Finalization(
        session_id=SessionId(row.session_id),
        tenant_id=TenantId(row.tenant_id),
        snapshot_id=SnapshotId(row.snapshot_id),
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        step=Step(row.step),
        results=row.results,
        attempts=row.attempts,
        last_error=row.last_error,
        fence=row.fence,
        lease_until=row.lease_until,
    )
