"""The bytes of a recording: opened for reading, from a byte onward, and searched for what follows a break."""

import io
import os
import stat
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from astra.core.errors import AudioUnreadable
from astra.core.ports import Recording

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_READ_SIZE: Final = 1 << 18  # bytes
_OGG_PAGE: Final = b"OggS\x00"  # RFC 3533, section 6: the pattern and the version
_GRANULE_END: Final = 14  # bytes from a page's start
_FIRST_PAGE: Final = 0x02  # likewise: the flag of a stream's first page, in the byte that follows


def opened(source: Recording) -> BinaryIO:
    """Return the recording as a seekable file; the caller closes it.

    Raises:
        AudioUnreadable: it cannot be opened, or it is a pipe or a device, which can be read only once.
    """
    if isinstance(source, bytes):
        return BytesIO(source)
    if not isinstance(source, Path):
        return source.open()
    try:
        if not stat.S_ISREG(source.stat().st_mode) and not source.is_dir():
            raise AudioUnreadable(
                f"{source} is a pipe or a device, and a recording is read more than once; "
                "save it to a file and name that."
            )
        return source.open("rb")
    except OSError as error:
        message = f"The recording {source} cannot be opened ({error.strerror}); check its name."
        raise AudioUnreadable(message) from error


def size_of(file: BinaryIO) -> int:
    """Return the file's length in bytes; its position stays."""
    position = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(position)
    return size


class Rest(io.RawIOBase):
    """A file from one of its bytes to its end, as if it began there; closing it leaves the file open."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._start = start
        file.seek(start)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def tell(self) -> int:
        return self._file.tell() - self._start

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        origin = self._start if whence == io.SEEK_SET else 0
        return self._file.seek(offset + origin, whence) - self._start

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        content = self._file.read(len(view))
        view[: len(content)] = content
        return len(content)


def last_ogg_time(file: BinaryIO) -> int | None:
    """Return the granule position, in the stream's own unit, of the last Ogg page that is there in part.

    Source: RFC 3533, section 6: eight bytes at 6, little-endian; -1 where no packet ends in the page.
    """
    file.seek(max(size_of(file) - _READ_SIZE, 0))
    tail = file.read(_READ_SIZE)
    found = tail.rfind(_OGG_PAGE, 0, -_GRANULE_END)
    granule = int.from_bytes(tail[found + 6 : found + _GRANULE_END], "little", signed=True)
    return granule if found >= 0 and granule > 0 else None


def next_ogg_page(file: BinaryIO, start: int, *, is_link: bool = False) -> int | None:
    """Return where the next Ogg page begins, at or after a byte; of a link, the first page of a stream.

    Source: RFC 3533, section 4: a chain is one stream after another, each from its own first page.
    """
    file.seek(start)
    window = b""
    while content := file.read(_READ_SIZE):
        window += content
        found = window.find(_OGG_PAGE)
        while 0 <= found < len(window) - len(_OGG_PAGE):
            if not is_link or window[found + len(_OGG_PAGE)] & _FIRST_PAGE:
                return start + found
            found = window.find(_OGG_PAGE, found + 1)
        kept = len(_OGG_PAGE)
        start += max(len(window) - kept, 0)
        window = window[-kept:]
    return None
