"""The formats that transcripts are written in, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from astra.core.transcripts.json_format import write_json
from astra.core.transcripts.plain_text import write_txt
from astra.core.transcripts.rttm import write_rttm
from astra.core.transcripts.subtitles import write_srt, write_vtt
from astra.core.transcripts.verbose_json import write_verbose_json
from astra.core.values import TranscriptResult


@dataclass(frozen=True, slots=True)
class TranscriptFormat:
    """How to write a transcript, and what HTTP calls the result."""

    write: Callable[[TranscriptResult], str]
    media_type: str


FORMATS: Final[Mapping[str, TranscriptFormat]] = {
    "json": TranscriptFormat(write_json, "application/json"),
    "txt": TranscriptFormat(write_txt, "text/plain; charset=utf-8"),
    "srt": TranscriptFormat(write_srt, "application/x-subrip; charset=utf-8"),
    "vtt": TranscriptFormat(write_vtt, "text/vtt; charset=utf-8"),
    "rttm": TranscriptFormat(write_rttm, "text/plain; charset=utf-8"),
    "verbose_json": TranscriptFormat(write_verbose_json, "application/json"),
}
