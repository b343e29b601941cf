"""Servers, services and the API together, as long as a command runs."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from astra.bootstrap.container import Application, open_application
from astra.bootstrap.settings import Settings
from astra.entrypoints.http.app import create_app
from astra.entrypoints.http.server import address_of, serving


@asynccontextmanager
async def running_platform(
    settings: Settings, listener: socket.socket
) -> AsyncIterator[tuple[Application, str]]:
    """Run everything; yield the application and the API's address."""
    url = settings.public_url or address_of(listener)
    async with (
        open_application(settings, lambda: url) as application,
        serving(create_app(application), listener),
    ):
        yield application, url
