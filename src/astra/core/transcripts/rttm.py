"""Who spoke when, as NIST's Rich Transcription Time Marked (RTTM) files.

One `SPEAKER` line a turn, ten fields between spaces: type, file, channel, onset and duration in seconds,
orthography, speaker type, speaker's name, confidence, lookahead; `<NA>` where a field says nothing. Source:
KWS15 evaluation plan, NIST, https://www.nist.gov/system/files/documents/itl/iad/mig/KWS15-evalplan-v05.pdf
"""

from typing import Final

from astra.core.transcripts.errors import SpeakersUnknown
from astra.core.values import TranscriptResult

RECORDING: Final = "recording"


def write_rttm(transcript: TranscriptResult, recording: str = RECORDING) -> str:
    """Return one line for each segment whose speaker is known and that lasts.

    Args:
        transcript: its segments' speakers are named.
        recording: the file's name without ending, the same in all lines.

    Raises:
        SpeakersUnknown: there are segments, and none has a speaker.
    """
    turns = [segment for segment in transcript.segments if segment.speaker]
    if transcript.segments and not turns:
        raise SpeakersUnknown
    return "".join(
        f"SPEAKER {_field(recording)} 1 {_seconds(turn.start_ms)} {_seconds(turn.end_ms - turn.start_ms)} "
        f"<NA> <NA> {_field(turn.speaker)} <NA> <NA>\n"
        for turn in turns
        if turn.end_ms > turn.start_ms
    )


def _field(text: str) -> str:
    """Return a name as one field: it holds no space."""
    return "_".join(text.split()) or "<NA>"


def _seconds(time_ms: int) -> str:
    return f"{time_ms // 1000}.{time_ms % 1000:03}"
