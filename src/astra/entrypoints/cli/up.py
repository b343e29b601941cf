"""`astra up`: the platform, until Ctrl-C."""

import asyncio
import secrets
import socket
from pathlib import Path
from typing import Final

from rich.console import Console

from astra.bootstrap.container import Application
from astra.bootstrap.first_council import default_tenant_config, ensure_council
from astra.bootstrap.logs import configure_logs
from astra.bootstrap.settings import Settings
from astra.entrypoints.cli.platform import running_platform
from astra.entrypoints.cli.settings import settings_with
from astra.entrypoints.cli.stopping import stop_signal
from astra.entrypoints.http.server import bound_socket
from astra.kernel.ids import TenantId
from astra.orchestrator.identity.values import Role

FIRST_TENANT: Final = TenantId("CONCEJO")
FIRST_COUNCIL: Final = "Concejo Municipal"
FIRST_EMAIL: Final = "secretaria@concejo.local"
PASSWORD_BYTES: Final = 12


def run_up(host: str, port: int, data: Path | None) -> int:
    """Serve until a signal asks to stop."""
    settings = settings_with(data=data)
    console = Console(highlight=False)
    configure_logs(settings.log_level, "console" if console.is_terminal else settings.log_format)
    asyncio.run(serve(settings, bound_socket(host, port), console))
    return 0


async def serve(settings: Settings, listener: socket.socket, console: Console) -> None:
    """Run the platform and say where it is and how to enter."""
    stop = stop_signal()
    async with running_platform(settings, listener) as (application, url):
        password = await first_user(application)
        console.print(f"ASTRA serves [bold]{url}[/]  ·  documentation at {url}/docs")
        if password:
            console.print(f"First sign-in: [bold]{FIRST_EMAIL}[/]  password [bold]{password}[/]")
            console.print("It is shown only this once; keep it.")
        else:
            console.print(f"Sign in as {FIRST_EMAIL} with the password shown at the first start.")
        console.print("Ctrl-C stops it.")
        await stop.wait()
        console.print("Stopping …")


async def first_user(application: Application) -> str | None:
    """Make the first council and its secretary; return their password, or None if they exist."""
    if await application.identity.knows(FIRST_EMAIL):
        return None
    await ensure_council(application, FIRST_TENANT, FIRST_COUNCIL, default_tenant_config())
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    await application.identity.create_user(FIRST_TENANT, FIRST_EMAIL, password, Role.ADMIN)
    return password
