"""`Checkpoint` in a file: one JSON line for each chunk that was heard."""

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
    """Holds what was heard in memory, and appends it to the file; a line cut off by a crash is ignored.

    Raises:
        CheckpointUnusable: the file is something else, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._known: dict[str, Hearing] = {}
        try:
            self._file = self._opened(self._read())
        except OSError as error:
            raise CheckpointUnusable(f"The checkpoint {path} cannot be used: {error.strerror}.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._known)

    def find(self, key: str) -> Hearing | None:
        return self._known.get(key)

    def keep(self, key: str, hearing: Hearing) -> None:
        line = json.dumps({"key": key, "segments": asdict(hearing)["segments"]}, ensure_ascii=False)
        with self._lock:
            self._file.write(f"{line}\n".encode())
            self._file.flush()
            os.fsync(self._file.fileno())
            self._known[key] = hearing

    def close(self) -> None:
        """Close the file; it stays for another process to resume from."""
        self._file.close()

    def remove(self) -> None:
        """Delete the file: the work is done."""
        self.close()
        self._path.unlink(missing_ok=True)

    def _read(self) -> int:
        """Take what the file holds; return how many of its bytes are whole lines."""
        content = self._path.read_bytes() if self._path.exists() else b""
        if not content:
            return 0
        first, *lines = content.split(b"\n")
        if first != _HEADER:
            raise CheckpointUnusable(f"{self._path} is no checkpoint of ASTRA; name another file.")
        *whole, torn = lines or [b""]
        self._known = dict(_entry(json.loads(line)) for line in whole)
        return len(content) - len(torn)

    def _opened(self, whole_bytes: int) -> BinaryIO:
        file = self._path.open("ab")
        file.truncate(whole_bytes)
        if not whole_bytes:
            file.write(_HEADER + b"\n")
        return file


def _entry(line: dict[str, Any]) -> tuple[str, Hearing]:
    return line["key"], Hearing(segments=tuple(_segment(segment) for segment in line["segments"]))


def _segment(fields: dict[str, Any]) -> Segment:
    return Segment(**{**fields, "words": tuple(Word(**word) for word in fields["words"])})
