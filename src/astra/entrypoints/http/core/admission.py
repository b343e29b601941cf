"""The way of a request into the queue: its body arrives first, and only then does it take a place."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from astra.bootstrap.core_service import CoreLimits
from astra.entrypoints.http.core.hearing_queue import HearingQueue, Place, QueueFull
from astra.entrypoints.http.core.uploads import read_form, read_json


class UploadsFull(QueueFull):
    """As many bodies as this service takes at a time are still arriving; send it again later."""

    code = "uploads_full"


class Arrivals:
    """Bounds the bodies that arrive at the same time. It belongs to one event loop."""

    def __init__(self, most: int, queue: HearingQueue) -> None:
        self._most = most
        self._queue = queue
        self._count = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Let a body arrive; `UploadsFull`."""
        if self._count >= self._most:
            raise UploadsFull(self._queue.retry_after_s)
        self._count += 1
        self._queue.metrics.uploading.inc()
        try:
            yield
        finally:
            self._count -= 1
            self._queue.metrics.uploading.dec()


class Admission:
    """One request on its way in.

    The queue had room when it came, and must have it still when its body is there: a body that is slow to
    come, or never comes, keeps nobody from being heard.
    """

    def __init__(self, request: Request, queue: HearingQueue, arrivals: Arrivals, limits: CoreLimits) -> None:
        self._request = request
        self._queue = queue
        self._arrivals = arrivals
        self._limits = limits
        self._place: Place | None = None

    async def form(self) -> tuple[FormData, Place]:
        """Return the request's form and its place, which closes the files; see `json`."""
        with self._arrivals.one():
            form = await read_form(self._request, self._limits)
        files = [value.file for _, value in form.multi_items() if isinstance(value, UploadFile)]
        try:
            place = self._entered()
        except QueueFull:
            for file in files:
                file.close()
            raise
        for file in files:
            place.afterwards(file.close)
        return form, place

    async def json(self) -> tuple[bytes, Place]:
        """Return the request's body and its place.

        Raises:
            UploadsFull: too many bodies are arriving.
            UploadStalled, JsonTooLarge: see `read_json`.
            QueueFull: others have taken the last place meanwhile.
        """
        with self._arrivals.one():
            content = await read_json(self._request, self._limits)
        return content, self._entered()

    def leave(self) -> None:
        """Give the place back, if one was taken."""
        if self._place is not None:
            self._place.leave()

    def _entered(self) -> Place:
        self._place = self._queue.enter()
        return self._place
