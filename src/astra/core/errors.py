"""What can go wrong in CORE."""

from astra.kernel.errors import InvalidInput, Unavailable


class AudioEmpty(InvalidInput):
    """The recording holds no sound; check that the right file was sent."""

    code = "audio_empty"


class AudioUnreadable(InvalidInput):
    """This is not a readable recording; send an audio or video file such as mp3, m4a, ogg, flac or wav."""

    code = "audio_unreadable"


class EngineUnavailable(Unavailable):
    """The recognition model cannot be had; name another with --model."""

    code = "engine_unavailable"
    retryable = False


class OptionUnsupported(InvalidInput):
    """The recognition engine cannot do what was asked; choose another engine or leave the option out."""

    code = "option_unsupported"


class CheckpointUnusable(InvalidInput):
    """The checkpoint cannot be used; delete it to begin again, or name another file."""

    code = "checkpoint_unusable"
