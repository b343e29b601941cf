"""How a person or a supervisor asks a server to stop."""

import asyncio
import signal
from collections.abc import Callable


def stop_signal() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    ask: Callable[[], None] = stop.set
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    return stop
