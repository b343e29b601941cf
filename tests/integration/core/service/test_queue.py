"""What the service takes on at a time, and what becomes of those who leave."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import httpx

CHUNKS_6 = 150_000
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def request_of(content: bytes) -> dict[str, Any]:
    return {"files": {"file": ("session.wav", content)}, "data": {"model": "test"}}


def asked(service: Any, content: bytes) -> "asyncio.Task[httpx.Response]":
    return asyncio.create_task(service.client.post("/v1/audio/transcriptions", **request_of(content)))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # what is waited for happens elsewhere
            await asyncio.sleep(0.01)


def queue_of(service: Any) -> tuple[float, float]:
    return service.metric("astra_core_running"), service.metric("astra_core_queue_length")


async def test_a_full_queue_turns_others_away_at_once_and_says_when_to_return(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    async with serve(patient, concurrency=1, waiting=1) as service:
        first = asked(service, spoken(6_000))
        await until(lambda: queue_of(service) == (1, 0))
        second = asked(service, spoken(6_000))
        await until(lambda: queue_of(service) == (1, 1))
        refused = await service.client.post("/v1/audio/transcriptions", **request_of(spoken(6_000)))
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["error"]["code"] == "queue_full"
        problem = await service.client.post("/v1/core/process", json={"text": "Presente."})
        assert problem.status_code == 429
        assert int(problem.headers["Retry-After"]) >= 1
        assert (problem.json()["status"], problem.json()["retryable"]) == (429, True)
        assert service.metric("astra_core_refused_total", code="queue_full") == 2
        assert (await service.client.get("/health")).status_code == 200
        patient.gate.set()
        assert [(await first).status_code, (await second).status_code] == [200, 200]
        await until(lambda: queue_of(service) == (0, 0))
        assert (await asked(service, spoken(6_000))).status_code == 200


async def test_a_full_queue_answers_before_the_body_has_come(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    async with serve(patient, concurrency=1, waiting=0) as service:
        first = asked(service, spoken(6_000))
        await until(lambda: queue_of(service) == (1, 0))
        url = service.client.base_url
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(
            b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: astra\r\nContent-Length: 1000000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        )
        async with asyncio.timeout(30):
            assert b" 429 " in await reader.readline()
        writer.close()
        await writer.wait_closed()
        patient.gate.set()
        assert (await first).status_code == 200


async def test_what_a_client_who_left_asked_for_is_not_heard_to_the_end(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    async with serve(patient, concurrency=1, waiting=0) as service:
        patient.gate.set()
        assert (await asked(service, spoken(CHUNKS_6))).status_code == 200
        in_all = len(patient.calls)
        assert in_all >= 5
        patient.gate.clear()
        leaving = asked(service, spoken(CHUNKS_6))
        await until(lambda: queue_of(service) == (1, 0))
        leaving.cancel()
        await asyncio.wait([leaving])
        still_busy = await service.client.post("/v1/core/process", json={"text": "Presente."})
        assert still_busy.status_code == 429  # the model cannot be interrupted, and takes nobody else
        patient.gate.set()
        await until(lambda: queue_of(service) == (0, 0))
        assert len(patient.calls) <= in_all + 2
        assert (await asked(service, spoken(6_000))).status_code == 200


async def test_a_client_of_a_stream_who_leaves_frees_the_place(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    patient.gate.set()
    async with serve(patient, concurrency=1, waiting=0) as service:
        request = request_of(spoken(CHUNKS_6))
        request["data"]["stream"] = "true"
        async with service.client.stream("POST", "/v1/audio/transcriptions", **request) as answer:
            assert patient.said(1) in await anext(answer.aiter_lines())
        await until(lambda: queue_of(service) == (0, 0))
        assert (await asked(service, spoken(6_000))).status_code == 200


async def test_a_client_who_leaves_while_waiting_frees_the_place(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    async with serve(patient, concurrency=1, waiting=1) as service:
        first = asked(service, spoken(6_000))
        await until(lambda: queue_of(service) == (1, 0))
        leaving = asked(service, spoken(6_000))
        await until(lambda: queue_of(service) == (1, 1))
        leaving.cancel()
        await asyncio.wait([leaving])
        await until(lambda: queue_of(service) == (1, 0))
        patient.gate.set()
        assert (await first).status_code == 200
        await until(lambda: queue_of(service) == (0, 0))
        assert len(patient.calls) == 1


TEXT = b'{"text": "Se abre la sesi\xc3\xb3n."}'


@asynccontextmanager
async def slow_upload(service: Any, length: int = len(TEXT)) -> AsyncIterator[Connection]:
    """Begin an upload of which nothing but the headers has come yet."""
    url = service.client.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST /v1/core/process HTTP/1.1\r\nHost: astra\r\nContent-Length: {length}\r\n"
    writer.write(head.encode() + b"Content-Type: application/json\r\n\r\n")
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def status_of(reader: asyncio.StreamReader) -> int:
    async with asyncio.timeout(30):
        return int((await reader.readline()).split()[1])


def uploads_of(service: Any) -> float:
    uploads: float = service.metric("astra_core_uploads")
    return uploads


async def test_an_upload_that_stalls_is_given_up(serve: Any, patient: Any) -> None:
    async with (
        serve(patient, concurrency=1, waiting=0, idle_s=0.2) as service,
        slow_upload(service) as (reader, writer),
    ):
        writer.write(TEXT[:1])
        assert await status_of(reader) == 408
        await until(lambda: uploads_of(service) == 0)


async def test_an_upload_of_which_a_byte_comes_now_and_then_is_given_up(serve: Any, patient: Any) -> None:
    async def trickle(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.02)

    async with (
        serve(patient, concurrency=1, waiting=0, idle_s=0.5) as service,
        slow_upload(service, 1_000_000) as (reader, writer),
    ):
        trickling = asyncio.create_task(trickle(writer))
        assert await status_of(reader) == 408
        trickling.cancel()
        await asyncio.wait([trickling])


async def test_uploads_that_never_arrive_keep_nobody_from_being_heard(serve: Any, patient: Any) -> None:
    async with serve(patient, concurrency=1, waiting=0) as service, AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(slow_upload(service))
        await until(lambda: uploads_of(service) == 3)
        assert queue_of(service) == (0, 0)
        heard = await service.client.post("/v1/core/process", json={"text": "Presente."})
        assert heard.status_code == 200


async def test_a_slow_upload_is_heard_when_it_has_arrived(serve: Any, patient: Any) -> None:
    async with (
        serve(patient, concurrency=1, waiting=0) as service,
        slow_upload(service) as (reader, writer),
    ):
        for byte in TEXT:
            writer.write(bytes([byte]))
            await writer.drain()
        assert await status_of(reader) == 200


async def test_a_queue_that_has_filled_meanwhile_turns_an_upload_away(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    async with (
        serve(patient, concurrency=1, waiting=0) as service,
        slow_upload(service) as (reader, writer),
    ):
        await until(lambda: uploads_of(service) == 1)
        first = asked(service, spoken(6_000))
        await until(lambda: queue_of(service) == (1, 0))
        writer.write(TEXT)
        assert await status_of(reader) == 429
        patient.gate.set()
        assert (await first).status_code == 200


async def test_as_many_uploads_as_allowed_arrive_at_a_time(serve: Any, patient: Any) -> None:
    async with serve(patient, uploads=1) as service:
        async with slow_upload(service):
            await until(lambda: uploads_of(service) == 1)
            refused = await service.client.post("/v1/core/process", json={"text": "Presente."})
            assert (refused.status_code, refused.json()["code"]) == (429, "uploads_full")
            assert int(refused.headers["Retry-After"]) >= 1
        await until(lambda: uploads_of(service) == 0)
        heard = await service.client.post("/v1/core/process", json={"text": "Presente."})
        assert heard.status_code == 200


async def test_a_service_that_stops_finishes_what_it_hears(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(serve(patient))
        async with httpx.AsyncClient(base_url=service.client.base_url, timeout=30) as client:
            request = request_of(spoken(6_000))
            heard = asyncio.create_task(client.post("/v1/audio/transcriptions", **request))
            await until(lambda: queue_of(service) == (1, 0))
            await stack.aclose()  # stops the service; the gate opens meanwhile
            assert (await heard).json()["text"] == patient.said(1)


async def test_metrics_tell_what_was_heard_and_how_fast(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    patient.gate.set()
    async with serve(patient) as service:
        await asked(service, spoken(6_000))
        await until(lambda: queue_of(service) == (0, 0))
        assert service.metric("astra_core_audio_seconds_total", model="test") == 6.0
        assert service.metric("astra_core_engine_seconds_total", model="test") > 0
        assert service.metric("astra_core_real_time_factor_count") == 1
        page = (await service.client.get("/metrics")).text
        assert 'route="/v1/audio/transcriptions",status="200"' in page
        assert "astra_core_queue_length 0.0" in page
