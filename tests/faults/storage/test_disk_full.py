"""A full disk is said, and leaves nothing behind."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("full_disk.py")
LIMIT_BYTES = 2 << 20


def fill(*launcher: str, root: Path) -> str:
    result = subprocess.run(
        [*launcher, sys.executable, str(SCRIPT), str(root)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def can_mount() -> bool:
    """Return whether this machine lets a process mount a disk of its own (user namespaces)."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def in_small_disk(root: Path) -> list[str]:
    mount = f'mount -t tmpfs -o size={LIMIT_BYTES} tmpfs {root} && exec "$@"'
    return ["unshare", "-rm", "sh", "-c", mount, "sh"]


def with_small_files(_root: Path) -> list[str]:
    return ["sh", "-c", f'ulimit -f {LIMIT_BYTES // 512} && exec "$@"', "sh"]


@pytest.mark.parametrize("limit", [with_small_files, *([in_small_disk] if can_mount() else [])])
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, limit: object) -> None:
    assert callable(limit)

    said = fill(*limit(tmp_path), root=tmp_path)

    assert said.count("The disk of the object store is full") == 4
