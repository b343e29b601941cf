"""The supervisor's own decisions, with a shell in the place of a server."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astra.bootstrap.embedded.account import ServerAccount
from astra.bootstrap.embedded.errors import DiskFull, ServerStartFailed
from astra.bootstrap.embedded.server import Launch
from astra.bootstrap.embedded.server_log import ServerLog
from astra.bootstrap.embedded.server_slot import ServerSlot
from astra.bootstrap.embedded.supervisor import RestartPolicy, ServerState, Supervisor


@dataclass
class ShellServer:
    """A server that is a shell script; ready at once, unless told otherwise."""

    slot: ServerSlot
    script: str
    first_script: str | None = None
    is_deaf: bool = False
    name: str = "shell"

    def preparation(self) -> Launch | None:
        return None if self.first_script is None else self._launch(self.first_script)

    def finish_preparation(self) -> None:
        """A shell leaves nothing to put in place."""

    def launch(self) -> Launch:
        return self._launch(self.script)

    def is_ready(self, pid: int) -> bool:
        return pid > 0 and not self.is_deaf

    def welcome(self) -> None:
        """A shell has nothing to offer."""

    def _launch(self, script: str) -> Launch:
        account = ServerAccount(uid=None, gid=None)
        return Launch(command=("/bin/sh", "-c", script), account=account, environment=None)


Supervise = Callable[..., Supervisor]


@pytest.fixture
def supervise(tmp_path: Path) -> Supervise:
    def make(*, policy: RestartPolicy | None = None, **server: object) -> Supervisor:
        steps = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0))
        slot = ServerSlot(tmp_path / "shell.lock", tmp_path / "shell.pid", steps)
        return Supervisor(ShellServer(slot=slot, **server), ServerLog(tmp_path / "shell.log"), policy=policy)  # type: ignore[arg-type]

    return make


def test_a_start_that_fails_says_why_in_the_servers_words_and_where_to_read_on(supervise: Supervise) -> None:
    supervisor = supervise(script="echo FATAL: no such locale; exit 7", is_deaf=True)
    with pytest.raises(
        ServerStartFailed, match=r"ended with code 7; see .*shell\.log.*FATAL: no such locale"
    ):
        supervisor.start()
    supervisor.stop()


def test_a_preparation_that_fails_is_reported_too(supervise: Supervise) -> None:
    supervisor = supervise(script="true", first_script="echo cannot; exit 1")
    with pytest.raises(ServerStartFailed, match=r"preparation ended with code 1.*cannot"):
        supervisor.start()
    supervisor.stop()


@pytest.mark.parametrize("stage", ["first_script", "script"])
def test_a_full_disk_is_told_from_other_failures(supervise: Supervise, stage: str) -> None:
    scripts = {"script": "true", stage: "echo 'FATAL: could not write: No space left on device'; exit 1"}
    supervisor = supervise(is_deaf=True, **scripts)
    with pytest.raises(DiskFull, match="free some space"):
        supervisor.start()
    supervisor.stop()


def test_a_server_that_never_answers_is_stopped_and_reported(supervise: Supervise) -> None:
    supervisor = supervise(script="exec sleep 60", is_deaf=True, policy=RestartPolicy(start_timeout_s=0.1))
    with pytest.raises(ServerStartFailed, match="did not answer"):
        supervisor.start()
    assert supervisor.health.pid is None


def test_a_start_gives_up_when_told_so(supervise: Supervise) -> None:
    supervisor = supervise(script="exec sleep 60", is_deaf=True)
    supervisor.give_up_starting()
    with pytest.raises(ServerStartFailed, match="was stopped while it started"):
        supervisor.start()
    supervisor.stop()
    assert supervisor.health.state is ServerState.STOPPED


def test_a_first_restart_is_immediate_and_the_next_ones_are_not() -> None:
    policy = RestartPolicy()
    assert policy.delay_s(1) == 0.0
    assert policy.delay_s(2) == policy.first_delay_s


@given(deaths=st.integers(min_value=1, max_value=200))
def test_delays_never_shrink_and_never_pass_their_limit(deaths: int) -> None:
    policy = RestartPolicy()
    assert policy.delay_s(deaths) <= policy.delay_s(deaths + 1) <= policy.max_delay_s
