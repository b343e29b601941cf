"""`astra verify`: an acta against its proof, offline."""

from pathlib import Path
from typing import Final

from rich.console import Console

from astra.entrypoints.cli.outcome import exit_code_of
from astra.guard.verdict import Check, Outcome, SealedFacts, Verdict
from astra.guard.verifier import verify
from astra.kernel.errors import IntegrityError

MARKS: Final = {
    Outcome.HOLDS: "[green]✓[/]",
    Outcome.FAILS: "[red]✗[/]",
    Outcome.NOT_CHECKED: "[dim]·[/]",
}


def run_verify(document: Path, proof: Path, trusted_key_ids: frozenset[str] | None) -> int:
    """Print each check and the verdict; return the exit code."""
    verdict = verify(document.read_bytes(), proof.read_bytes(), trusted_key_ids)
    console = Console(highlight=False)
    for check in verdict.checks:
        print_check(console, check)
    if verdict.facts:
        print_facts(console, verdict.facts)
    print_verdict(console, verdict)
    return 0 if verdict.holds else exit_code_of(IntegrityError())


def print_check(console: Console, check: Check) -> None:
    """Print one line of the list."""
    console.print(f"{MARKS[check.outcome]} {check.message_es}", soft_wrap=True)
    console.print(f"  [dim]{check.message_en}[/]", soft_wrap=True)


def print_facts(console: Console, facts: SealedFacts) -> None:
    """Print what the signed manifest says."""
    rows = {
        "Concejo / council": facts.tenant_name or facts.tenant_id,
        "Sesión / session": facts.session_id,
        "Sellada / sealed": f"{facts.sealed_at.isoformat()} · {facts.sealed_by}",
        "Huella / integrity hash": facts.integrity_hash,
        "Llave / signing key": facts.key_id,
        "Bitácora / log entry": str(facts.log_index),
        "Grabación / recording": recording_line(facts),
    }
    console.print()
    for name, value in rows.items():
        console.print(f"  {name:<26}{value}", soft_wrap=True, markup=False)


def recording_line(facts: SealedFacts) -> str:
    """Return how much sound there is and what it amounts to."""
    text, silence, gap = (f"{ms / 1000:.1f} s" for ms in (facts.text_ms, facts.silence_ms, facts.gap_ms))
    return (
        f"{facts.duration_ms / 1000:.1f} s = {text} texto/text + {silence} silencio/silence "
        f"+ {gap} vacío/gap · {facts.audio_count} archivos/files"
    )


def print_verdict(console: Console, verdict: Verdict) -> None:
    """Print the answer, and the first thing that does not hold."""
    console.print()
    if verdict.holds:
        console.print("[bold green]AUTÉNTICA[/] · the acta is exactly the one that was sealed")
        return
    name = verdict.failed.value if verdict.failed else "incomplete"
    console.print(f"[bold red]NO COINCIDE[/] · what does not hold: [bold]{name}[/]")
