"""Bodies of requests: forms whose files lie on disk, JSON of a bounded size, and none that stalls."""

import asyncio
import io
import time
from collections.abc import Callable
from threading import Lock
from typing import BinaryIO

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.types import Message, Receive

from astra.bootstrap.core_service import CoreLimits
from astra.core.errors import AudioEmpty
from astra.kernel.errors import InvalidInput, TooLarge

_MOST_FIELDS = 64


class UploadStalled(InvalidInput):
    """The request came too slowly, or no more of it came; send it again."""

    code = "upload_stalled"


class JsonTooLarge(TooLarge):
    """The JSON is larger than this service holds in memory; send the sound as multipart/form-data."""

    code = "json_too_large"


class UploadedSound:
    """`SoundSource` over a file of a form, which Starlette keeps on disk beyond 1 MiB."""

    def __init__(self, upload: UploadFile) -> None:
        self._file = upload.file
        self._lock = Lock()
        if not self._file.seek(0, io.SEEK_END):
            raise AudioEmpty

    def open(self) -> BinaryIO:
        return io.BufferedReader(_View(self._file, self._lock))


class _View(io.RawIOBase):
    """Reads a file that others read too, from a position of its own."""

    def __init__(self, file: BinaryIO, lock: Lock) -> None:
        self._file = file
        self._lock = lock
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with self._lock:
            bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}
            base = bases[whence] if whence in bases else self._file.seek(0, io.SEEK_END)
        self._position = max(base + offset, 0)
        return self._position

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # the buffer protocol's
        with self._lock:
            self._file.seek(self._position)
            content = self._file.read(len(buffer))
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)


async def read_form(request: Request, limits: CoreLimits) -> FormData:
    """Return a form, its files on disk; whoever asks closes it. `UploadStalled`."""
    arriving = Request(request.scope, patient(request.receive, limits))
    return await arriving.form(max_fields=_MOST_FIELDS, max_files=1, max_part_size=limits.max_json_bytes)


async def read_json(request: Request, limits: CoreLimits) -> bytes:
    """Return a body held in memory; `JsonTooLarge`, `UploadStalled`."""
    arriving = Request(request.scope, patient(request.receive, limits))
    content = bytearray()
    async for piece in arriving.stream():
        content += piece
        if len(content) > limits.max_json_bytes:
            raise JsonTooLarge
    return bytes(content)


def patient(receive: Receive, limits: CoreLimits, monotonic: Callable[[], float] = time.monotonic) -> Receive:
    """Return what waits for a body as long as it comes; `UploadStalled`.

    Waiting uses up time, and every byte buys some, never more than `limits.idle_s` ahead: who sends fewer
    bytes than `limits.least_bytes_per_s` on average is given up as surely as who sends nothing.
    """
    left_s = limits.idle_s

    async def awaited() -> Message:
        nonlocal left_s
        began_s = monotonic()
        try:
            message = await asyncio.wait_for(receive(), left_s)
        except TimeoutError as error:
            raise UploadStalled from error
        bought_s = len(message.get("body", b"")) / limits.least_bytes_per_s
        left_s = min(left_s - (monotonic() - began_s) + bought_s, limits.idle_s)
        return message

    return awaited
