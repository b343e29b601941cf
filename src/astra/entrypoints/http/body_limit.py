"""Bodies too large are refused with a problem document (Starlette's own limit answers in plain text)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from astra.entrypoints.http.problems import problem

STATUS: Final = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

Refusal = Callable[[Scope, str], Response]  # from a request and what is wrong with it


def problem_refusal(_: Scope, detail: str) -> Response:
    """Return the problem document of a body too large."""
    return problem(STATUS, "body_too_large", detail)


class BodyLimit:
    """ASGI middleware: refuses by the declared length, and by what really comes."""

    def __init__(self, app: ASGIApp, *, max_bytes: int, refusal: Refusal = problem_refusal) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._max_bytes:
            await self._refusal(scope, self._detail)(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_bytes:
                raise HTTPException(STATUS, self._detail)
            return message

        return limited

    @property
    def _detail(self) -> str:
        return f"a request may hold at most {self._max_bytes} bytes; send the sound in smaller chunks"
