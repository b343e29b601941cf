"""What can go wrong in a live transcription besides what engines raise."""

from astra.kernel.errors import Conflict


class StreamFinished(Conflict):
    """This live transcription has ended; open another one for more sound."""

    code = "stream_finished"
