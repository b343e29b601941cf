"""Keeps one server running: starts it, starts it again when it dies, and stops it."""

import os
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from astra.bootstrap.embedded.errors import DiskFull, ServerKeepsDying, ServerStartFailed
from astra.bootstrap.embedded.server import Launch, Server, start_process
from astra.bootstrap.embedded.server_log import ServerLog
from astra.kernel.errors import AstraError

READY_POLL_S: Final = 0.01
DISK_FULL_TEXT: Final = "No space left on device"
ROOM_TO_START: Final = 64 * 2**20  # bytes; a first start writes 45 MB


class ServerState(StrEnum):
    """Where a supervised server stands."""

    STOPPED = "stopped"
    STARTING = "starting"  # the first time, or again after it died
    RUNNING = "running"
    FAILED = "failed"  # given up; `failure` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHealth:
    """What is known of one server now."""

    name: str
    state: ServerState
    pid: int | None
    restarts: int
    failure: AstraError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """How often a server may die before it is given up, and how long to wait between starts.

    The first restart is immediate; each further one in the same window waits twice as long as the last.
    """

    max_deaths: int = 8
    window_s: float = 60.0
    first_delay_s: float = 0.1
    max_delay_s: float = 5.0
    start_timeout_s: float = 120.0  # recovery after a crash, or loading a large append-only file

    def delay_s(self, deaths: int) -> float:
        """The wait before the restart after the n-th death in the window."""
        return 0.0 if deaths <= 1 else min(self.first_delay_s * 2.0 ** (deaths - 2), self.max_delay_s)


class Supervisor:
    """One server under supervision. `start` and `stop` may be called from any thread."""

    def __init__(
        self,
        server: Server,
        log: ServerLog,
        *,
        policy: RestartPolicy | None = None,
        on_failure: Callable[[AstraError], None] | None = None,
    ) -> None:
        """`on_failure` is called from the supervising thread when a running server is given up."""
        self._server = server
        self._log = log
        self._policy = policy or RestartPolicy()
        self._on_failure = on_failure
        self._stopping = threading.Event()
        self._spawning = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._state = ServerState.STOPPED
        self._restarts = 0
        self._failure: AstraError | None = None

    @property
    def health(self) -> ServerHealth:
        process = self._process
        return ServerHealth(
            name=self._server.name,
            state=self._state,
            pid=process.pid if process is not None and process.poll() is None else None,
            restarts=self._restarts,
            failure=self._failure,
        )

    def start(self) -> None:
        """Start the server and return when it answers; an orphan in its place is stopped first.

        Raises:
            ServerStartFailed, DiskFull, ServerBinaryMissing, DataVersionMismatch: it does not start.
        """
        self._state = ServerState.STARTING
        self._server.slot.evict()
        preparation = self._server.preparation()
        if preparation is not None:
            self._complete(preparation)
            self._server.finish_preparation()
        self._bring_up()
        self._server.welcome()
        self._thread = threading.Thread(
            target=self._supervise, name=f"{self._server.name}-supervisor", daemon=True
        )
        self._thread.start()

    def give_up_starting(self) -> None:
        """Make a `start` under way in another thread raise ServerStartFailed; `stop` must follow."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop the server and all its processes. Idempotent."""
        self._stopping.set()
        with self._spawning:
            pass  # whatever is spawned after this sees that we are stopping
        self._server.slot.evict()
        if self._process is not None:
            self._process.wait()
        if self._thread is not None:
            self._thread.join()
        self._state = ServerState.STOPPED

    def _complete(self, preparation: Launch) -> None:
        process = self._spawn(preparation)
        if process.wait() != 0:
            raise self._start_failure(f"its first preparation ended with code {process.returncode}")

    def _bring_up(self) -> None:
        process = self._spawn(self._server.launch())
        deadline = time.monotonic() + self._policy.start_timeout_s
        while not self._server.is_ready(process.pid):
            if process.poll() is not None:
                raise self._start_failure(f"it ended with code {process.returncode}")
            if self._stopping.is_set():
                raise self._interrupted()
            if time.monotonic() > deadline:
                self._server.slot.evict()
                process.wait()
                raise self._start_failure(f"it did not answer in {self._policy.start_timeout_s:.0f} s")
            self._stopping.wait(READY_POLL_S)
        self._state = ServerState.RUNNING

    def _spawn(self, launch: Launch) -> subprocess.Popen[bytes]:
        with self._spawning:
            if self._stopping.is_set():
                raise self._interrupted()
            log = self._log.open()
            try:
                self._process = start_process(launch, slot=self._server.slot, log=log)
            finally:
                os.close(log)
            return self._process

    def _supervise(self) -> None:
        deaths: deque[float] = deque(maxlen=self._policy.max_deaths)
        while True:
            if self._process is not None:
                self._process.wait()
            if self._stopping.is_set():
                return
            self._state = ServerState.STARTING
            deaths.append(time.monotonic())
            if len(deaths) == deaths.maxlen and deaths[-1] - deaths[0] < self._policy.window_s:
                break
            recent = sum(1 for death in deaths if deaths[-1] - death < self._policy.window_s)
            if self._stopping.wait(self._policy.delay_s(recent)):
                return
            self._restart()
        self._give_up()

    def _restart(self) -> None:
        """Bring the server up again; a start that fails leaves a dead process: one more death."""
        self._restarts += 1
        with suppress(AstraError, OSError):
            self._server.slot.evict()
            self._bring_up()

    def _give_up(self) -> None:
        failure = self._disk_full() or ServerKeepsDying(
            f"{self._server.name} died {self._policy.max_deaths} times in a row; see {self._log.path}. "
            f"Its last words: {self._log.tail()}"
        )
        self._failure = failure
        self._state = ServerState.FAILED
        if self._on_failure is not None:
            self._on_failure(failure)

    def _interrupted(self) -> ServerStartFailed:
        return ServerStartFailed(f"{self._server.name} was stopped while it started; start it again")

    def _start_failure(self, reason: str) -> AstraError:
        return self._disk_full() or ServerStartFailed(
            f"{self._server.name} does not start: {reason}; see {self._log.path}. "
            f"Its last words: {self._log.tail()}"
        )

    def _disk_full(self) -> DiskFull | None:
        """Blame the disk if the log does, or if so little is free that the log itself may be cut short."""
        folder = self._log.path.parent.parent
        free_bytes = shutil.disk_usage(folder).free
        if free_bytes >= ROOM_TO_START and DISK_FULL_TEXT not in self._log.current_run():
            return None
        return DiskFull(
            f"the disk of {folder} is full ({free_bytes // 2**20} MB free); free some space and start again"
        )
