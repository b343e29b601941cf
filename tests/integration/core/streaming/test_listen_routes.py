"""`/v1/listen` on a real server, with the demo model and the sample's voices."""

import asyncio
import hashlib
import io
import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import av
import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.errors import EngineUnavailable
from astra.core.pipeline.leases import SharedEngine
from astra.core.ports import Engine, LoadedEngine
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.streaming.realtime import RealtimeTranscriber
from astra.core.values import Hearing, Pcm16k, TranscribeOptions
from astra.entrypoints.http.core.listen_routes import listen_router
from astra.entrypoints.http.core.listeners import ListenLimits
from astra.entrypoints.http.server import bound_socket, serving
from astra.kernel.errors import Unauthenticated
from astra.samples import load_sample

KEY = "a-key"
FIRST = load_sample().lines[0]
RAW = "encoding=linear16&sample_rate=16000"
Message = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Listening:
    """A running server and its engine."""

    port: int
    engine: SharedEngine

    @asynccontextmanager
    async def connected(
        self, query: str = RAW, key: str | None = KEY, scheme: str = "Token", **options: Any
    ) -> AsyncIterator[ClientConnection]:
        headers = {"Authorization": f"{scheme} {key}"} if key else {}
        address = f"ws://127.0.0.1:{self.port}/v1/listen?{query}"
        async with connect(address, additional_headers=headers, **options) as socket:
            yield socket

    async def refused(self, query: str, key: str | None = KEY) -> httpx.Response:
        with pytest.raises(InvalidStatus) as refusal:
            async with self.connected(query, key):
                pass
        response = refusal.value.response
        return httpx.Response(
            response.status_code, headers=list(response.headers.raw_items()), content=bytes(response.body)
        )

    async def is_free(self) -> bool:
        """Tell whether nobody holds the model any more, waiting for it a little."""
        for _ in range(200):
            self.engine.close()
            if not self.engine.is_loaded:
                return True
            await asyncio.sleep(0.05)
        return False


@dataclass
class Heard:
    """What a client was told."""

    messages: list[Message] = field(default_factory=list)
    code: int | None = None
    reason: str = ""

    def of(self, kind: str) -> list[Message]:
        return [message for message in self.messages if message["type"] == kind]

    @property
    def finals(self) -> list[Message]:
        return [message for message in self.of("Results") if message["is_final"]]

    @property
    def interims(self) -> list[Message]:
        return [message for message in self.of("Results") if not message["is_final"]]

    @property
    def text(self) -> str:
        return " ".join(filter(None, map(transcript, self.finals)))


def transcript(message: Message) -> str:
    return str(message["channel"]["alternatives"][0]["transcript"])


def check_key(key: str | None) -> None:
    if key != KEY:
        raise Unauthenticated


@asynccontextmanager
async def listening(limits: ListenLimits, model: Engine | None = None) -> AsyncIterator[Listening]:
    engine = SharedEngine(model or FasterWhisper("demo", cpu_threads=1))
    app = FastAPI()
    live = RealtimeTranscriber(engine=engine, voice_detector=SileroVad(), monotonic=lambda: 0.0)
    app.include_router(listen_router(live=live, decoder=PyAvDecoder(), authenticate=check_key, limits=limits))
    listener = bound_socket("127.0.0.1", 0)
    port = listener.getsockname()[1]
    async with serving(app, listener):
        yield Listening(port=port, engine=engine)
    assert await Listening(port=port, engine=engine).is_free()


@pytest.fixture
async def server() -> AsyncIterator[Listening]:
    async with listening(ListenLimits()) as running:
        yield running


@pytest.fixture(scope="module")
def sound() -> Pcm16k:
    """The first sentence and the pause after it."""
    pieces = PyAvDecoder().pieces(load_sample().audio)
    whole = np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])
    return np.concatenate([whole[: (FIRST.end_ms + 100) * 16], np.zeros(16_000, dtype=np.float32)])


@pytest.fixture(scope="module")
def raw(sound: Pcm16k) -> bytes:
    return (sound * 32767).astype("<i2").tobytes()


