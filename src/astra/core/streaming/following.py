"""Follows a client: takes what it sends, tells what it says; runs in a thread of its own."""

from collections.abc import Callable, Iterator
from enum import Enum, auto

from astra.core.errors import AudioEmpty
from astra.core.ports import SoundDecoder
from astra.core.streaming.events import StreamEvent
from astra.core.streaming.live import LiveTranscript
from astra.core.streaming.pipe import SoundPipe
from astra.core.streaming.raw import RawSound
from astra.core.values import MissingSound, Pcm16k


class Signal(Enum):
    """What a client sends besides sound."""

    FLUSH = auto()  # finalise what is held
    END = auto()  # there is no more sound
    GONE = auto()  # the client is not there any more: stop


class Follower:
    """Brings one client's sound to its live transcription.

    Args:
        live: the transcription; finished when `run` returns, unless the client is gone.
        following: blocks until the client has sent something, and gives it.
        tell: takes the events as they come.
    """

    def __init__(
        self,
        live: LiveTranscript,
        *,
        following: Callable[[], bytes | Signal],
        tell: Callable[[list[StreamEvent]], None],
    ) -> None:
        self._live = live
        self._following = following
        self._tell = tell
        self._is_gone = False

    def follow_raw(self, raw: RawSound) -> None:
        """Take raw samples until the end; raises what `LiveTranscript.take` and `tell` raise."""
        for data in self._sent():
            self._tell(self._live.take(raw.samples(data)))
        if not self._is_gone:
            self._tell(self._live.take(raw.end()))
        self._finish()

    def follow_recording(self, decoder: SoundDecoder) -> None:
        """Take a recording of any format while it is being made; raises what `follow_raw` raises.

        Raises:
            AudioUnreadable: it is not a recording.
        """
        sent = self._sent()
        pipe = SoundPipe(lambda: next(sent, b""))
        try:
            for piece in without_promises(decoder.pieces(pipe)):
                if self._is_gone:
                    return
                self._tell(self._live.take(piece))
        except AudioEmpty:
            pass  # nothing was said is a transcript, too
        self._finish()

    def _sent(self) -> Iterator[bytes]:
        """Yield the sound, never empty; what is not sound is seen to on the way."""
        while (item := self._following()) is not Signal.END:
            if item is Signal.GONE:
                self._is_gone = True
                return
            if item is Signal.FLUSH:
                self._tell(self._live.flush())
            elif isinstance(item, bytes) and item:
                yield item

    def _finish(self) -> None:
        if not self._is_gone:
            self._tell(self._live.finish())


def without_promises(pieces: Iterator[Pcm16k | MissingSound]) -> Iterator[Pcm16k | MissingSound]:
    """Drop what is missing at the very end: a recording in the making announces a length it cannot know."""
    missing: list[MissingSound] = []
    for piece in pieces:
        if isinstance(piece, MissingSound):
            missing.append(piece)
            continue
        yield from missing
        missing.clear()
        yield piece
