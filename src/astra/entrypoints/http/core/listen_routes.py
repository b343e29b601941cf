"""`/v1/listen`: live transcription by WebSocket and by chunked upload (the mode `realtime`).

A client of Deepgram's live API (https://developers.deepgram.com/reference/speech-to-text/listen-streaming)
can speak to it. The upload answers while its body still comes: one JSON message a line
(`application/x-ndjson`), the same as by WebSocket.
"""

import json
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from astra.core.ports import SoundDecoder
from astra.core.streaming.following import Signal
from astra.core.streaming.live import LiveTranscript
from astra.core.streaming.realtime import RealtimeTranscriber
from astra.entrypoints.http.core.listen_messages import (
    ListenQuery,
    Message,
    MessageRefused,
    control_of,
    error_message,
)
from astra.entrypoints.http.core.listeners import (
    Authenticate,
    Listeners,
    ListenersFull,
    ListenLimits,
    subprotocols,
)
from astra.entrypoints.http.problems import problem, status_of
from astra.kernel.clock import Clock, SystemClock
from astra.kernel.errors import AstraError, InvalidInput
from astra.kernel.ids import IdSource, Uuid7Ids

PATH: Final = "/v1/listen"
NDJSON: Final = "application/x-ndjson"
_LONGEST_REASON: Final = 123  # bytes of a close frame's reason (RFC 6455, section 5.5)


class BatchElsewhere(InvalidInput):
    """Add mode=realtime for live sound; recordings go to /v1/audio/transcriptions or /v1/core/process."""

    code = "mode_required"


def listen_router(
    *,
    live: RealtimeTranscriber,
    decoder: SoundDecoder,
    authenticate: Authenticate,
    limits: ListenLimits,
    clock: Clock | None = None,
    ids: IdSource | None = None,
    names: Collection[str] = (),
) -> APIRouter:
    """Return the routes of `/v1/listen`.

    Args:
        live: opens live transcriptions.
        decoder: decodes recordings in the making, such as a browser's webm.
        authenticate: takes the client's key, None if it has none, and raises an error of ours to refuse it;
            called in a thread.
        limits: what clients may take.
        clock: tells when a conversation began.
        ids: makes the ids of requests.
        names: what the model may be called, besides the name in its identity.
    """
    listeners = Listeners(
        live=live,
        decoder=decoder,
        authenticate=authenticate,
        limits=limits,
        clock=clock or SystemClock(),
        ids=ids or Uuid7Ids(),
        names=names,
    )
    routes = _Routes(listeners)
    router = APIRouter(tags=["listen"])
    router.add_api_websocket_route(PATH, routes.listen)
    router.add_api_route(
        PATH,
        routes.upload,
        methods=["POST"],
        response_class=Response,
        responses={HTTPStatus.OK: {"content": {NDJSON: {}}}},
    )
    return router


class _Routes:
    """What happens at `/v1/listen`, by WebSocket and by upload."""

    def __init__(self, listeners: Listeners) -> None:
        self._listeners = listeners

    async def listen(self, socket: WebSocket) -> None:
        request_id = self._listeners.new_id()
        try:
            query = await self._listeners.admit(socket)
            with self._listeners.place():
                await _listened(socket, self._listeners, query, request_id)
        except AstraError as error:
            await socket.send_denial_response(refusal(error, request_id))

    async def upload(self, request: Request) -> Response:
        """Transcribe a body while it comes (chunked transfer); needs `mode=realtime`."""
        request_id = self._listeners.new_id()
        try:
            if request.query_params.get("mode") != "realtime":
                raise BatchElsewhere
            return Upload(self._listeners, await self._listeners.admit(request), request_id)
        except AstraError as error:
            return refusal(error, request_id)


async def _listened(socket: WebSocket, listeners: Listeners, query: ListenQuery, request_id: str) -> None:
    """Open a live transcription, accept the client and listen to it until the end."""
    live = await listeners.open(query)
    offered = subprotocols(socket)
    await socket.accept(subprotocol=offered[0] if offered else None)
    farewell = await listeners.converse(
        live, query, request_id, _sent_by(socket), lambda message: _say(socket, message)
    )
    if farewell.code is not None:
        with suppress(RuntimeError, WebSocketDisconnect):  # the client may be quicker
            await socket.close(farewell.code, farewell.reason[:_LONGEST_REASON])


async def _say(socket: WebSocket, message: Message) -> None:
    """Send a message; `ConnectionError` if nobody is there."""
    try:
        await socket.send_json(message)
    except (RuntimeError, WebSocketDisconnect) as error:
        raise ConnectionError from error


async def _sent_by(socket: WebSocket) -> AsyncIterator[bytes | Signal]:
    """Yield what a client sends; nothing (no bytes) for a message that only says that it is there."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            yield Signal.GONE
            return
        data, text = message.get("bytes"), message.get("text")
        if data is not None:
            yield data
            continue
        try:
            control = control_of(text or "")
        except MessageRefused as error:
            await _say(socket, error_message(error.code, str(error)))
            control = "KeepAlive"
        if control == "CloseStream":
            return
        yield Signal.FLUSH if control == "Finalize" else b""


class Upload(Response):
    """Answers while the body still comes; Starlette's streaming response would take the body for itself."""

    media_type = NDJSON

    def __init__(self, listeners: Listeners, query: ListenQuery, request_id: str) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._listeners = listeners
        self._query = query
        self._request_id = request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self._listeners.place():
                live = await self._listeners.open(self._query)
                await self._answered(live, receive, send)
        except AstraError as error:
            await refusal(error, self._request_id)(scope, receive, send)

    async def _answered(self, live: LiveTranscript, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": self.raw_headers})

        async def tell(message: Message) -> None:
            line = json.dumps(message, ensure_ascii=False).encode() + b"\n"
            await send({"type": "http.response.body", "body": line, "more_body": True})

        await self._listeners.converse(live, self._query, self._request_id, _body_of(receive), tell)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _body_of(receive: Receive) -> AsyncIterator[bytes | Signal]:
    """Yield a request's body as it comes."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            yield Signal.GONE
            return
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def refusal(error: AstraError, request_id: str) -> Response:
    """Return why a client is not listened to, as a problem document with Deepgram's members besides."""
    if isinstance(error, ListenersFull):
        status = HTTPStatus.TOO_MANY_REQUESTS
    elif isinstance(error, InvalidInput):
        status = HTTPStatus.BAD_REQUEST
    else:
        status = status_of(error)
    return problem(
        status,
        error.code,
        str(error),
        retryable=error.retryable,
        err_code=error.code,
        err_msg=str(error),
        request_id=request_id,
    )
