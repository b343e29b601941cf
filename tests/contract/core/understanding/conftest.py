"""A local server that speaks the protocols of chat completions and of embeddings."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from astra.core.understanding.hashed_ngrams import HashedNgrams

KEY = "sk-0123456789abcdef"
DIMENSIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What the server does instead of answering; `stall` holds it back, `trickle` never ends it."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    stall: bool = False
    trickle: bool = False


def not_strict(schema: Any) -> str | None:
    """Say why OpenAI would refuse a schema as not strict; nested objects are looked at too."""
    if not isinstance(schema, dict):
        return None
    unknown = set(schema) - {"type", "enum", "const", "description", "title", "properties", "required"}
    unknown -= {"items", "additionalProperties"}
    if unknown:
        return f"keywords that are not permitted: {sorted(unknown)}"
    if schema.get("type") == "object" or "properties" in schema:
        if schema.get("additionalProperties") is not False:
            return "additionalProperties must be false"
        if sorted(schema.get("required", [])) != sorted(schema["properties"]):
            return "required must name every property"
    inner = [*schema.get("properties", {}).values(), schema.get("items")]
    return next((reason for reason in map(not_strict, inner) if reason), None)


class ModelServer(ThreadingHTTPServer):
    """Answers as `answer` says, faults first. `asked` are the requests as they came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.faults: deque[Fault] = deque()
        self.fault: Fault | None = None  # for every request
        self.answer: Callable[[dict[str, Any]], Any] = lambda _request: {}
        self.embedder = HashedNgrams(DIMENSIONS)
        self.stopped = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def questions(self) -> list[str]:
        """The name of the schema of each chat question."""
        return [one["response_format"]["json_schema"]["name"] for one in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ModelServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(request)
        self.server.keys.append(self.headers.get("Authorization"))
        fault = self.server.faults.popleft() if self.server.faults else self.server.fault
        if fault:
            self.fail(fault)
        elif self.path == "/v1/chat/completions":
            self.chat(request)
        elif self.path == "/v1/embeddings":
            self.embeddings(request)
        else:
            self.send(404, b"{}", {})

    def fail(self, fault: Fault) -> None:
        if fault.trickle:
            self.trickle()
        elif fault.stall:
            self.server.stopped.wait(60)
            self.close_connection = True
        else:
            self.send(fault.status, fault.body, fault.headers)

    def trickle(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            while not self.server.stopped.wait(0.05):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            return  # the client has had enough

    def chat(self, request: dict[str, Any]) -> None:
        wanted = request["response_format"]["json_schema"]
        refusal = None if wanted["strict"] is True else "strict must be true"
        refusal = refusal or not_strict(wanted["schema"])
        if refusal or not isinstance(request["model"], str):
            self.send(400, json.dumps({"error": {"message": refusal}}).encode(), {})
            return
        content = self.server.answer(request)
        text = content if isinstance(content, str) else json.dumps(content)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        self.send(200, json.dumps({"object": "chat.completion", "choices": [choice]}).encode(), {})

    def embeddings(self, request: dict[str, Any]) -> None:
        vectors = self.server.embedder.embed(request["input"])
        data = [
            {"object": "embedding", "index": index, "embedding": [3 * float(x) for x in vector]}
            for index, vector in enumerate(vectors)
        ]
        body = {"object": "list", "data": data[::-1], "model": request["model"]}
        self.send(200, json.dumps(body).encode(), {})

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name that the base class gives
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[ModelServer]:
    server = ModelServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.stopped.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def faulty() -> type[Fault]:
    return Fault


@pytest.fixture
def key() -> str:
    return KEY
