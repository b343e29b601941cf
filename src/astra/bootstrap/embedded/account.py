"""The operating-system account that the servers run under.

PostgreSQL refuses to run as root. When ASTRA is root, its servers run as an unprivileged account;
otherwise they run as whoever runs ASTRA.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

UNPRIVILEGED_ACCOUNT = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAccount:
    """Who runs the servers; `uid` and `gid` are None when that is the current user."""

    uid: int | None
    gid: int | None

    @classmethod
    def of(cls, server_folder: Path) -> Self:
        """The account for servers whose files are in `server_folder`, which need not exist yet.

        Root keeps the owner that the files already have, so that starting once with sudo takes nothing
        away from the user who made them.
        """
        if os.geteuid() != 0:
            return cls(uid=None, gid=None)
        owner = server_folder.stat() if server_folder.exists() else None
        if owner is not None and owner.st_uid != 0:
            return cls(uid=owner.st_uid, gid=owner.st_gid)
        entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
        return cls(uid=entry.pw_uid, gid=entry.pw_gid)

    @property
    def is_current_user(self) -> bool:
        return self.uid is None

    @property
    def extra_groups(self) -> list[int] | None:
        """Supplementary groups for `Popen`: none for another account, unchanged for the current user."""
        return None if self.uid is None else []

    def make_folder(self, path: Path) -> None:
        """Make `path`, private to this account."""
        path.mkdir(mode=0o700, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def succeeds(self, *command: str | Path) -> bool:
        """Whether the command can be run by this account and exits with 0."""
        return self.output(*command) is not None

    def can_enter(self, folder: Path) -> bool:
        return self.succeeds("/bin/sh", "-c", 'cd -- "$0"', folder)

    def output(self, *command: str | Path) -> str | None:
        """What the command prints for this account; None when it cannot run or exits with an error."""
        try:
            finished = subprocess.run(  # noqa: S603 - the callers' own fixed commands, no shell text
                command,
                capture_output=True,
                check=True,
                text=True,
                cwd="/",
                user=self.uid,
                group=self.gid,
                extra_groups=self.extra_groups,
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        return finished.stdout
