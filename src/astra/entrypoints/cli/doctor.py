"""`astra doctor`: what this machine has, what it lacks, and how to get it."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from astra.bootstrap.embedded.platform import EmbeddedPlatform
from astra.bootstrap.parts import engine
from astra.bootstrap.settings import Settings
from astra.entrypoints.cli.settings import settings_with
from astra.kernel.errors import AstraError

MIN_FREE_GB: Final = 5
GB: Final = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. What is optional does not fail the examination."""

    name: str
    is_fine: bool
    detail: str
    is_optional: bool = False


def run_doctor(data: Path | None) -> int:
    """Print the findings; exit code 0 only if everything needed is there."""
    settings = settings_with(data=data)
    console = Console(highlight=False)
    findings = list(examined(settings))
    for finding in findings:
        mark = "[green]✓[/]" if finding.is_fine else ("[yellow]·[/]" if finding.is_optional else "[red]✗[/]")
        console.print(f"{mark} {finding.name:<18}{finding.detail}", soft_wrap=True)
    return 0 if all(finding.is_fine or finding.is_optional for finding in findings) else 5


def examined(settings: Settings) -> Iterator[Finding]:
    """Look at each thing in turn."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding(name="Python", is_fine=(3, 11) <= sys.version_info[:2] < (3, 14), detail=version)
    yield disk(settings.data)
    yield servers(settings)
    demo = settings.model_copy(update={"engine": "whisper", "model": "demo"})
    yield tried("demo model", lambda: model_detail(demo))
    yield tried("default model", lambda: model_detail(settings), is_optional=True)
    yield libreoffice()


def disk(data: Path) -> Finding:
    """Look at the disk of the data folder."""
    existing = next(folder for folder in (data, *data.parents) if folder.exists())
    free_gb = shutil.disk_usage(existing).free / GB
    detail = f"{data} · {free_gb:.0f} GB free"
    return Finding(name="Data folder", is_fine=free_gb >= MIN_FREE_GB, detail=detail)


def servers(settings: Settings) -> Finding:
    """Start the embedded servers in a folder of their own, unless others are configured."""
    if settings.database_url and settings.redis_url:
        return Finding(name="Servers", is_fine=True, detail="ASTRA_DATABASE_URL and ASTRA_REDIS_URL are set")
    return tried("Embedded servers", start_servers)


def start_servers() -> str:
    """Start and stop PostgreSQL and Redis; return what ran."""
    with tempfile.TemporaryDirectory(prefix="astra-doctor-") as folder:
        platform = EmbeddedPlatform(Path(folder))
        platform.start()
        try:
            names = " and ".join(server.name for server in platform.health if server.name != "watchdog")
            return f"{names} start and answer"
        finally:
            platform.stop()


def model_detail(settings: Settings) -> str:
    """Return which model would hear, by its digest."""
    identity = engine(settings, may_download=False).identity
    return f"{identity.engine} {identity.model} · {identity.model_digest[:12]}"


def libreoffice() -> Finding:
    """Look for LibreOffice."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    missing = "absent: no page pictures and no PDF (apt install libreoffice-writer-nogui)"
    return Finding(
        name="LibreOffice", is_fine=program is not None, detail=program or missing, is_optional=True
    )


def tried(name: str, attempt: Callable[[], str], *, is_optional: bool = False) -> Finding:
    """Return what the attempt found, or why it failed."""
    try:
        return Finding(name=name, is_fine=True, detail=attempt())
    except AstraError as error:
        return Finding(name=name, is_fine=False, detail=str(error), is_optional=is_optional)
