"""The demo: own servers, one council, one session, one sealed acta, and a report of all of it."""

import asyncio
import json
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console

from astra.bootstrap.container import Application
from astra.bootstrap.first_council import default_tenant_config, ensure_council
from astra.bootstrap.logs import configure_logs
from astra.bootstrap.parts import page_renderer
from astra.bootstrap.settings import Settings
from astra.builder.errors import PagesUnavailable
from astra.client import AstraClient
from astra.entrypoints.cli.demo.drive import Outcome, drive
from astra.entrypoints.cli.demo.progress import DemoProgress
from astra.entrypoints.cli.demo.recording import LiveChunk, live_chunks
from astra.entrypoints.cli.demo.report import Report, judged, record_of
from astra.entrypoints.cli.demo.summary import print_summary
from astra.entrypoints.cli.platform import running_platform
from astra.entrypoints.cli.settings import settings_with
from astra.entrypoints.http.server import bound_socket
from astra.kernel.ids import TenantId
from astra.orchestrator.identity.values import Role
from astra.samples import Sample, load_sample

TENANT: Final = TenantId("CONCEJO_DEMO")
EMAIL: Final = "secretaria@demo.local"
HOST: Final = "127.0.0.1"


def run_demo(out: Path, data: Path | None) -> int:
    """Run the demo in `data`, or in a folder of its own that is removed at the end."""
    out.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False)
    with demo_folder(data) as folder:
        settings = settings_with(data=folder, model="demo", log_level="warning")
        configure_logs(settings.log_level, "console")
        report = asyncio.run(perform(settings, out, console))
    print_summary(console, report, out)
    return 0 if report.holds else 1


async def perform(settings: Settings, out: Path, console: Console) -> Report:
    """Hold the session, write the files and judge them."""
    sample = load_sample()
    started = time.perf_counter()
    chunks = await asyncio.to_thread(lambda: list(live_chunks(sample)))
    with DemoProgress(console, sample.duration_ms) as progress:
        async with running_platform(settings, bound_socket(HOST, 0)) as (application, url):
            platform_s = time.perf_counter() - started
            outcome = await hold_session(application, url, sample, chunks, progress)
        progress.told("pages", 0)
        write_files(out, outcome)
        started = time.perf_counter()
        pages = await asyncio.to_thread(page_pictures, outcome.acta, out)
    stages_s = {
        "platform": round(platform_s, 3),
        **outcome.stages_s,
        "pages": round(time.perf_counter() - started, 3),
    }
    recorded_ms = sum(chunk.duration_ms for chunk in chunks)
    report = judged(sample, recorded_ms, outcome, stages_s, pages)
    (out / "report.json").write_text(json.dumps(record_of(report), indent=2, ensure_ascii=False))
    return report


async def hold_session(
    application: Application, url: str, sample: Sample, chunks: list[LiveChunk], progress: DemoProgress
) -> Outcome:
    """Make the council and its secretary, then be its client."""
    config = default_tenant_config(sample.people, sample.entities)
    await ensure_council(application, TENANT, sample.council, config)
    password = secrets.token_urlsafe(16)
    email = f"{secrets.token_hex(4)}.{EMAIL}"
    await application.identity.create_user(TENANT, email, password, Role.SECRETARY)
    async with AstraClient(url) as client:
        await client.sign_in(email, password)
        return await drive(client, sample, chunks, progress.told)


def write_files(out: Path, outcome: Outcome) -> None:
    """Put what was downloaded into the folder."""
    (out / "acta.docx").write_bytes(outcome.acta)
    (out / "proof.json").write_bytes(outcome.proof)
    (out / "transcript.vtt").write_bytes(outcome.transcript)


def page_pictures(docx: bytes, out: Path) -> list[Path]:
    """Draw the pages, if LibreOffice is there."""
    try:
        return page_renderer()(docx, out)
    except PagesUnavailable:
        return []


@contextmanager
def demo_folder(data: Path | None) -> Iterator[Path]:
    """Yield the data folder: the one given, or one that is removed afterwards."""
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="astra-demo-") as folder:
        yield Path(folder)
