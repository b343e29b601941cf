"""What ASTRA ships to be tried with: a short session of an invented council, in synthetic voices."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from astra.kernel.blocks import Speaker

_MONTHS: Final = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """One sentence of the script, with its speaker and times from the start of the recording."""

    speaker: str  # a `speaker_id`
    start_ms: int
    end_ms: int
    reserved: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A recorded session and everything that is known about it."""

    audio_path: Path  # Opus in Ogg
    council: str
    municipality: str
    kind: str
    number: int
    date: date
    timezone: str
    place: str
    duration_ms: int
    people: tuple[Speaker, ...]
    entities: dict[str, str]  # heard -> written
    lines: tuple[SampleLine, ...]

    @cached_property
    def audio(self) -> bytes:
        """The recording's file."""
        return self.audio_path.read_bytes()

    @property
    def long_date(self) -> str:
        """The date as an acta writes it: "20 de noviembre de 2026"."""
        return f"{self.date.day} de {_MONTHS[self.date.month - 1]} de {self.date.year}"

    @property
    def reference_text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def turns_ms(self) -> tuple[int, ...]:
        """Where to cut the recording: the middle of each pause in which speaker or reservation changes."""
        return tuple(
            (before.end_ms + after.start_ms) // 2
            for before, after in pairwise(self.lines)
            if (before.speaker, before.reserved) != (after.speaker, after.reserved)
        )

    def person(self, speaker_id: str) -> Speaker:
        """Return who has this id in the roster.

        Raises:
            KeyError: nobody has it.
        """
        return {person.speaker_id: person for person in self.people}[speaker_id]


def load_sample() -> Sample:
    """Read the shipped session's reference; its sound stays in `audio_path`."""
    folder = Path(str(files("astra.samples") / "session"))
    reference: dict[str, Any] = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    facts = reference["session"]
    return Sample(
        audio_path=folder / "session.ogg",
        **{**facts, "date": date.fromisoformat(facts["date"])},
        people=tuple(Speaker(**person) for person in reference["people"]),
        entities=reference["entities"],
        lines=tuple(SampleLine(**line) for line in reference["lines"]),
    )
