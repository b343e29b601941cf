"""What the routes share, and what they ask of each request before its body is read."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from astra.bootstrap.core_service import CoreParts
from astra.core.values import EngineIdentity
from astra.entrypoints.http.core.admission import Admission, Arrivals
from astra.entrypoints.http.core.api_keys import ApiKeys
from astra.entrypoints.http.core.hearing_queue import HearingQueue

bearer = HTTPBearer(auto_error=False, description="One of the service's API keys")


class Readiness:
    """Whether the default model can be had; finding out may take a download."""

    def __init__(self, parts: CoreParts) -> None:
        self._parts = parts
        self._looking: asyncio.Task[EngineIdentity] | None = None

    async def identity(self, patience_s: float) -> EngineIdentity:
        """Return the model's identity.

        Raises:
            TimeoutError: it is not known yet; the search goes on.
            EngineUnavailable: the model cannot be had; the next call tries again.
        """
        if self._looking is None or (self._looking.done() and self._looking.exception()):
            self._looking = asyncio.create_task(asyncio.to_thread(self._look))
        return await asyncio.wait_for(asyncio.shield(self._looking), patience_s)

    def _look(self) -> EngineIdentity:
        return self._parts.catalog.find().transcriber.identity


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreState:
    """The service's parts, wired and running."""

    parts: CoreParts
    queue: HearingQueue
    arrivals: Arrivals
    keys: ApiKeys
    readiness: Readiness
    started_s: int  # Unix time


def state_of(request: Request) -> CoreState:
    """Return the state of the application that serves this request."""
    state: CoreState = request.app.state.core
    return state


StateDep = Annotated[CoreState, Depends(state_of)]


def authenticated(
    state: StateDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> None:
    """Let in who has a key; `ApiKeyInvalid`."""
    state.keys.check(credentials.credentials if credentials else None)


async def admitted(request: Request, state: StateDep) -> AsyncIterator[Admission]:
    """Let a request begin to come in, before its body is read; `QueueFull`."""
    state.queue.check()
    admission = Admission(request, state.queue, state.arrivals, state.parts.limits)
    try:
        yield admission
    finally:
        admission.leave()


AdmissionDep = Annotated[Admission, Depends(admitted)]
