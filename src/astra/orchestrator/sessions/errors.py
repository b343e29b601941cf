"""What can go wrong in a session."""

from astra.kernel.errors import Conflict, InvalidInput, NotFound


class SessionNotFound(NotFound):
    """There is no such session in your council."""

    code = "session_not_found"


class SessionClosed(Conflict):
    """The session takes no more blocks; to correct a sealed acta, open a clone of it."""

    code = "session_closed"


class SessionEmpty(Conflict):
    """The session has no blocks yet; append audio or text, then finalize."""

    code = "session_empty"


class SequenceConflict(Conflict):
    """That sequence_id was used for different content; use the next free number."""

    code = "sequence_conflict"


class SequenceTooFar(InvalidInput):
    """That sequence_id is far beyond the last one; number appends 0, 1, 2 and so on."""

    code = "sequence_too_far"


class SessionIncomplete(Conflict):
    """Chunks of this session are no longer there; its acta is withheld."""

    code = "session_incomplete"


class TransitionRefused(Conflict):
    """The session's state does not allow this."""

    code = "transition_refused"


class TimezoneUnknown(InvalidInput):
    """client_timezone must be an IANA name such as America/Bogota."""

    code = "timezone_unknown"


class SpeakerUnknown(InvalidInput):
    """There is nobody with that speaker id in the council's roster; add them first."""

    code = "speaker_unknown"


class AppendEmpty(InvalidInput):
    """An append needs audio_chunk or text, one of the two and not empty."""

    code = "append_empty"
