"""A recording that is still being sent, as a file that a decoder reads."""

import io
from collections.abc import Callable
from typing import BinaryIO, Final, cast

_HEAD: Final = (
    1 << 20
)  # bytes that can be read again: decoders look at a file's beginning before they read it


class SoundPipe(io.RawIOBase):
    """Reads block until something comes, and give what is there. Only in the first mebibyte can it go back.

    Args:
        following: gives the bytes that come next; none at the end.
    """

    def __init__(self, following: Callable[[], bytes]) -> None:
        self._following = following
        self._held = bytearray()  # from the start while that can be read again, else what is not read yet
        self._position = 0  # in what is held
        self._may_rewind = True

    def open(self) -> BinaryIO:
        """Be a `SoundSource`; it can be opened once."""
        return cast("BinaryIO", self)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return what is there, at most `size` bytes; none at the end."""
        if self._position == len(self._held):
            self._forget()
            self._held += self._following()
        end = len(self._held) if size < 0 else self._position + size
        found = bytes(self._held[self._position : end])
        self._position += len(found)
        return found

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place in the first mebibyte, before more than that was read."""
        if whence != io.SEEK_SET or not self._may_rewind or not 0 <= offset <= _HEAD:
            raise io.UnsupportedOperation("a stream has no such place to go to")
        self._position = min(offset, len(self._held))
        while self._position < offset and self.read(offset - self._position):
            pass
        return self._position

    def _forget(self) -> None:
        if len(self._held) >= _HEAD or not self._may_rewind:
            self._held.clear()
            self._position, self._may_rewind = 0, False
