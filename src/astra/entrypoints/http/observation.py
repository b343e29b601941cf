"""What is measured and logged of every request."""

import time
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from astra.bootstrap.metrics import Metrics
from astra.kernel.ids import IdSource

log = structlog.get_logger()


class RequestObservation:
    """ASGI middleware: a trace id for each request, its latency by route, one log line at its end."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, ids: IdSource) -> None:
        self._app = app
        self._metrics = metrics
        self._ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace_id_of(scope) or self._ids.new())
        started = time.perf_counter()
        status = 500

        async def observing_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), *SECURITY_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, observing_send)
        finally:
            self._observe(scope, status, time.perf_counter() - started)

    def _observe(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self._metrics.requests.labels(scope["method"], route, status).observe(seconds)
        log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))


SECURITY_HEADERS: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]


def route_of(scope: MutableMapping[str, Any]) -> str:
    """Return the route's template, never the path: identifiers make neither labels nor log lines."""
    return getattr(scope.get("route"), "path", "unknown")


def trace_id_of(scope: MutableMapping[str, Any]) -> str | None:
    """Return the trace id of a W3C `traceparent` header."""
    for name, value in scope["headers"]:
        if name == b"traceparent":
            parts = value.decode("ascii", "replace").split("-")
            if len(parts) == 4 and len(parts[1]) == 32:  # noqa: PLR2004 - W3C Trace Context §3.2
                return str(parts[1])
    return None
