"""Who spoke when, as a secretary writes it down: a CSV file with start, end, speaker, treatment."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from astra.kernel.blocks import Speaker
from astra.kernel.errors import InvalidInput

COLUMNS: Final = ("start", "end", "speaker")
SECONDS_A_UNIT: Final = (1, 60, 3600)


class SpeakersInvalid(InvalidInput):
    """The file of speakers needs a first line start,end,speaker[,treatment], then one line a turn."""

    code = "speakers_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One person's stretch of the recording."""

    start_ms: int
    end_ms: int
    speaker: Speaker


def read_turns(path: Path) -> list[Turn]:
    """Return the turns in order of time; `SpeakersInvalid` names the line."""
    text = decoded(path.read_bytes())
    delimiter = ";" if ";" in text.partition("\n")[0] else ","  # a spreadsheet in Spanish writes ;
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="")
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise SpeakersInvalid
    turns = [turn_of(row, number) for number, row in enumerate(reader, start=2)]
    turns.sort(key=lambda turn: turn.start_ms)
    for before, after in pairwise(turns):
        if after.start_ms < before.end_ms:
            raise SpeakersInvalid(
                f"two people speak at once at {after.start_ms / 1000:.1f} s in the speakers; "
                "let each turn end before the next"
            )
    return turns


def decoded(content: bytes) -> str:
    """Return the file's text: UTF-8, or what spreadsheets in Western Europe and Latin America write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def turn_of(row: dict[str, str], line: int) -> Turn:
    """Return one line of the file as a turn."""
    try:
        start_ms, end_ms = milliseconds(row["start"]), milliseconds(row["end"])
    except (ValueError, OverflowError) as error:
        raise SpeakersInvalid(f"line {line} of the speakers: times are seconds or H:MM:SS") from error
    name = (row["speaker"] or "").strip()
    if not name or end_ms <= start_ms:
        raise SpeakersInvalid(f"line {line} of the speakers: a turn needs a name and an end after its start")
    treatment = (row.get("treatment") or "").strip()
    return Turn(
        start_ms=start_ms,
        end_ms=end_ms,
        speaker=Speaker(speaker_id=name, name=name, treatment=treatment),
    )


def milliseconds(text: str) -> int:
    """Return a time written as seconds, MM:SS or H:MM:SS."""
    parts = text.strip().replace(",", ".").split(":")
    if len(parts) > len(SECONDS_A_UNIT):
        raise ValueError(text)
    units = zip(reversed(parts), SECONDS_A_UNIT, strict=False)
    return round(sum(float(part) * unit for part, unit in units) * 1000)


def cuts_of(turns: Sequence[Turn]) -> tuple[int, ...]:
    """Return where the speaker changes."""
    return tuple(sorted({edge for turn in turns for edge in (turn.start_ms, turn.end_ms) if edge}))


def speaker_at(turns: Sequence[Turn], at_ms: int) -> Speaker | None:
    """Return who speaks at that time."""
    return next((turn.speaker for turn in turns if turn.start_ms <= at_ms < turn.end_ms), None)


def roster_of(turns: Sequence[Turn]) -> tuple[Speaker, ...]:
    """Return everybody who speaks, once each."""
    return tuple({turn.speaker.speaker_id: turn.speaker for turn in turns}.values())
