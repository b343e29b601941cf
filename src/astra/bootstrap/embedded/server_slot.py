"""The one place in a data folder where a server of a given name may run.

A slot is a flock that a server inherits from ASTRA and shares with every process it forks. The kernel
frees it when the last of them is gone, whatever killed them and whoever their parent was. So a slot that is
taken while nobody supervises it holds orphans, and a free one proves that no process of ours is left: no
guessing from pid files, which outlive their processes and whose numbers are used again.
"""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from astra.bootstrap.embedded.errors import ServerStartFailed

POLL_S: Final = 0.01
StopStep = tuple[signal.Signals, float]  # a signal and how many seconds to wait for its effect


class ServerSlot:
    """A slot at `lock_file`; a server in it also writes its own pid as the first line of `pid_file`."""

    def __init__(self, lock_file: Path, pid_file: Path, stop_steps: Sequence[StopStep]) -> None:
        self._lock_file = lock_file
        self._pid_file = pid_file
        self._stop_steps = stop_steps

    @contextmanager
    def claim(self, patience_s: float = 10.0) -> Iterator[int]:
        """Take the slot and give its descriptor, for a child to inherit; ours is closed at the end.

        Raises:
            ServerStartFailed: processes of the server that ran here before are still running.
        """
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not wait_until(lambda: _lock(descriptor), patience_s):
                raise ServerStartFailed(
                    f"processes of an earlier server (pid {self.last_pid()}) do not end; end them and retry"
                )
            os.ftruncate(descriptor, 0)
            yield descriptor
        finally:
            os.close(descriptor)

    def record(self, pid: int) -> None:
        """Note which process was started in the slot."""
        self._lock_file.write_text(str(pid), encoding="ascii")

    def last_pid(self) -> int | None:
        """The process that was started here last, running or not."""
        return first_line_number(self._lock_file)

    def is_taken(self) -> bool:
        if not self._lock_file.exists():
            return False
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CLOEXEC)
        try:
            return not _lock(descriptor)
        finally:
            os.close(descriptor)

    def evict(self) -> None:
        """Stop the server in the slot, if there is one, and wait until all its processes are gone.

        The signals go from polite to final.

        Raises:
            ServerStartFailed: something in the slot survives even the last signal.
        """
        for stop_signal, patience_s in self._stop_steps:
            signalled: set[int] = set()
            if wait_until(partial(self._is_free_after, stop_signal, signalled), patience_s):
                return
        raise ServerStartFailed(
            f"an earlier server (pid {self.last_pid()}) cannot be stopped; end it and start again"
        )

    def _is_free_after(self, stop_signal: signal.Signals, signalled: set[int]) -> bool:
        if not self.is_taken():
            return True
        # ASTRA may have died between starting the server and noting its pid: the server's own note follows.
        pid = self.last_pid() or first_line_number(self._pid_file)
        if pid is not None and pid not in signalled:
            signalled.add(pid)
            signal_server(pid, stop_signal)
        return False


def wait_until(condition: Callable[[], bool], patience_s: float) -> bool:
    """Poll the condition; False when it does not come true in time."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def first_line_number(path: Path) -> int | None:
    """The number on the first line of a file, such as a pid file; None when there is none yet."""
    try:
        line = path.read_bytes().partition(b"\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(line) if line.isdigit() else None


def signal_server(pid: int, stop_signal: signal.Signals) -> None:
    """Signal a server, or kill the children that it left in its process group.

    PostgreSQL's children are not among them: each leads its own group, and ends when the server does.
    """
    try:
        if stop_signal is not signal.SIGKILL:
            os.kill(pid, stop_signal)
            return
    except ProcessLookupError:
        pass  # it is gone; what holds its slot are children, and their work is worth nothing without it
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
