"""The data folder: where everything is, and the lock that gives it to one ASTRA at a time."""

import errno
import fcntl
import os
import stat
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import platformdirs

from astra.bootstrap.embedded.account import ServerAccount
from astra.bootstrap.embedded.errors import (
    DataFolderInUse,
    DataFolderNotWritable,
    DataFolderUnreachable,
    DiskFull,
)

# sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero.
SOCKET_PATH_LIMIT: Final = 103
LONGEST_SOCKET_NAME: Final = ".s.PGSQL.5432"
CLEANUP_PATIENCE_S: Final = 20.0


def default_data_folder() -> Path:
    """Where data goes when nobody says: the user's data folder, or for root one that servers can enter."""
    if os.geteuid() == 0:
        return Path("/var/lib/astra")
    return platformdirs.user_data_path("astra")


class DataFolder:
    """The layout below one root; `prepare` makes the parts that the servers need."""

    def __init__(self, root: Path) -> None:
        self.root: Final = root.expanduser().absolute()
        self.postgres: Final = self.root / "postgres"
        self.redis: Final = self.root / "redis"
        self.logs: Final = self.root / "logs"
        self.run: Final = self.root / "run"
        self.account: Final = ServerAccount.of(self.postgres)

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            DataFolderNotWritable: this user may not write there.
            DataFolderUnreachable: the servers' account may not enter there.
            DiskFull: there is no space left.
        """
        with self.explaining_os_errors():
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.run, self.logs):
                folder.mkdir(exist_ok=True, mode=0o700)
            self._let_the_servers_in()
            with tempfile.TemporaryFile(dir=self.run) as probe:
                probe.write(b"\0")

    def lock(self) -> "FolderLock":
        return FolderLock(self.run / "astra.lock", self.root)

    def socket_folder(self) -> Path:
        """A private folder with a path that suits sockets; made, or found again, on each call."""
        with self.explaining_os_errors():
            beside_the_data = self.run / "sockets"
            if _fits(beside_the_data):
                self.account.make_folder(beside_the_data)
                return beside_the_data
            return self._recorded_socket_folder() or self._new_socket_folder()

    @contextmanager
    def explaining_os_errors(self) -> Iterator[None]:
        """Translate what the operating system refuses in this folder."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(
                    f"the disk of {self.root} is full; free some space or give another folder with --data"
                ) from error
            raise DataFolderNotWritable(
                f"cannot write in {self.root} ({error.strerror}); give a folder of your own with --data"
            ) from error

    def _let_the_servers_in(self) -> None:
        if self.account.is_current_user or self.account.can_enter(self.run):
            return
        for folder in (self.root, self.run):
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | 0o011)
        if not self.account.can_enter(self.run):
            raise DataFolderUnreachable(
                f"ASTRA runs as root and its servers must not, but their account cannot enter {self.root}; "
                "give a folder outside private ones with --data, such as /var/lib/astra"
            )

    @property
    def _socket_record(self) -> Path:
        return self.run / "sockets-at"

    def _recorded_socket_folder(self) -> Path | None:
        """The short folder of an earlier start, if it is still there and still only ours."""
        if not self._socket_record.exists():
            return None
        folder = Path(self._socket_record.read_text(encoding="utf-8"))
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return None
        owner = os.geteuid() if self.account.uid is None else self.account.uid
        is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077
        return folder if is_ours else None

    def _new_socket_folder(self) -> Path:
        parents = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - mkdtemp below is private
        if self.account.is_current_user:
            parents.insert(0, platformdirs.user_runtime_path())
        for parent in parents:
            if _fits(parent / "astra-12345678") and os.access(parent, os.W_OK | os.X_OK):
                folder = Path(tempfile.mkdtemp(prefix="astra-", dir=parent))
                self.account.make_folder(folder)
                self._socket_record.write_text(str(folder), encoding="utf-8")
                return folder
        raise DataFolderUnreachable(
            f"the path {self.root} is too long for sockets; give a shorter one with --data"
        )

    def remove_short_socket_folder(self) -> None:
        """Remove what `socket_folder` made outside the data folder, once the servers are gone."""
        folder = self._recorded_socket_folder()
        if folder is not None:
            for socket in folder.iterdir():
                socket.unlink()
            folder.rmdir()
        self._socket_record.unlink(missing_ok=True)


class FolderLock:
    """Exclusive use of a data folder, held until released or until this process is gone.

    The file names its holder's pid. It is empty while a watchdog cleans up after a holder that died:
    whoever comes meanwhile waits.
    """

    def __init__(self, path: Path, root: Path) -> None:
        self._path = path
        self._root = root
        self._descriptor: int | None = None

    def acquire(self, patience_s: float = CLEANUP_PATIENCE_S) -> None:
        """Take the folder for this process.

        Raises:
            DataFolderInUse: another live process has it, or a clean-up has not ended in `patience_s`.
        """
        deadline = time.monotonic() + patience_s
        while not self.try_for_cleanup():
            holder = self._holder()
            if holder is not None and _is_alive(holder):
                raise DataFolderInUse(
                    f"another ASTRA (pid {holder}) uses {self._root}; stop it or give another with --data"
                )
            if time.monotonic() > deadline:
                raise DataFolderInUse(
                    f"an ASTRA that is ending still uses {self._root}; wait or give another with --data"
                )
            time.sleep(0.05)
        if self._descriptor is not None:
            os.write(self._descriptor, str(os.getpid()).encode())

    def try_for_cleanup(self) -> bool:
        """Take the folder if nobody has it, naming no holder."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        self._descriptor = descriptor
        # A forked worker must not keep the folder after this process dies.
        forget = weakref.WeakMethod(self._forget)
        os.register_at_fork(after_in_child=lambda: (method := forget()) and method())
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            self._forget()

    def _forget(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _holder(self) -> int | None:
        text = self._path.read_text(encoding="ascii")
        return int(text) if text.isdigit() else None


def _fits(folder: Path) -> bool:
    """Whether sockets can be there; libpq reads a comma in a path as the start of another host."""
    return len(os.fsencode(folder / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT and "," not in str(folder)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # someone else's process lives under that number
    return True
