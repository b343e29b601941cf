"""A file that lies elsewhere, read as if it were here: forward over one stream, opened anew where need be."""

import io
import time
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from astra.core.errors import AudioUnreadable
from astra.core.retries import Retries, Sleep
from astra.kernel.errors import AstraError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER_BYTES: Final = 1 << 20
_RETRIES: Final = Retries()


class Interrupted(Exception):
    """A stream broke off or did not open; opening it at the same byte again may help.

    Args:
        reason: what to raise if it does not.
        asked_s: how long the other side asked to be left alone.
    """

    def __init__(self, reason: AstraError, asked_s: float | None = None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.asked_s = asked_s


class ByteStream(Protocol):
    """Bytes as they come."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` more bytes, none at the end; raise `Interrupted` if it came too early."""
        ...

    def close(self) -> None: ...


class RemoteBytes(Protocol):
    """A recording elsewhere; raises `Interrupted` for what may pass, `AudioUnreadable` for what will not."""

    @property
    def size_bytes(self) -> int | None:
        """Its length, known once it was opened; None: only its end tells."""
        ...

    @property
    def can_start_anywhere(self) -> bool:
        """Whether opening it at a byte spares the bytes before; known once it was opened."""
        ...

    def open_at(self, start: int) -> ByteStream:
        """Begin to read at a byte."""
        ...

    def close(self) -> None: ...


def open_remote(
    remote: RemoteBytes,
    *,
    buffer_bytes: int = BUFFER_BYTES,
    retries: Retries = _RETRIES,
    sleep: Sleep = time.sleep,
) -> BinaryIO:
    """Return a seekable file over `remote` that holds about `buffer_bytes`; closing it closes `remote`.

    Reading ahead is the network's: what has arrived waits in the socket. A short way forward is read through,
    a longer one or one back opens another stream. A stream that breaks off is resumed at its byte.
    """
    return io.BufferedReader(_Reopening(remote, buffer_bytes, retries, sleep), buffer_bytes)


class _Reopening(io.RawIOBase):
    """The unbuffered file."""

    def __init__(self, remote: RemoteBytes, shortest_jump: int, retries: Retries, sleep: Sleep) -> None:
        self._remote = remote
        self._shortest_jump = shortest_jump  # bytes; a shorter way forward is read through
        self._retries = retries
        self._sleep = sleep
        self._position = 0
        self._stream: ByteStream | None = None
        self._stream_position = 0
        try:
            self._next(0)  # what is wrong with it is known now
        except BaseException:
            self.close()
            raise

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}.get(whence)
        position = offset + (self._size() if origin is None else origin)
        if position < 0:
            raise ValueError(f"There is no byte {position}.")
        self._position = position
        return position

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        content = self._next(len(view))
        view[: len(content)] = content
        self._position += len(content)
        return len(content)

    def close(self) -> None:
        if not self.closed:
            self._drop()
            self._remote.close()
        super().close()

    def _next(self, size: int) -> bytes:
        """Return at most `size` bytes from the position on, however often it takes."""
        failures = 0
        while True:
            if self._is_at_end:
                return b""
            try:
                return self._read_on(size)
            except Interrupted as interrupted:
                self._drop()
                failures += 1
                wait_s = self._retries.wait_s(failures, interrupted.asked_s)
                if wait_s is None:
                    raise interrupted.reason from interrupted
                self._sleep(wait_s)

    @property
    def _is_at_end(self) -> bool:
        return self._remote.size_bytes is not None and self._position >= self._remote.size_bytes

    def _read_on(self, size: int) -> bytes:
        stream = self._placed()
        content = self._read(stream, size) if size else b""
        if size and not content and self._remote.size_bytes is not None:  # a part alone was sent
            raise Interrupted(
                AudioUnreadable("Less of the recording comes than there is; download it first.")
            )
        return content

    def _placed(self) -> ByteStream:
        """Return a stream that stands at the position, or at the end if that comes first."""
        ahead = self._position - self._stream_position
        is_near = ahead < self._shortest_jump or not self._remote.can_start_anywhere
        if self._stream is None or ahead < 0 or not is_near:
            self._drop()
            self._stream = self._remote.open_at(self._position)
            self._stream_position = self._position
        while (ahead := self._position - self._stream_position) and self._read(self._stream, ahead):
            pass
        return self._stream

    def _read(self, stream: ByteStream, size: int) -> bytes:
        content = stream.read(min(size, self._shortest_jump))
        self._stream_position += len(content)
        return content

    def _size(self) -> int:
        """Return the length; where nothing declares it, by reading to the end."""
        if self._remote.size_bytes is not None:
            return self._remote.size_bytes
        start = self._position
        while content := self._next(self._shortest_jump):
            self._position += len(content)
        size, self._position = self._position, start
        return size

    def _drop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
