"""The states of a session; only this table says how one leads to another."""

from enum import StrEnum
from typing import Final

from astra.orchestrator.sessions.errors import TransitionRefused


class SessionState(StrEnum):
    """Where a session stands."""

    OPEN = "OPEN"
    DRAINING = "DRAINING"  # no new blocks; those under way are awaited
    BUILDING = "BUILDING"
    SEALED = "SEALED"
    BUILD_FAILED = "BUILD_FAILED"
    EXPIRED = "EXPIRED"


class SessionEvent(StrEnum):
    """What can happen to a session."""

    FINALIZE = "FINALIZE"
    DRAINED = "DRAINED"
    SEALED = "SEALED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


TRANSITIONS: Final = {
    (SessionState.OPEN, SessionEvent.FINALIZE): SessionState.DRAINING,
    (SessionState.OPEN, SessionEvent.EXPIRED): SessionState.EXPIRED,
    (SessionState.DRAINING, SessionEvent.DRAINED): SessionState.BUILDING,
    (SessionState.DRAINING, SessionEvent.FAILED): SessionState.BUILD_FAILED,
    (SessionState.BUILDING, SessionEvent.SEALED): SessionState.SEALED,
    (SessionState.BUILDING, SessionEvent.FAILED): SessionState.BUILD_FAILED,
    (SessionState.BUILD_FAILED, SessionEvent.FINALIZE): SessionState.DRAINING,
}


def after(state: SessionState, event: SessionEvent) -> SessionState:
    """Return the state that `event` leads to; `TransitionRefused`."""
    try:
        return TRANSITIONS[state, event]
    except KeyError as error:
        raise TransitionRefused(f"a session in state {state} does not allow {event}") from error
