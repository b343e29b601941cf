"""One client of `/v1/listen`: its sound goes to a thread that listens, and messages come back."""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition
from typing import Any, Final

import structlog

from astra.core.errors import AudioUnreadable
from astra.core.ports import SoundDecoder
from astra.core.streaming.events import StreamEvent
from astra.core.streaming.following import Follower, Signal
from astra.core.streaming.live import LiveTranscript
from astra.core.streaming.raw import RawSound
from astra.entrypoints.http.core.listen_messages import Message, Messages, error_message
from astra.kernel.errors import AstraError, Unavailable

NORMAL: Final = 1000
UNDECODABLE: Final = 1008  # Deepgram closes with it and DATA-0000
FAILED: Final = 1011  # Deepgram closes with it and NET-0001 when nothing comes
SLOWEST_READER_S: Final = 30

Tell = Callable[[Message], Awaitable[None]]

log = structlog.get_logger()


class ClientGone(Unavailable):
    """The client does not take what it is told; connect again."""

    code = "client_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """How a conversation ended; None as code: nobody is there to be told."""

    code: int | None
    reason: str


class Inbox:
    """What a client has sent and is not listened to yet: bounded, so that a fast client waits."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._loop = asyncio.get_running_loop()
        self._items: deque[bytes | Signal] = deque()
        self._bytes = 0
        self._changed = Condition()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_closed = False
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of all sound that was taken out (hex)."""
        return self._digest.hexdigest()

    async def put(self, item: bytes | Signal) -> None:
        """Add an item; wait while the inbox is full."""
        await self._has_room.wait()
        with self._changed:
            self._items.append(item)
            self._bytes += len(item) if isinstance(item, bytes) else 0
            if self._bytes >= self._max_bytes and not self._is_closed:
                self._has_room.clear()
            self._changed.notify()

    def close(self) -> None:
        """Let whoever takes items out know that the client is gone; what waits is forgotten."""
        with self._changed:
            self._is_closed = True
            self._items.clear()
            self._bytes = 0
            self._changed.notify()
        self._has_room.set()

    def following(self) -> bytes | Signal:
        """Wait for an item and take it out; called from the thread that listens."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._is_closed)
            if self._is_closed:
                return Signal.GONE
            item = self._items.popleft()
            self._bytes -= len(item) if isinstance(item, bytes) else 0
            is_low = self._bytes < self._max_bytes
        if isinstance(item, bytes):
            self._digest.update(item)
        if is_low:
            self._loop.call_soon_threadsafe(self._has_room.set)
        return item


class Conversation:
    """Reads a client and answers it until one of them ends it.

    Args:
        live: closed when the conversation is over.
        sent: what the client sends; it ends when the client is done; `Signal.GONE` when it has left.
        tell: sends one message.
        idle_s: how long the client may send nothing.
    """

    def __init__(
        self,
        *,
        live: LiveTranscript,
        messages: Messages,
        sent: AsyncIterator[bytes | Signal],
        tell: Tell,
        idle_s: float,
        max_waiting_bytes: int,
    ) -> None:
        self._live = live
        self._messages = messages
        self._sent = sent
        self._tell = tell
        self._idle_s = idle_s
        self._inbox = Inbox(max_waiting_bytes)
        self._loop = asyncio.get_running_loop()

    @property
    def sha256(self) -> str:
        """Of the sound that was listened to (hex)."""
        return self._inbox.sha256

    async def held(self, threads: Executor, raw: RawSound | None, decoder: SoundDecoder) -> Farewell:
        """Hold the conversation; an error has been told to the client when this returns."""
        reading = asyncio.ensure_future(self._read())
        listening: asyncio.Future[None] = self._loop.run_in_executor(threads, self._listen, raw, decoder)
        both: set[asyncio.Future[Any]] = {reading, listening}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
            farewell = await reading
            await listening
            return await self._parted(farewell)
        except Exception as error:  # noqa: BLE001  # whatever it is, the client is told and the place is freed
            return await self._failed(error)
        finally:
            self._inbox.close()
            reading.cancel()
            await asyncio.wait(both)
            self._live.close()

    async def _read(self) -> Farewell:
        """Take what the client sends until it ends, leaves or falls silent."""
        while True:
            try:
                item = await asyncio.wait_for(anext(self._sent), self._idle_s)
            except TimeoutError:
                await self._inbox.put(Signal.END)
                return Farewell(
                    code=FAILED,
                    reason=f"NET-0001: nothing came for {self._idle_s:g} s; send KeepAlive messages",
                )
            except StopAsyncIteration:
                item = Signal.END
            except ConnectionError:
                item = Signal.GONE
            if item is Signal.GONE:
                self._inbox.close()
                return Farewell(code=None, reason="")
            await self._inbox.put(item)
            if item is Signal.END:
                return Farewell(code=NORMAL, reason="")

    def _listen(self, raw: RawSound | None, decoder: SoundDecoder) -> None:
        """Listen; runs in a thread of its own."""
        follower = Follower(self._live, following=self._inbox.following, tell=self._answer)
        if raw:
            follower.follow_raw(raw)
        else:
            follower.follow_recording(decoder)

    def _answer(self, events: Sequence[StreamEvent]) -> None:
        """Tell events and wait until they are on their way, so that no answers pile up."""
        for event in events:
            for message in self._messages.of(event):
                asyncio.run_coroutine_threadsafe(self.told(message), self._loop).result()

    async def told(self, message: Message) -> None:
        """Send a message; `ClientGone`."""
        try:
            await asyncio.wait_for(self._tell(message), SLOWEST_READER_S)
        except OSError as error:  # a timeout is one
            raise ClientGone from error

    async def _parted(self, farewell: Farewell) -> Farewell:
        if farewell.code == FAILED:
            await self.told(error_message(*farewell.reason.split(": ", 1)))
        return farewell

    async def _failed(self, error: Exception) -> Farewell:
        """Tell the client what went wrong, if it is there and the error is for it."""
        if isinstance(error, ClientGone):
            return Farewell(code=None, reason="")
        if isinstance(error, AudioUnreadable):
            farewell = Farewell(code=UNDECODABLE, reason="DATA-0000: this cannot be decoded as sound")
        elif isinstance(error, AstraError):
            farewell = Farewell(code=FAILED, reason=error.code)
        else:
            log.error("listening_failed", exc_info=error)
            error = AstraError()
            farewell = Farewell(code=FAILED, reason=error.code)
        with suppress(ClientGone):
            await self.told(error_message(error.code, str(error)))
        return farewell
