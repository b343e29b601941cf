"""How a benchmark prints a figure: one JSON line."""

import json
import os
import platform


def print_figure(
    name: str,
    value: float,
    unit: str,
    peer: str | None = None,
    peer_value: float | None = None,
    *,
    device: str | None = None,
) -> None:
    """Print a figure measured in this run, with the peer's measured beside it where there is one.

    `device` is the accelerator that it was measured on.
    """
    system = f"{platform.system()} {platform.machine()}"
    machine = f"{system}, {os.cpu_count()} cores, Python {platform.python_version()}"
    figure = {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "peer": peer,
        "peer_value": None if peer_value is None else round(peer_value, 4),
        "machine": f"{machine}, {device}" if device else machine,
    }
    print(json.dumps(figure), flush=True)
