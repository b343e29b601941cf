"""What the supervisor needs to know of a server, and how it starts one."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from astra.bootstrap.embedded.account import ServerAccount
from astra.bootstrap.embedded.server_slot import ServerSlot


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A process to start, as whom, and with which variables; None for ASTRA's own."""

    command: Sequence[str | Path]
    account: ServerAccount
    environment: Mapping[str, str] | None


class Server(Protocol):
    """One kind of server in one data folder."""

    @property
    def name(self) -> str: ...

    @property
    def slot(self) -> ServerSlot: ...

    def preparation(self) -> Launch | None:
        """What must run once before the first start, or None when its work is there already.

        Called while the slot is free: leftovers of a run that was killed may be removed.

        Raises:
            ServerBinaryMissing: the server is not installed.
        """

    def finish_preparation(self) -> None:
        """Put the work of a preparation that succeeded in its place."""

    def launch(self) -> Launch: ...

    def is_ready(self, pid: int) -> bool:
        """Whether the process `pid` answers clients."""

    def welcome(self) -> None:
        """Make what clients expect to find in a server that has just become ready."""


def start_process(launch: Launch, *, slot: ServerSlot, log: int) -> subprocess.Popen[bytes]:
    """Start the launch in its slot, in a session of its own: a Ctrl-C at the terminal is for ASTRA alone."""
    with slot.claim() as descriptor:
        process = subprocess.Popen(  # noqa: S603 - the servers' own commands, no shell text
            launch.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=launch.environment,
            umask=0o077,
            start_new_session=True,
            pass_fds=(descriptor,),
            user=launch.account.uid,
            group=launch.account.gid,
            extra_groups=launch.account.extra_groups,
        )
        slot.record(process.pid)
    return process
