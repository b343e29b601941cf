"""Finalizing: takes the request, and advances it one durable step at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from astra.kernel.clock import Clock
from astra.kernel.errors import AstraError
from astra.kernel.ids import IdSource, SessionId, SnapshotId, TenantId
from astra.orchestrator.sessions.background import repeated
from astra.orchestrator.sessions.errors import SessionEmpty, SessionNotFound
from astra.orchestrator.sessions.finalizing.errors import FinalizationUnknown, StillDraining
from astra.orchestrator.sessions.finalizing.ports import Finalizations
from astra.orchestrator.sessions.finalizing.steps import StepAction
from astra.orchestrator.sessions.finalizing.values import Finalization, Step
from astra.orchestrator.sessions.ports import SessionStore
from astra.orchestrator.sessions.states import SessionEvent, SessionState, after
from astra.orchestrator.sessions.timeline import missing_sequence_ids
from astra.orchestrator.sessions.values import ChunkState

DRAIN_PAUSE: Final = timedelta(milliseconds=200)
RETRY_PAUSE: Final = timedelta(seconds=1)
MAX_PAUSE: Final = timedelta(minutes=5)
MAX_ATTEMPTS: Final = 10  # then the finalization fails, and may be requested again

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a finalization stands, as its session's owner sees it."""

    finalization: Finalization
    pending: tuple[int, ...]  # sequence_ids that are missing or still being heard


class Finalizer:
    """Finalizations of all tenants."""

    def __init__(
        self,
        *,
        finalizations: Finalizations,
        store: SessionStore,
        actions: Mapping[Step, StepAction],
        clock: Clock,
        ids: IdSource,
        lease: timedelta,
    ) -> None:
        self._finalizations = finalizations
        self._store = store
        self._actions = actions
        self._clock = clock
        self._ids = ids
        self._lease = lease

    async def request(
        self, tenant_id: TenantId, session_id: SessionId, by: str, *, retry: bool = False
    ) -> Progress:
        """Ask for the acta. Asking again, at once or later, speaks of the same finalization.

        One that failed stays so, unless `retry` says that its cause was mended.

        Raises:
            SessionNotFound, SessionEmpty
        """
        known = await self._finalizations.get(session_id)
        if known and known.tenant_id != tenant_id:
            raise SessionNotFound
        if known and not (retry and known.step is Step.FAILED):
            return await self._progress(known)
        await self._check_session(tenant_id, session_id)
        now = self._clock.now()
        wanted = Finalization(
            session_id=session_id,
            tenant_id=tenant_id,
            snapshot_id=SnapshotId(self._ids.new()),
            requested_at=now,
            requested_by=by,
            lease_until=now,
        )
        return await self._progress(await self._finalizations.request(wanted))

    async def progress(self, tenant_id: TenantId, session_id: SessionId) -> Progress:
        """Return where the finalization stands; `FinalizationUnknown` if none was requested."""
        finalization = await self._finalizations.get(session_id)
        if finalization is None or finalization.tenant_id != tenant_id:
            raise FinalizationUnknown
        return await self._progress(finalization)

    async def advance(self, session_id: SessionId) -> None:
        """Do the next step, unless another worker is at it. Safe to call at any time, any number of times."""
        claimed = await self._finalizations.claim(session_id, self._clock.now(), self._lease)
        if claimed is None:
            return
        try:
            async with repeated(partial(self._extend, claimed), self._lease.total_seconds() / 3):
                result = await self._actions[claimed.step](claimed)
        except Exception as error:  # noqa: BLE001 - whatever a step raises decides how it goes on
            await self._settle(claimed, error)
        else:
            await self._finalizations.advance(claimed, result, self._clock.now())
            log.info("finalization_step_done", session_id=session_id, step=claimed.step)

    async def reconcile(self) -> None:
        """Wake every finalization whose lease ran out with something left to do."""
        for session_id in await self._finalizations.overdue(self._clock.now()):
            await self._finalizations.wake(session_id)

    async def _check_session(self, tenant_id: TenantId, session_id: SessionId) -> None:
        session = await self._store.get(session_id)
        if session.tenant_id != tenant_id:
            raise SessionNotFound
        if not await self._store.chunks(session_id):
            raise SessionEmpty

    async def _progress(self, finalization: Finalization) -> Progress:
        if finalization.step is not Step.DRAIN:
            return Progress(finalization=finalization, pending=())
        chunks = await self._store.chunks(finalization.session_id)
        processing = [c.sequence_id for c in chunks if c.state is ChunkState.PROCESSING]
        last = await self._store.last_sequence_id(finalization.session_id)
        pending = sorted({*missing_sequence_ids(chunks, last), *processing})
        return Progress(finalization=finalization, pending=tuple(pending))

    async def _settle(self, claimed: Finalization, error: Exception) -> None:
        """Decide whether a step that raised is tried again."""
        is_draining = isinstance(error, StillDraining)
        attempts = claimed.attempts + (0 if is_draining else 1)
        is_retryable = error.retryable if isinstance(error, AstraError) else True
        cause = error.code if isinstance(error, AstraError) else type(error).__name__
        message = f"{cause}: {error}" if isinstance(error, AstraError) else cause
        if not is_draining:
            log.error(
                "finalization_step_failed",
                session_id=claimed.session_id,
                step=claimed.step,
                code=cause,
                exc_info=None if isinstance(error, AstraError) else error,
            )
        if is_retryable and attempts < MAX_ATTEMPTS:
            pause = DRAIN_PAUSE if is_draining else min(RETRY_PAUSE * 2**attempts, MAX_PAUSE)
            until = self._clock.now() + pause
            await self._finalizations.postpone(claimed, until, attempts, message)
        elif await self._finalizations.fail(claimed, message):
            await self._mark_failed(claimed.session_id)

    async def _mark_failed(self, session_id: SessionId) -> None:
        for state in (SessionState.DRAINING, SessionState.BUILDING):
            failed = after(state, SessionEvent.FAILED)
            if await self._store.move(session_id, state, failed):
                return

    async def _extend(self, claimed: Finalization) -> bool:
        return await self._finalizations.extend(claimed, self._clock.now() + self._lease)
