"""What the demo says at its end: what was made, whether it holds, where it is, and what to try next."""

import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from astra.entrypoints.cli.demo.report import Report

NEXT: Final = (
    ("{astra} verify {out}/acta.docx --proof {out}/proof.json", "check the seal, offline"),
    ("{astra} acta RECORDING.mp3 --out acta.docx", "an acta of a recording of yours"),
    ("{astra} up", "the platform with its API and documentation"),
)


def print_summary(console: Console, report: Report, out: Path) -> None:
    """Print the summary."""
    console.print(figures(report))
    for fact in report.facts:
        mark = "[green]✓[/]" if fact.holds else "[red]✗[/]"
        console.print(f"{mark} {fact.name.replace('_', ' ')}", end="   ")
    console.print("\n")
    console.print(f"[bold]{out}/[/]  acta.docx  proof.json  transcript.vtt  report.json  {pages(report)}")
    console.print("\nTry next:")
    for command, purpose in NEXT:
        line = command.format(out=out, astra=sys.argv[0])
        console.print(f"  [bold]{line}[/]   [dim]{purpose}[/]", soft_wrap=True)
    if not report.holds:
        failed = ", ".join(fact.name for fact in report.facts if not fact.holds)
        console.print(f"\n[bold red]The demo does not hold:[/] {failed}")


def figures(report: Report) -> Table:
    """Return the figures as a table."""
    blocks = report.outcome.audit_report["build"]["blocks_by_type"]
    coverage = {kind: f"{ms / 1000:.1f} s" for kind, ms in report.coverage_ms.items()}
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_row("Blocks", " · ".join(f"{kind} {count}" for kind, count in blocks.items()))
    table.add_row("Word error rate", f"{report.wer:.2%} (demo model, its own voices)")
    table.add_row("Coverage", " + ".join(f"{kind} {text}" for kind, text in coverage.items()))
    table.add_row("Time", " · ".join(f"{name} {s:.1f} s" for name, s in report.stages_s.items()))
    table.add_row("Integrity hash", report.outcome.integrity_hash)
    return table


def pages(report: Report) -> str:
    """Return the names of the page pictures, or why there are none."""
    if not report.pages:
        return "[dim](page pictures need LibreOffice: apt install libreoffice-writer-nogui)[/]"
    return f"{report.pages[0].name} … {report.pages[-1].name}"
