"""Which GPU this machine has, and what a second of it costs where it can be rented."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PRICES: Final = Path(__file__).parents[1] / "data" / "gpu_prices.json"
_LIKE: Final = 0.15  # a card gives a little less memory than its name says


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A card, as its driver names it."""

    name: str  # "NVIDIA A100-SXM4-80GB"
    memory_gb: float  # as the driver tells, in units of 10^9 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a provider asks for a card."""

    provider: str
    usd_per_second: float


def first_gpu() -> Gpu | None:
    """Return the first card of this machine, None if there is none or its driver's nvidia-smi is missing."""
    if (program := shutil.which("nvidia-smi")) is None:
        return None
    query = [program, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    done = subprocess.run(query, capture_output=True, text=True, check=False, timeout=60)
    lines = done.stdout.splitlines() if done.returncode == 0 else []
    return read_gpu(lines[0]) if lines else None


def read_gpu(line: str) -> Gpu:
    """Return the card of a line of nvidia-smi: its name and its memory in MiB."""
    name, mebibytes = line.rsplit(",", 1)
    return Gpu(name=name.strip(), memory_gb=int(mebibytes) * 2**20 / 1e9)


def prices_of(gpu: Gpu, path: Path = PRICES) -> Iterator[Price]:
    """Yield the prices of exactly this card; none is guessed from a card like it."""
    for provider in json.loads(path.read_text())["providers"]:
        for row in provider["prices"]:
            if _is(gpu, row["gpu"], row["memory_gb"]):
                yield Price(provider=provider["provider"], usd_per_second=row["usd_per_second"])


def _is(gpu: Gpu, name: str, memory_gb: float) -> bool:
    words = set(re.split(r"[\s-]+", gpu.name.lower()))
    return set(name.lower().split()) <= words and abs(gpu.memory_gb / memory_gb - 1) < _LIKE
