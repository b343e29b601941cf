"""What finalizing needs from outside."""

from datetime import datetime, timedelta
from typing import Protocol

from astra.kernel.ids import SessionId
from astra.kernel.json_value import JsonObject
from astra.orchestrator.sessions.finalizing.values import Finalization


class Finalizations(Protocol):
    """Keeps finalizations. Whatever changes one also sets the alarm for what follows, in one transaction."""

    async def request(self, finalization: Finalization) -> Finalization:
        """Add it, or return the one the session has already; a FAILED one starts again."""
        ...

    async def get(self, session_id: SessionId) -> Finalization | None: ...

    async def claim(self, session_id: SessionId, now: datetime, lease: timedelta) -> Finalization | None:
        """Take the lease if nobody holds it and there is something left to do."""
        ...

    async def extend(self, claimed: Finalization, until: datetime) -> bool:
        """Prolong the lease; False if it has been lost."""
        ...

    async def advance(self, claimed: Finalization, result: JsonObject, now: datetime) -> bool:
        """Keep the step's result and go to the next; False if the lease has been lost."""
        ...

    async def postpone(self, claimed: Finalization, until: datetime, attempts: int, error: str) -> bool:
        """Leave the step for later; False if the lease has been lost."""
        ...

    async def fail(self, claimed: Finalization, error: str) -> bool:
        """End it as FAILED; False if the lease has been lost."""
        ...

    async def overdue(self, now: datetime) -> list[SessionId]:
        """Return those with something left to do whose lease has run out."""
        ...

    async def wake(self, session_id: SessionId) -> None:
        """Set the alarm for now."""
        ...