@pytest.fixture(scope="module")
def webm(sound: Pcm16k) -> bytes:
    """As a browser records it: Opus in WebM."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            (sound * 32767).astype(np.int16)[None], format="s16", layout="mono"
        )
        frame.sample_rate = 16_000
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=960)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def in_pieces(data: bytes, size: int = 3_201) -> list[bytes]:
    """Cut where no sample ends."""
    return [data[start : start + size] for start in range(0, len(data), size)]


async def said(socket: ClientConnection, kind: str) -> None:
    await socket.send(json.dumps({"type": kind}))


async def heard_by(socket: ClientConnection, *, until: Callable[[Message], bool] | None = None) -> Heard:
    heard = Heard()
    try:
        async for text in socket:
            heard.messages.append(json.loads(text))
            if until and until(heard.messages[-1]):
                return heard
    except ConnectionClosed:
        pass
    heard.code, heard.reason = socket.close_code, socket.close_reason or ""
    return heard


async def conversation(
    socket: ClientConnection, pieces: Iterable[bytes], closing: str = "CloseStream"
) -> Heard:
    """Send all pieces while listening, then close the stream."""

    async def send() -> None:
        for piece in pieces:
            await socket.send(piece)
        await said(socket, closing)

    heard, _ = await asyncio.gather(heard_by(socket), send())
    return heard


async def test_interims_come_before_a_final_that_is_what_was_said(server: Listening, raw: bytes) -> None:
    query = f"{RAW}&interim_results=true&vad_events=true&utterance_end_ms=1000&language=es-419&mode=realtime"
    async with server.connected(query) as socket:
        heard = await conversation(socket, in_pieces(raw))
    kinds = [message["type"] for message in heard.messages]
    assert kinds[0] == "SpeechStarted"
    assert kinds[-2:] == ["UtteranceEnd", "Metadata"]
    assert heard.text == FIRST.text
    assert len(heard.interims) >= 2
    assert heard.of("Results")[-1] == heard.finals[0]
    assert heard.code == 1000
    revisions = [message["revision"] for message in heard.of("Results")]
    assert revisions == sorted(revisions)
    assert {message["segment_id"] for message in heard.of("Results")} == {1}


async def test_a_final_has_the_shape_that_deepgrams_clients_read(server: Listening, raw: bytes) -> None:
    async with server.connected() as socket:
        heard = await conversation(socket, in_pieces(raw))
    (final,) = heard.of("Results")
    (alternative,) = final["channel"]["alternatives"]
    words = alternative["words"]
    assert final["channel_index"] == [0, 1]
    assert (final["is_final"], final["speech_final"], final["from_finalize"]) == (True, True, False)
    assert 0 <= final["start"] < final["start"] + final["duration"] <= len(raw) / 32_000
    assert [word["punctuated_word"] for word in words] == FIRST.text.split()
    assert words[-1]["word"] == words[-1]["punctuated_word"].strip(".").lower()
    assert all(word["start"] < word["end"] and 0 < word["confidence"] <= 1 for word in words)
    assert 0.5 < alternative["confidence"] <= 1
    assert final["metadata"]["model_info"]["name"] == "demo"
    (metadata,) = heard.of("Metadata")
    assert metadata["request_id"] == final["metadata"]["request_id"]
    assert metadata["sha256"] == hashlib.sha256(raw).hexdigest()
    assert metadata["duration"] == pytest.approx(len(raw) / 32_000, abs=0.001)
    coverage = metadata["coverage"]
    assert coverage["text_ms"] + coverage["silence_ms"] + coverage["gap_ms"] == coverage["duration_ms"]


async def test_without_punctuation_the_transcript_is_bare_words(server: Listening, raw: bytes) -> None:
    async with server.connected(f"{RAW}&punctuate=false&diarize=false&model=demo") as socket:
        heard = await conversation(socket, in_pieces(raw))
    assert heard.text == re.sub(r"[^\w ]", "", FIRST.text.lower())


async def test_the_options_that_deepgrams_examples_send_are_taken(server: Listening, raw: bytes) -> None:
    query = (
        "smart_format=true&encoding=linear16&channels=1&sample_rate=16000&interim_results=true"
        "&utterance_end_ms=1000&vad_events=true&endpointing=300&language=es"
    )
    async with server.connected(query) as socket:
        heard = await conversation(socket, in_pieces(raw))
    assert heard.text == FIRST.text
    assert heard.code == 1000


async def test_finalize_tells_what_is_held_and_the_stream_goes_on(server: Listening, raw: bytes) -> None:
    async with server.connected() as socket:
        half = FIRST.end_ms * 32 // 2 * 2
        for piece in in_pieces(raw[:half]):
            await socket.send(piece)
        await said(socket, "Finalize")
        heard = await heard_by(socket, until=lambda message: message["type"] == "Results")
        assert transcript(heard.finals[0]) == FIRST.text
        assert heard.finals[0]["from_finalize"]
        await said(socket, "KeepAlive")
        rest = await conversation(socket, in_pieces(raw[half:]))
    assert rest.code == 1000
    assert rest.of("Metadata")[0]["duration"] == pytest.approx(len(raw) / 32_000, abs=0.001)


@pytest.mark.parametrize(("encoding", "rate", "channels"), [("linear16", 48_000, 2), ("linear32", 8_000, 1)])
async def test_raw_sound_of_another_rate_is_heard(
    server: Listening, sound: Pcm16k, encoding: str, rate: int, channels: int
) -> None:
    frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
    frame.sample_rate = 16_000
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    samples = np.repeat(np.concatenate([part.to_ndarray()[0] for part in parts]), channels)
    scaled = (samples * 32767).astype("<i2") if encoding == "linear16" else samples.astype("<f4")
    query = f"encoding={encoding}&sample_rate={rate}&channels={channels}"
    async with server.connected(query) as socket:
        heard = await conversation(socket, in_pieces(scaled.tobytes()))
    assert heard.of("Metadata")[0]["duration"] == pytest.approx(len(sound) / 16_000, abs=0.01)
    assert len(set(heard.text.split()) & set(FIRST.text.split())) >= (11 if rate > 16_000 else 1)


async def test_a_browsers_recording_is_heard_while_it_is_made(server: Listening, webm: bytes) -> None:
    async with server.connected("interim_results=true") as socket:
        pieces = in_pieces(webm, 1_000)
        for piece in pieces[:-3]:
            await socket.send(piece)
        early = await heard_by(socket, until=lambda message: message["type"] == "Results")
        assert not early.finals
        heard = await conversation(socket, pieces[-3:])
    assert heard.text == FIRST.text
    assert heard.code == 1000


async def test_two_clients_are_listened_to_at_once(server: Listening, raw: bytes) -> None:
    async with server.connected() as one, server.connected() as other:
        heard = await asyncio.gather(*(conversation(socket, in_pieces(raw)) for socket in (one, other)))
    assert [each.text for each in heard] == [FIRST.text] * 2


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("encoding=opus&sample_rate=48000", "encoding"),
        ("encoding=linear16", "sample_rate"),
        (f"{RAW}&diarize=true", "diarize"),
        (f"{RAW}&callback=http://127.0.0.1", "callback"),
        (f"{RAW}&language=xx", "'xx'"),
        (f"{RAW}&language=../es", "language"),
        (f"{RAW}&model=nova-3", "'demo'"),
        (f"{RAW}&mode=batch", "mode"),
        (f"{RAW}&endpointing=-1", "endpointing"),
        (f"{RAW}&channels=0", "channels"),
        (f"{RAW}&language=es&language=en", "language comes more than once"),
        (f"{RAW}&diarize=false&diarize=true", "diarize comes more than once"),
        (f"{RAW}&smart_format=true&punctuate=false", "punctuate"),
        (f"{RAW}&keyterm=Zapata", "words to expect"),
        ("sample_rate=1", "sample_rate"),
    ],
)
async def test_what_cannot_be_honoured_is_refused_by_name_before_the_upgrade(
    server: Listening, query: str, named: str
) -> None:
    response = await server.refused(query)
    assert response.status_code == 400
    assert named in response.json()["detail"]
    assert response.json()["err_msg"] == response.json()["detail"]


@pytest.mark.parametrize("key", [None, "another-key", ""])
async def test_a_wrong_key_is_refused_before_anything_is_told(server: Listening, key: str | None) -> None:
    response = await server.refused("encoding=nonsense", key)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_browser_gives_its_key_as_subprotocol_or_in_the_query(
    server: Listening, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="uvicorn")
    async with server.connected(key=None, subprotocols=["token", KEY]) as socket:
        assert socket.subprotocol == "token"
    async with server.connected(f"{RAW}&token={KEY}", key=None) as socket:
        assert socket.subprotocol is None
    async with server.connected(scheme="bearer"):
        pass
    assert "/v1/listen" in caplog.text
    assert KEY not in caplog.text


async def test_bytes_that_are_no_recording_are_told_and_closed_with_data_0000(server: Listening) -> None:
    async with server.connected("") as socket:
        heard = await conversation(socket, [bytes(range(256)) * 500])
    assert (heard.code, heard.reason[:9]) == (1008, "DATA-0000")
    assert heard.of("Error")[0]["variant"] == "audio_unreadable"


class Exhausted:
    """The demo model on a device that has run out of memory."""

    def __init__(self) -> None:
        demo = FasterWhisper("demo")
        self.identity = demo.identity
        self.features = demo.features

    def load(self) -> LoadedEngine:
        return self

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        seconds = sum(map(len, chunks)) // 16_000
        raise EngineUnavailable(f"{seconds} s of {options.language!r} could not be heard: out of memory.")

    def close(self) -> None:
        """Have nothing to give back."""


async def test_an_engine_that_fails_is_told_and_its_place_is_free_again(raw: bytes) -> None:
    async with listening(ListenLimits(max_connections=1), Exhausted()) as server:
        for _ in range(2):
            async with server.connected() as socket:
                heard = await heard_by_sending(socket, raw)
            assert (heard.code, heard.reason) == (1011, "engine_unavailable")
            assert "out of memory" in heard.of("Error")[0]["description"]
            assert heard.messages[-1]["type"] == "Metadata"


async def heard_by_sending(socket: ClientConnection, raw: bytes) -> Heard:
    await socket.send(raw)
    return await heard_by(socket)


async def test_noise_makes_no_words(server: Listening) -> None:
    noise = np.random.default_rng(1).integers(-3_000, 3_000, 48_000, dtype="<i2").tobytes()
    async with server.connected() as socket:
        heard = await conversation(socket, [noise])
    assert heard.text == ""
    assert heard.of("Metadata")[0]["duration"] == 3.0


@pytest.mark.parametrize("query", [RAW, ""])
async def test_a_client_that_sends_nothing_gets_its_metadata(server: Listening, query: str) -> None:
    async with server.connected(query) as socket:
        heard = await conversation(socket, [])
    assert [message["type"] for message in heard.messages] == ["Metadata"]
    assert (heard.code, heard.messages[0]["duration"]) == (1000, 0.0)


@pytest.mark.parametrize("text", ["not json", "[]", '{"type": "Configure"}', '"KeepAlive"'])
async def test_a_text_message_of_another_kind_is_told_and_the_stream_goes_on(
    server: Listening, raw: bytes, text: str
) -> None:
    async with server.connected() as socket:
        await socket.send(text)
        heard = await conversation(socket, in_pieces(raw))
    assert heard.messages[0]["variant"] == "SchemaError"
    assert heard.text == FIRST.text


@pytest.mark.parametrize("query", [RAW, ""])
async def test_a_client_that_vanishes_leaves_nothing_behind(
    server: Listening, raw: bytes, webm: bytes, query: str
) -> None:
    async with server.connected(f"{query}&interim_results=true") as socket:
        for piece in in_pieces((raw if query else webm)[:-5_000]):
            await socket.send(piece)
        await heard_by(socket, until=lambda message: message["type"] == "Results")
        assert server.engine.is_loaded
        socket.transport.abort()
    assert await server.is_free()


async def test_silence_on_the_line_closes_it_with_net_0001_and_loses_nothing(raw: bytes) -> None:
    async with listening(ListenLimits(idle_s=0.5)) as server, server.connected() as socket:
        for piece in in_pieces(raw[: FIRST.end_ms * 32]):
            await socket.send(piece)
        heard = await heard_by(socket)
    assert heard.text == FIRST.text
    assert (heard.code, heard.reason[:8]) == (1011, "NET-0001")
    assert heard.of("Error")[0]["variant"] == "NET-0001"


async def test_keep_alive_keeps_a_silent_line_open() -> None:
    async with listening(ListenLimits(idle_s=0.6)) as server, server.connected() as socket:
        for _ in range(6):
            await asyncio.sleep(0.2)
            await said(socket, "KeepAlive")
        heard = await conversation(socket, [])
    assert heard.code == 1000


async def test_more_clients_than_places_are_asked_to_come_back(raw: bytes) -> None:
    async with listening(ListenLimits(max_connections=1)) as server:
        async with server.connected() as first:
            response = await server.refused(RAW)
            assert response.status_code == 429
            assert int(response.headers["retry-after"]) >= 1
            await conversation(first, [])
        for _ in range(100):
            try:
                async with server.connected() as second:
                    assert (await conversation(second, in_pieces(raw))).text == FIRST.text
                break
            except InvalidStatus:
                await asyncio.sleep(0.05)
        else:
            pytest.fail("the place was never free again")


async def test_a_client_faster_than_the_engine_waits_and_nothing_is_lost(raw: bytes) -> None:
    async with listening(ListenLimits(max_waiting_bytes=4_000)) as server, server.connected() as socket:
        heard = await conversation(socket, in_pieces(raw * 3, 3_200))
    assert heard.text == " ".join([FIRST.text] * 3)


async def uploaded(server: Listening, query: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[Message]:
    headers = {"Authorization": f"Bearer {KEY}"}
    address = f"http://127.0.0.1:{server.port}/v1/listen?{query}"
    async with (
        httpx.AsyncClient(timeout=30) as client,
        client.stream("POST", address, content=pieces, headers=headers) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/x-ndjson"
        async for line in response.aiter_lines():
            yield json.loads(line)


async def test_a_chunked_upload_is_answered_line_by_line(server: Listening, raw: bytes) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in in_pieces(raw):
            yield piece

    query = f"{RAW}&mode=realtime&interim_results=true"
    heard = Heard([message async for message in uploaded(server, query, pieces())])
    assert heard.text == FIRST.text
    assert heard.interims
    assert heard.messages[-1]["type"] == "Metadata"
    assert heard.messages[-1]["sha256"] == hashlib.sha256(raw).hexdigest()


async def test_an_upload_is_answered_before_its_body_is_over(server: Listening, raw: bytes) -> None:
    """By hand: httpx reads no answer before it has sent the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        f"POST /v1/listen?mode=realtime&{RAW}&interim_results=true HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Token {KEY}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    part = raw[: FIRST.end_ms * 32 // 2]
    writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    await writer.drain()
    assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
    line = await asyncio.wait_for(reader.readuntil(b'"confirmed_words"'), 30)
    assert b'"is_final": false' in line
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    assert b'"is_final": true' in await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 30)
    writer.close()
    await writer.wait_closed()


async def test_an_upload_without_the_mode_is_shown_where_recordings_go(server: Listening, raw: bytes) -> None:
    async with httpx.AsyncClient() as client:
        address = f"http://127.0.0.1:{server.port}/v1/listen"
        headers = {"Authorization": f"Bearer {KEY}"}
        batch = await client.post(address, content=raw, headers=headers)
        keyless = await client.post(f"{address}?mode=realtime", content=raw)
        wrong = await client.post(f"{address}?mode=realtime&encoding=mp3", content=raw, headers=headers)
    assert batch.status_code == 400
    assert "/v1/audio/transcriptions" in batch.json()["detail"]
    assert keyless.status_code == 401
    assert wrong.status_code == 400
