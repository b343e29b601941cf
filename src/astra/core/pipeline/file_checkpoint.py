"""`Checkpoint` in a file: one JSON line for each chunk that was heard."""

import fcntl
import json
import os
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final, Self

from astra.core.errors import CheckpointUnusable
from astra.core.values import Hearing, Segment, Word

CHECKPOINT_SUFFIX: Final = ".astra-checkpoint"
_HEADER: Final = b'{"format": "astra-checkpoint", "version": 1}'


class FileCheckpoint:
    """Holds what was heard in memory, and appends it to a file that begins to exist with the first hearing.

    A line that a crash has damaged is heard again. One process at a time writes to a checkpoint.

    Raises:
        CheckpointUnusable: the file is something else, cannot be written, or another process writes to it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._known: dict[str, Hearing] = {}
        self._file: BinaryIO | None = None
        if path.exists():
            self._file = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._known)

    def find(self, key: str) -> Hearing | None:
        return self._known.get(key)

    def keep(self, key: str, hearing: Hearing) -> None:
        line = json.dumps({"key": key, **asdict(hearing)}, ensure_ascii=False)
        with self._lock:
            if self._file is None:
                self._file = self._opened()
            self._file.write(f"{line}\n".encode())
            self._file.flush()
            os.fsync(self._file.fileno())
            self._known[key] = hearing

    def close(self) -> None:
        """Close the file; it stays for another process to resume from."""
        if self._file is not None:
            self._file.close()

    def remove(self) -> None:
        """Delete the file: the work is done."""
        self.close()
        self._path.unlink(missing_ok=True)

    def _opened(self) -> BinaryIO:
        try:
            file = self._path.open("a+b")
        except OSError as error:
            raise CheckpointUnusable(
                f"The checkpoint {self._path} cannot be used: {error.strerror}."
            ) from error
        try:
            self._take(file)
        except BaseException:
            file.close()
            raise
        return file

    def _take(self, file: BinaryIO) -> None:
        """Become the one who writes to the file, and take what it holds."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CheckpointUnusable(f"Another process is at work on {self._path}; wait for it.") from error
        file.seek(0)
        first, *lines = file.read().split(b"\n")
        if not first and not lines:
            file.write(_HEADER + b"\n")
        elif first != _HEADER:
            raise CheckpointUnusable(f"{self._path} is no checkpoint of ASTRA; name another file.")
        elif lines and lines[-1]:
            file.write(b"\n")  # the line before was cut off
        self._known = dict(entry for line in lines if (entry := _entry(line)))


def _entry(line: bytes) -> tuple[str, Hearing] | None:
    """Return what a line keeps, None if it is damaged."""
    try:
        fields = json.loads(line)
        hearing = Hearing(
            segments=tuple(_segment(segment) for segment in fields["segments"]),
            untrusted=tuple((start, end) for start, end in fields["untrusted"]),
        )
        return str(fields["key"]), hearing
    except (ValueError, KeyError, TypeError):
        return None


def _segment(fields: dict[str, Any]) -> Segment:
    return Segment(**{**fields, "words": tuple(Word(**word) for word in fields["words"])})
