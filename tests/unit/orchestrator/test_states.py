import pytest

from astra.orchestrator.sessions.errors import TransitionRefused
from astra.orchestrator.sessions.states import TRANSITIONS, SessionEvent, SessionState, after


def test_the_way_from_open_to_sealed() -> None:
    state = SessionState.OPEN
    for event in (SessionEvent.FINALIZE, SessionEvent.DRAINED, SessionEvent.SEALED):
        state = after(state, event)
    assert state is SessionState.SEALED


def test_nothing_leads_out_of_a_sealed_session() -> None:
    for event in SessionEvent:
        with pytest.raises(TransitionRefused):
            after(SessionState.SEALED, event)


def test_a_failed_build_can_be_finalized_again() -> None:
    assert TRANSITIONS[SessionState.BUILD_FAILED, SessionEvent.FINALIZE] is SessionState.DRAINING
