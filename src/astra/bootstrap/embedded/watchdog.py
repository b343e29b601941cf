"""A process that outlives ASTRA by a moment, to stop its servers when it was killed.

Run as `python -m astra.bootstrap.embedded.watchdog DATA_FOLDER PID_OF_ASTRA`. It watches its parent's pid:
that works alike on Linux and macOS, and forked workers of ASTRA cannot disturb it as they would a pipe.
"""

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from astra.bootstrap.embedded.account import ServerAccount
from astra.bootstrap.embedded.data_folder import DataFolder
from astra.bootstrap.embedded.postgres_server import postgres_slot
from astra.bootstrap.embedded.redis_server import redis_slot
from astra.bootstrap.embedded.server import Launch
from astra.bootstrap.embedded.server_slot import ServerSlot

POLL_S: Final = 0.2


class Watchdog:
    """The watchdog as one more server of the folder, so that it too is started again when it dies."""

    name: Final = "watchdog"

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self.slot: Final = ServerSlot(
            folder.run / "watchdog.lock",
            folder.run / "watchdog.pid",
            ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0)),
        )

    def preparation(self) -> None:
        """Needs none: it is Python, which runs already."""

    def finish_preparation(self) -> None:
        """Nothing runs before the first start."""

    def launch(self) -> Launch:
        return Launch(
            command=[sys.executable, "-P", "-m", __name__, str(self._folder.root), str(os.getpid())],
            account=ServerAccount(uid=None, gid=None),
            environment=None,
        )

    def is_ready(self, pid: int) -> bool:  # noqa: ARG002 - nobody calls it, so nobody waits for it
        return True

    def welcome(self) -> None:
        """Clients expect nothing of it."""


def stop_orphans(folder: DataFolder) -> None:
    """Stop the servers of an ASTRA that is gone, unless a new one has the folder already."""
    lock = folder.lock()
    if not lock.try_for_cleanup():
        return
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(ServerSlot.evict, (postgres_slot(folder), redis_slot(folder))))
        folder.remove_short_socket_folder()
    finally:
        lock.release()


def watch(folder: DataFolder, parent: int) -> None:
    """Return once the parent is gone and its servers are stopped."""
    while os.getppid() == parent:
        time.sleep(POLL_S)
    stop_orphans(folder)


if __name__ == "__main__":
    watch(DataFolder(Path(sys.argv[1])), int(sys.argv[2]))
