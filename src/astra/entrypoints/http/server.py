"""Serves the API on a socket until told to stop."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI

from astra.kernel.errors import Conflict, InvalidInput

BACKLOG: Final = 256
PORT_ERRORS: Final = {errno.EADDRINUSE, errno.EACCES}
GRACE_S: Final = 10


class PortInUse(Conflict):
    """That port is taken by another program; stop it or give another with --port."""

    code = "port_in_use"


class AddressInvalid(InvalidInput):
    """This machine has no such address; give another with --host."""

    code = "address_invalid"


class Server(uvicorn.Server):
    """Uvicorn that leaves signals to its caller, and tells when it takes requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. `PortInUse`, `AddressInvalid`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if isinstance(error, PermissionError) or error.errno in PORT_ERRORS:
            raise PortInUse(f"port {port} is taken or not allowed; give another with --port") from error
        raise AddressInvalid(f"this machine has no address {host}; give another with --host") from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def serving(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` while the block runs; requests under way are finished at its end."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE_S
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.is_ready.wait()
        yield
    finally:
        server.should_exit = True
        await task
        listener.close()
