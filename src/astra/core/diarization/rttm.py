"""Rich Transcription Time Marked files (RTTM): who spoke when, as diarization tools exchange it.

NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan", appendix A: a line a turn of
ten fields between spaces: type, file, channel, start (s), duration (s), orthography, subtype, speaker,
confidence, lookahead time; `<NA>` where nothing is said; `;;` begins a comment.
"""

import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Final

from astra.core.diarization.values import SpeakerTurn
from astra.kernel.errors import InvalidInput

_UNKNOWN: Final = "<NA>"
_LEAST_FIELDS: Final = 8  # older files end with the speaker


class RttmUnreadable(InvalidInput):
    """This is not an RTTM file; give one with a line of ten fields for each turn."""

    code = "rttm_unreadable"


def rttm_lines(turns: Iterable[SpeakerTurn], file_id: str) -> Iterator[str]:
    """Yield one line a turn, each with its line end; what cannot stand in a name becomes "_"."""
    name = _field(file_id)
    for turn in turns:
        start, duration = turn.start_ms / 1000, (turn.end_ms - turn.start_ms) / 1000
        yield (
            f"SPEAKER {name} 1 {start:.3f} {duration:.3f} {_UNKNOWN} {_UNKNOWN} "
            f"{_field(turn.speaker)} {turn.confidence:.3f} {_UNKNOWN}\n"
        )


def turns_by_file(lines: Iterable[str]) -> dict[str, list[SpeakerTurn]]:
    """Return the turns of each file that the lines name, in order of start; other line types are passed over.

    Raises:
        RttmUnreadable: a line is not as the format says; the message gives its number.
    """
    found: dict[str, list[SpeakerTurn]] = {}
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if fields and fields[0] == "SPEAKER":
            found.setdefault(fields[1] if len(fields) > 1 else "", []).append(_turn(fields, number))
    for turns in found.values():
        turns.sort(key=lambda turn: (turn.start_ms, turn.end_ms))
    return found


def _turn(fields: list[str], number: int) -> SpeakerTurn:
    if len(fields) < _LEAST_FIELDS:
        raise RttmUnreadable(f"Line {number} has {len(fields)} fields; a turn has ten.")
    start_s, duration_s = _seconds(fields[3], number), _seconds(fields[4], number)
    confidence = fields[8] if len(fields) > _LEAST_FIELDS else _UNKNOWN
    return SpeakerTurn(
        start_ms=round(start_s * 1000),
        end_ms=round(start_s * 1000) + round(duration_s * 1000),
        speaker=fields[7],
        confidence=1.0 if confidence == _UNKNOWN else min(_seconds(confidence, number), 1.0),
    )


def _seconds(field: str, number: int) -> float:
    try:
        value = float(field)
    except ValueError:
        value = -1.0
    if not isfinite(value) or value < 0:
        raise RttmUnreadable(f"In line {number} {field!r} stands where a number of 0 or more is expected.")
    return value


def _field(text: str) -> str:
    """Return a text that is one field, and neither a comment nor a path."""
    return re.sub(r"[^\w.\-]+", "_", text) or _UNKNOWN
