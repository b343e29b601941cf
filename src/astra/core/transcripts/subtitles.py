"""Subtitles: SubRip (SRT) and WebVTT (https://www.w3.org/TR/webvtt1/)."""

from astra.core.transcripts.cues import Cue, cues_of
from astra.core.values import TranscriptResult, clock_of


def write_srt(transcript: TranscriptResult) -> str:
    """Return the transcript in SubRip, which has no voices: a label begins what another speaker says.

    SubRip knows no escapes. An arrow, which would begin another cue, becomes one character.
    """
    cues = cues_of(transcript.segments, says_speakers=True)
    return "\n".join(
        f"{number}\n{_srt_time(cue.start_ms)} --> {_srt_time(cue.end_ms)}\n{_srt_text(cue)}\n"
        for number, cue in enumerate(cues, start=1)
    )


def write_vtt(transcript: TranscriptResult) -> str:
    """Return the transcript in WebVTT, with a voice for each speaker who is known."""
    cues = (
        f"\n{clock_of(cue.start_ms)} --> {clock_of(cue.end_ms)}\n{_vtt_text(cue)}\n"
        for cue in cues_of(transcript.segments)
    )
    return f"WEBVTT\n{''.join(cues)}"


def _srt_time(time_ms: int) -> str:
    return clock_of(time_ms).replace(".", ",")


def _srt_text(cue: Cue) -> str:
    return "\n".join(cue.lines).replace("-->", "→")


def _vtt_text(cue: Cue) -> str:
    text = escaped("\n".join(cue.lines))
    name = " ".join(cue.speaker.split())
    return f"<v {escaped(name)}>{text}</v>" if name else text


def escaped(text: str) -> str:
    """Return a text that WebVTT takes as such: no tag, no character reference, no arrow."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
