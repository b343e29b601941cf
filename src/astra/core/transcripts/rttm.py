"""Who spoke when, from a transcript whose segments name their speakers, as RTTM."""

from typing import Final

from astra.core.diarization.rttm import rttm_lines
from astra.core.diarization.values import SpeakerTurn
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
    spoken = [segment for segment in transcript.segments if segment.speaker]
    if transcript.segments and not spoken:
        raise SpeakersUnknown
    turns = (
        SpeakerTurn(start_ms=segment.start_ms, end_ms=segment.end_ms, speaker=segment.speaker, confidence=1.0)
        for segment in spoken
        if segment.end_ms > segment.start_ms
    )
    return "".join(rttm_lines(turns, recording))
