"""The demo's report: what was made, and every check that decides its exit code."""

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astra.entrypoints.cli.demo.drive import Outcome
from astra.entrypoints.cli.demo.score import MAX_WER, Fact, facts_of, word_error_rate
from astra.guard.verifier import verify
from astra.samples import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the demo made, and whether it holds."""

    outcome: Outcome
    wer: float
    recorded_ms: int  # what was sent
    coverage_ms: dict[str, int]  # what became of it
    facts: list[Fact]
    stages_s: dict[str, float]
    pages: list[Path]

    @property
    def holds(self) -> bool:
        return all(fact.holds for fact in self.facts)


def judged(
    sample: Sample,
    recorded_ms: int,
    outcome: Outcome,
    stages_s: dict[str, float],
    pages: list[Path],
) -> Report:
    """Return the report, with every check that decides the exit code."""
    wer = word_error_rate(sample, outcome.blocks)
    recording = outcome.audit_report["recording"]
    coverage_ms = dict(recording["coverage_ms"])
    verdict = verify(outcome.acta, outcome.proof)
    facts = [
        Fact(name="words", holds=wer <= MAX_WER),
        *facts_of(sample, outcome.acta, outcome.transcript.decode()),
        Fact(name="coverage", holds=sum(coverage_ms.values()) == recorded_ms),
        Fact(name="no_gaps", holds=coverage_ms["gap"] == 0),
        Fact(name="counts_add_up", holds=not outcome.audit_report["deliberation"]["mismatches"]),
        Fact(name="seal", holds=verdict.holds),
        Fact(
            name="integrity_hash",
            holds=verdict.facts is not None and verdict.facts.integrity_hash == outcome.integrity_hash,
        ),
    ]
    return Report(
        outcome=outcome,
        wer=wer,
        recorded_ms=recorded_ms,
        coverage_ms=coverage_ms,
        facts=facts,
        stages_s=stages_s,
        pages=pages,
    )


def record_of(report: Report) -> dict[str, Any]:
    """Return the report as JSON."""
    return {
        "holds": report.holds,
        "checks": {fact.name: fact.holds for fact in report.facts},
        "wer": round(report.wer, 5),
        "coverage": {**report.coverage_ms, "duration_ms": report.recorded_ms},
        "stages_s": report.stages_s,
        "blocks_by_type": report.outcome.audit_report["build"]["blocks_by_type"],
        "integrity_hash": report.outcome.integrity_hash,
        "audit_report": dict(report.outcome.audit_report),
        "engine": "demo: it knows only the synthetic voices and the 424 words of this sample's grammar",
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }
