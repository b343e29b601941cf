"""Who is listened to at `/v1/listen`, and how many at a time."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from astra.core.ports import SoundDecoder
from astra.core.streaming.following import Signal
from astra.core.streaming.live import LiveTranscript
from astra.core.streaming.realtime import RealtimeTranscriber
from astra.entrypoints.http.core.listen_messages import ListenQuery, ListenRefused, Messages
from astra.entrypoints.http.core.listen_session import ClientGone, Conversation, Farewell, Tell
from astra.kernel.clock import Clock
from astra.kernel.errors import Unavailable
from astra.kernel.ids import IdSource

Authenticate = Callable[[str | None], object]  # takes the key, None without one; raises an error of ours

_SCHEMES = ("token", "bearer")

log = structlog.get_logger()


class ListenersFull(Unavailable):
    """As many clients as allowed are being listened to; try again in a moment."""

    code = "listeners_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenLimits:
    """What clients of `/v1/listen` may take."""

    max_connections: int = 8
    idle_s: float = 10.0  # without sound or a message; Deepgram's is 10 s, too
    max_waiting_bytes: int = 1 << 20  # sent and not yet listened to, per client; then the client waits


class Listeners:
    """Opens conversations, as many at a time as the limits allow."""

    def __init__(
        self,
        *,
        live: RealtimeTranscriber,
        decoder: SoundDecoder,
        authenticate: Authenticate,
        limits: ListenLimits,
        clock: Clock,
        ids: IdSource,
        names: Collection[str] = (),
    ) -> None:
        self._live = live
        self._decoder = decoder
        self._authenticate = authenticate
        self._limits = limits
        self._clock = clock
        self._ids = ids
        self._names = frozenset(names)
        self._threads = ThreadPoolExecutor(limits.max_connections, thread_name_prefix="astra-listen")
        self.count = 0  # of clients who are listened to

    def new_id(self) -> str:
        return self._ids.new()

    async def admit(self, connection: HTTPConnection) -> ListenQuery:
        """Check who asks and for what; raises what `authenticate` raises, and `ListenRefused`."""
        key, parameters = key_of(connection), connection.query_params
        connection.scope["query_string"] = b""  # uvicorn logs it, and the key may be in it
        await run_in_threadpool(self._authenticate, key)
        query = ListenQuery.of(parameters)
        model = (await run_in_threadpool(lambda: self._live.identity)).model
        if query.model not in {None, model} | self._names:
            raise ListenRefused(f"model: this server has {model!r}; ask for it or leave the model out")
        return query

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a client's place; `ListenersFull`."""
        if self.count >= self._limits.max_connections:
            raise ListenersFull
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1

    async def open(self, query: ListenQuery) -> LiveTranscript:
        """Begin a live transcription; raises what `RealtimeTranscriber.open` raises."""
        return await run_in_threadpool(self._live.open, query.options)

    async def converse(
        self,
        live: LiveTranscript,
        query: ListenQuery,
        request_id: str,
        sent: AsyncIterator[bytes | Signal],
        tell: Tell,
    ) -> Farewell:
        """Listen to a client until the end, and send the last message."""
        created = self._clock.now()
        messages = Messages(query, request_id=request_id, identity=self._live.identity)
        conversation = Conversation(
            live=live,
            messages=messages,
            sent=sent,
            tell=tell,
            idle_s=self._limits.idle_s,
            max_waiting_bytes=self._limits.max_waiting_bytes,
        )
        farewell = await conversation.held(self._threads, query.raw_sound(), self._decoder)
        if farewell.code is not None:
            with suppress(ClientGone):
                metadata = messages.metadata(live, sha256=conversation.sha256, created=created)
                await conversation.told(metadata)
        log.info("listened", request_id=request_id, ms=live.duration_ms, code=farewell.code)
        return farewell


def key_of(connection: HTTPConnection) -> str | None:
    """Return the key: of the Authorization header (`Token` or `Bearer`), the subprotocols, or the query.

    Browsers cannot set the header; Deepgram's clients there offer the subprotocols `token, KEY`
    (https://developers.deepgram.com/docs/using-the-sec-websocket-protocol).
    """
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() in _SCHEMES and key:
        return key.strip()
    offered = subprotocols(connection)
    if len(offered) > 1 and offered[0].lower() in _SCHEMES:
        return offered[1]
    return connection.query_params.get("token")


def subprotocols(connection: HTTPConnection) -> list[str]:
    """Return the WebSocket subprotocols that a client offers."""
    offered = connection.headers.get("sec-websocket-protocol", "")
    return [name.strip() for name in offered.split(",") if name.strip()]
