"""File operations that a crash or a power cut cannot leave half done."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The length and SHA-256 (lower-case hex) of some content."""

    size_bytes: int
    sha256: str


def chunks(content: bytes | BinaryIO) -> Iterator[bytes]:
    """Yield the content in pieces of at most one MiB when it is a stream."""
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(CHUNK_BYTES):
        yield chunk


class NewFile:
    """A file that did not exist, digested as it is written; read-only for everyone once it is closed."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        self._hasher = hashlib.sha256()
        self._size_bytes = 0

    def write(self, content: bytes) -> None:
        self._hasher.update(content)
        self._size_bytes += len(content)
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def finish(self) -> Digest:
        """Make the content durable; the file's name is not until its directory is synced."""
        os.fsync(self._descriptor)
        return Digest(size_bytes=self._size_bytes, sha256=self._hasher.hexdigest())

    def close(self) -> None:
        os.close(self._descriptor)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_away(path: Path, target: Path) -> None:
    """Rename durably, as seen from where `path` was, though its directory may be removed meanwhile."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        path.rename(target)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_directories(path: Path) -> None:
    """Make a directory and its missing parents, private to their owner, durably."""
    if path.is_dir():
        return
    make_directories(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    sync_directory(path.parent)


def remove_empty_parents(path: Path, stop: Path) -> None:
    """Remove `path` and its parents below `stop` as long as they are empty."""
    while path != stop:
        try:
            path.rmdir()
        except OSError:  # not empty, or gone already
            return
        path = path.parent


@contextmanager
def locked_directory(path: Path) -> Iterator[None]:
    """Make the directory if it is missing and hold it against other processes and threads.

    The lock is the directory itself (flock), so that whoever waited for one that was meanwhile moved away
    starts again with the new one.
    """
    while True:
        try:
            make_directories(path)
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:  # a parent was removed in between
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not _is_at(descriptor, path):
                continue
            yield
            return
        finally:
            os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def digest_of(content: BinaryIO) -> Digest:
    """Read a stream from where it is to its end, in constant memory."""
    hasher, size_bytes = hashlib.sha256(), 0
    for chunk in chunks(content):
        hasher.update(chunk)
        size_bytes += len(chunk)
    return Digest(size_bytes=size_bytes, sha256=hasher.hexdigest())
