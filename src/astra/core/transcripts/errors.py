"""What can go wrong with transcripts as files."""

from astra.kernel.errors import InvalidInput


class TranscriptInvalid(InvalidInput):
    """This is no transcript of ASTRA; give the JSON file that `astra transcribe --format json` writes."""

    code = "transcript_invalid"


class SpeakersUnknown(InvalidInput):
    """Nobody has told the speakers of this transcript apart; choose a format without speakers."""

    code = "speakers_unknown"
