"""The transcript as plain text: one paragraph, or one for each turn of a speaker."""

from itertools import groupby

from astra.core.values import TranscriptResult


def write_txt(transcript: TranscriptResult) -> str:
    """Return the text, ending in a newline; with speakers, each turn begins with the speaker's label."""
    turns = groupby(
        (segment for segment in transcript.segments if segment.text), lambda segment: segment.speaker
    )
    paragraphs = (
        f"{f'{speaker}: ' if speaker else ''}{' '.join(segment.text for segment in segments)}\n"
        for speaker, segments in turns
    )
    return "\n".join(paragraphs)
