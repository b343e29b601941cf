"""A web server with recordings, and the faults that web servers have."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest


@dataclass(slots=True, kw_only=True)
class Resource:
    """What lies at a path, and how it is served."""

    content: bytes
    has_ranges: bool = True
    has_length: bool = True
    etags: deque[str] = field(default_factory=lambda: deque(['"1"']))  # the last one stays
    cut_after: deque[int] = field(default_factory=deque)  # bytes; one for each answer, then none is cut
    longest_part: int | None = None  # bytes that an answer to a range has at most
    statuses: deque[int] = field(default_factory=deque)  # one for each request, then 200 or 206
    location: str = ""
    user: str = ""  # the Authorization header that opens it
    stalls_after: int | None = None  # bytes, after which nothing more comes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    path: str
    start: int | None
    authorization: str | None


class Web:
    """A web server on loopback that counts what is asked of it."""

    def __init__(self) -> None:
        self.resources: dict[str, Resource] = {}
        self.asked: list[Asked] = []
        self.sent_bytes = 0
        self.is_stopping = Event()
        self._http = _Server(self)
        self._thread = Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self._http.server_port}"

    def serve(self, path: str, resource: Resource) -> str:
        """Put a resource at a path; return its address."""
        self.resources[path] = resource
        return f"http://{self.authority}{path}"

    def stop(self) -> None:
        self.is_stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    @property
    def web(self) -> Web:
        assert isinstance(self.server, _Server)
        return self.server.web

    def do_GET(self) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted else None
        authorization = self.headers.get("Authorization")
        self.web.asked.append(Asked(path=self.path, start=start, authorization=authorization))
        resource = self.web.resources.get(self.path)
        status = self._status(resource, authorization)
        if resource is None or status != 200:
            self._refuse(status, resource)
            return
        self._send(resource, start if resource.has_ranges else None)

    def _status(self, resource: Resource | None, authorization: str | None) -> int:
        if resource is None:
            return 404
        if resource.user and authorization != resource.user:
            return 401
        if resource.location:
            return 302
        return resource.statuses.popleft() if resource.statuses else 200

    def _refuse(self, status: int, resource: Resource | None) -> None:
        self.send_response(status)
        if resource is not None and resource.location:
            self.send_header("Location", resource.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, resource: Resource, start: int | None) -> None:
        whole = len(resource.content)
        if start is not None and start >= whole:
            self._refuse(416, None)
            return
        end = whole if resource.longest_part is None else min(whole, (start or 0) + resource.longest_part)
        part = resource.content[start or 0 : end]
        self.send_response(200 if start is None else 206)
        if start is not None:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{whole}")
        self.send_header("ETag", resource.etags.popleft() if len(resource.etags) > 1 else resource.etags[0])
        if resource.has_length:
            self.send_header("Content-Length", str(len(part)))
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._write(resource, part)

    def _write(self, resource: Resource, part: bytes) -> None:
        cut = resource.cut_after.popleft() if resource.cut_after else None
        stop = resource.stalls_after if cut is None else cut
        try:
            for place in range(0, len(part[:stop]), 16_384):
                piece = part[place : min(place + 16_384, len(part[:stop]))]
                self.wfile.write(piece if resource.has_length else b"%x\r\n%b\r\n" % (len(piece), piece))
                self.web.sent_bytes += len(piece)
            if not resource.has_length and stop is None:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:  # the reader has gone
            self.close_connection = True
        if stop is not None:
            if cut is None:
                self.web.is_stopping.wait()
            self.close_connection = True

    def log_message(self, *_: object) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, web: Web) -> None:
        self.web = web
        super().__init__(("127.0.0.1", 0), _Handler)


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.stop()


@pytest.fixture
def resource() -> type[Resource]:
    return Resource
