"""`astra serve core`: CORE as a service, until Ctrl-C."""

import asyncio
import ipaddress
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from rich.console import Console

from astra.bootstrap.core_service import CoreParts, api_keys_of, core_parts
from astra.bootstrap.logs import configure_logs
from astra.bootstrap.settings import Settings
from astra.entrypoints.cli.settings import settings_with
from astra.entrypoints.cli.stopping import stop_signal
from astra.entrypoints.http.core.app import core_app, settled
from astra.entrypoints.http.server import address_of, bound_socket, serving
from astra.kernel.errors import InvalidInput

LONGEST_SETTLING_S: Final = 5.0


class ApiKeysMissing(InvalidInput):
    """Other machines can reach this address, and there are no API keys."""

    code = "api_keys_missing"


def run_serve_core(
    host: str, port: int, engine: str | None, model: str | None, api_key_file: Path | None
) -> int:
    """Serve until a signal asks to stop; `ApiKeysMissing` if anybody could use it."""
    settings = settings_with(engine=engine, model=model)
    keys = api_keys(settings, api_key_file)
    if not keys and not is_loopback(host):
        raise ApiKeysMissing(
            f"{host} can be reached from other machines, and nobody would be asked for a key. Give "
            "--api-key-file (or ASTRA_CORE_API_KEYS), or listen on --host 127.0.0.1"
        )
    console = Console(highlight=False)
    configure_logs(settings.log_level, "console" if console.is_terminal else settings.log_format)
    parts = core_parts(settings, keys)
    asyncio.run(serve(parts, bound_socket(host, port), console))
    return 0


def api_keys(settings: Settings, file: Path | None) -> frozenset[str]:
    """Return the keys of the file, else those of the settings; `ApiKeysMissing` if the file has none."""
    if file is None:
        return (
            api_keys_of(settings.core_api_keys.get_secret_value()) if settings.core_api_keys else frozenset()
        )
    keys = api_keys_of(file.read_text("utf-8", errors="replace"))
    if not keys:
        raise ApiKeysMissing(f"{file} holds no key; write one a line")
    return keys


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def serve(parts: CoreParts, listener: socket.socket, console: Console) -> None:
    """Run the service and say where it is."""
    stop = stop_signal()
    app = core_app(parts)
    url = address_of(listener)
    async with serving(app, listener):
        console.print(f"CORE serves [bold]{url}[/]  ·  documentation at {url}/docs", soft_wrap=True)
        console.print(f"Model: {parts.catalog.default}  ·  API keys: {len(parts.api_keys) or 'none needed'}")
        console.print("Ctrl-C stops it.")
        await stop.wait()
        console.print("Stopping …")
    with suppress(TimeoutError):
        await asyncio.wait_for(settled(app), LONGEST_SETTLING_S)
