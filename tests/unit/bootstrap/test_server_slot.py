"""A slot knows whether any process of a server is left, whoever its parent is."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from astra.bootstrap.embedded.account import ServerAccount
from astra.bootstrap.embedded.errors import ServerStartFailed
from astra.bootstrap.embedded.server import Launch, start_process
from astra.bootstrap.embedded.server_slot import ServerSlot

CURRENT_USER = ServerAccount(uid=None, gid=None)
STOP_STEPS = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0))


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[ServerSlot]:
    slot = ServerSlot(tmp_path / "server.lock", tmp_path / "server.pid", STOP_STEPS)
    yield slot
    slot.evict()


def run_in(slot: ServerSlot, *command: str) -> subprocess.Popen[bytes]:
    launch = Launch(command=command, account=CURRENT_USER, environment=None)
    return start_process(launch, slot=slot, log=subprocess.DEVNULL)


def test_a_slot_is_free_before_the_first_server_and_taken_while_one_runs(slot: ServerSlot) -> None:
    assert not slot.is_taken()
    process = run_in(slot, "/bin/sleep", "60")
    assert slot.is_taken()
    assert slot.last_pid() == process.pid
    process.kill()
    process.wait()
    assert not slot.is_taken()


@pytest.fixture
def orphaned_child(slot: ServerSlot) -> int:
    """A process that a server forked before it was killed."""
    code = "import os, time; child = os.fork(); child and print(child, flush=True); time.sleep(60)"
    read_end, write_end = os.pipe()
    launch = Launch(command=(sys.executable, "-c", code), account=CURRENT_USER, environment=None)
    process = start_process(launch, slot=slot, log=write_end)
    os.close(write_end)
    with os.fdopen(read_end) as printed:
        child = int(printed.readline())
    process.kill()
    process.wait()
    return child


def test_a_slot_stays_taken_while_a_child_outlives_its_killed_server(
    slot: ServerSlot, orphaned_child: int
) -> None:
    assert slot.is_taken()
    os.kill(orphaned_child, signal.SIGKILL)
    with slot.claim(patience_s=2.0):
        pass


@pytest.mark.usefixtures("orphaned_child")
def test_eviction_kills_the_children_that_outlive_their_server(slot: ServerSlot) -> None:
    begun = time.monotonic()
    slot.evict()
    assert not slot.is_taken()
    assert time.monotonic() - begun < 1.0


def test_a_taken_slot_cannot_be_claimed(slot: ServerSlot) -> None:
    process = run_in(slot, "/bin/sleep", "60")
    with pytest.raises(ServerStartFailed, match=f"pid {process.pid}"), slot.claim(patience_s=0.05):
        pass
    process.kill()
    process.wait()


def test_eviction_of_a_free_slot_signals_nobody_even_if_its_last_pid_is_used_again(slot: ServerSlot) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        slot.record(stranger.pid)
        slot.evict()
        assert stranger.poll() is None
        stranger.kill()


def test_eviction_goes_from_the_polite_signal_to_the_final_one(tmp_path: Path) -> None:
    slot = ServerSlot(
        tmp_path / "server.lock", tmp_path / "server.pid", ((signal.SIGTERM, 0.2), (signal.SIGKILL, 2.0))
    )
    ready = tmp_path / "ready"
    process = run_in(slot, "/bin/sh", "-c", f"trap '' TERM; : > {ready}; while :; do sleep 0.05; done")
    while not ready.exists():
        pass
    slot.evict()
    assert process.wait() == -signal.SIGKILL


def test_a_server_whose_pid_was_never_noted_is_evicted_by_its_own_note(
    slot: ServerSlot, tmp_path: Path
) -> None:
    process = run_in(slot, "/bin/sleep", "60")
    os.truncate(tmp_path / "server.lock", 0)
    (tmp_path / "server.pid").write_text(f"{process.pid}\n/data\n")
    slot.evict()
    assert process.wait() == -signal.SIGTERM


def test_what_survives_every_signal_is_reported(tmp_path: Path) -> None:
    slot = ServerSlot(tmp_path / "server.lock", tmp_path / "server.pid", ((signal.SIGTERM, 0.05),))
    with (tmp_path / "server.lock").open("w") as held_by_us:
        fcntl.flock(held_by_us, fcntl.LOCK_EX)
        with pytest.raises(ServerStartFailed, match="cannot be stopped"):
            slot.evict()
