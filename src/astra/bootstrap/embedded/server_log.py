"""A server's log file: bounded, and quoted in errors."""

import os
from pathlib import Path
from typing import Final

SIZE_LIMIT_BYTES: Final = 5_000_000
QUOTED_BYTES: Final = 4096
QUOTED_LINES: Final = 4


class ServerLog:
    """One log that a server appends to, run after run."""

    def __init__(self, path: Path, limit_bytes: int = SIZE_LIMIT_BYTES) -> None:
        self.path = path
        self._limit_bytes = limit_bytes
        self._run_starts_at = 0

    def open(self) -> int:
        """A descriptor for a child to append to; `current_run` gives what is written from now on.

        A log beyond its limit first moves to `<name>.1`, in the place of the one that is there.
        """
        if self.path.exists() and self.path.stat().st_size > self._limit_bytes:
            self.path.replace(self.path.with_name(f"{self.path.name}.1"))
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._run_starts_at = os.fstat(descriptor).st_size
        return descriptor

    def current_run(self) -> str:
        """The end of what the current run has written, at most `QUOTED_BYTES`."""
        with self.path.open("rb") as log:
            log.seek(max(self._run_starts_at, self.path.stat().st_size - QUOTED_BYTES))
            return log.read().decode(errors="replace")

    def tail(self) -> str:
        """The last lines of the current run, joined into one."""
        lines = [line.strip() for line in self.current_run().splitlines() if line.strip()]
        return " / ".join(lines[-QUOTED_LINES:])
