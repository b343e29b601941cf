"""`POST /v1/audio/transcriptions` and `GET /v1/models`, as OpenAI's clients use them."""

import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

SECONDS_30 = 30_000
TWO_CHUNKS = 60_000


def form(content: bytes, **fields: Any) -> dict[str, Any]:
    return {"files": {"file": ("session.wav", content)}, "data": {"model": "demo", **fields}}


async def transcribed(service: Any, content: bytes, **fields: Any) -> httpx.Response:
    response: httpx.Response = await service.client.post(
        "/v1/audio/transcriptions", **form(content, **fields)
    )
    return response


def events_of(content: str) -> list[dict[str, Any]]:
    assert content.endswith("\n\n")
    blocks = content.removesuffix("\n\n").split("\n\n")
    assert all(block.startswith("data: ") for block in blocks)
    return [json.loads(block.removeprefix("data: ")) for block in blocks]


async def test_every_format_says_the_same(serve: Any, spoken: Callable[[int], bytes]) -> None:
    sound = spoken(SECONDS_30)
    async with serve() as service:
        answers = {
            name: await transcribed(service, sound, response_format=name)
            for name in ("json", "text", "srt", "vtt", "verbose_json")
        }
    assert {answer.status_code for answer in answers.values()} == {200}
    body = answers["json"].json()
    assert "se abre la sesión ordinaria" in body["text"]
    assert body["usage"] == {"type": "duration", "seconds": 30.0}
    assert answers["text"].text == body["text"] + "\n"
    assert answers["verbose_json"].json()["text"] == body["text"]
    assert answers["verbose_json"].json()["segments"][0]["start"] < 2
    assert "words" not in answers["verbose_json"].json()
    for name, arrow in (("srt", ","), ("vtt", ".")):
        content = answers[name].text
        assert re.search(rf"00:00:0\d\{arrow}\d{{3}} --> ", content)
        lines = re.sub(r"(WEBVTT|^\d+$|^.* --> .*$)", "", content, flags=re.MULTILINE)
        assert " ".join(lines.split()) == body["text"]
    assert answers["vtt"].headers["content-type"].startswith("text/vtt")


async def test_the_default_format_is_json(serve: Any, spoken: Callable[[int], bytes]) -> None:
    async with serve() as service:
        answer = await transcribed(service, spoken(6_000))
        assert set(answer.json()) == {"text", "usage"}


@pytest.mark.parametrize("asked", [["word"], ["word", "segment"]])
async def test_times_of_words_come_when_asked_for(
    serve: Any, spoken: Callable[[int], bytes], asked: list[str]
) -> None:
    async with serve() as service:
        answer = await transcribed(
            service,
            spoken(SECONDS_30),
            response_format="verbose_json",
            **{"timestamp_granularities[]": asked},
        )
    body = answer.json()
    assert " ".join(word["word"] for word in body["words"]) == body["text"]
    starts = [word["start"] for word in body["words"]]
    assert starts == sorted(starts)
    assert ("segments" in body) == ("segment" in asked)


async def test_a_stream_of_text_adds_up_to_the_transcript(serve: Any, spoken: Callable[[int], bytes]) -> None:
    sound = spoken(TWO_CHUNKS)
    async with serve() as service:
        whole = (await transcribed(service, sound)).json()["text"]
        answer = await transcribed(service, sound, stream="true", chunking_strategy="auto", temperature="0")
    assert answer.headers["content-type"].startswith("text/event-stream")
    *deltas, done = events_of(answer.text)
    assert len(deltas) > 1
    assert {delta["type"] for delta in deltas} == {"transcript.text.delta"}
    assert "".join(delta["delta"] for delta in deltas) == whole
    assert done == {"type": "transcript.text.done", "text": whole}


async def test_a_stream_brings_text_before_all_is_heard(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    patient.gate.set()
    async with serve(patient) as service:
        request = form(spoken(150_000), model="test", stream="true")
        async with service.client.stream("POST", "/v1/audio/transcriptions", **request) as answer:
            lines: AsyncIterator[str] = answer.aiter_lines()
            patient.gate.clear()
            first = json.loads((await anext(lines)).removeprefix("data: "))
            assert first == {"type": "transcript.text.delta", "delta": patient.said(1)}
            patient.gate.set()
            rest = [json.loads(line.removeprefix("data: ")) async for line in lines if line]
    assert rest[-1]["text"].startswith(f"{patient.said(1)} {patient.said(2)}")


async def test_a_model_that_fails_midway_ends_the_stream_with_an_error(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    patient.gate.set()
    patient.fails_at = 2
    async with serve(patient) as service:
        answer = await transcribed(service, spoken(90_000), model="test", stream="true")
    first, error = events_of(answer.text)
    assert first["delta"] == patient.said(1)
    assert error["error"] == {
        "message": "The model has gone.",
        "type": "server_error",
        "param": None,
        "code": "engine_unavailable",
    }


async def test_a_model_that_fails_is_a_server_error(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    patient.gate.set()
    patient.fails_at = 1
    async with serve(patient) as service:
        for stream in ("true", "false"):
            patient.calls.clear()
            answer = await transcribed(service, spoken(6_000), model="test", stream=stream)
            assert answer.status_code == 503
            assert answer.json()["error"]["type"] == "server_error"


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"include[]": "logprobs"}, "unknown_parameter", "include"),
    ({"known_speaker_names[]": "Ana"}, "unknown_parameter", "known_speaker_names"),
    ({"logprobs": "true"}, "unknown_parameter", "logprobs"),
    ({"chunking_strategy": '{"type":"server_vad"}'}, "unsupported_value", "chunking_strategy"),
    ({"temperature": "0.2"}, "unsupported_value", "temperature"),
    ({"temperature": "warm"}, "invalid_value", "temperature"),
    ({"response_format": "diarized_json"}, "unsupported_value", "response_format"),
    ({"language": "en"}, "unsupported_value", "language"),
    ({"language": "Spanish"}, "invalid_value", "language"),
    ({"prompt": "Concejo de Cali"}, "unsupported_value", "prompt"),
    ({"keywords[]": ["Cali"]}, "unsupported_value", "prompt"),
    ({"timestamp_granularities[]": "word"}, "unsupported_value", "timestamp_granularities"),
    (
        {"timestamp_granularities[]": "letter", "response_format": "verbose_json"},
        "unsupported_value",
        "timestamp_granularities",
    ),
    ({"stream": "true", "response_format": "srt"}, "unsupported_value", "stream"),
    ({"stream": "perhaps"}, "invalid_value", "stream"),
    ({"language": ["es", "es"]}, "invalid_value", "language"),
    ({"model": ""}, "missing_required_parameter", "model"),
]


@pytest.mark.parametrize(("fields", "code", "param"), REFUSED)
async def test_what_cannot_be_honoured_is_refused_by_name(
    serve: Any, spoken: Callable[[int], bytes], fields: dict[str, Any], code: str, param: str
) -> None:
    async with serve() as service:
        answer = await transcribed(service, spoken(1_000), **fields)
        assert service.metric("astra_core_refused_total", code=code) == 1
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
    assert error["message"]


async def test_words_to_expect_reach_an_engine_that_takes_them(
    serve: Any, patient: Any, spoken: Callable[[int], bytes]
) -> None:
    patient.gate.set()
    async with serve(patient) as service:
        answer = await transcribed(
            service, spoken(6_000), model="test", prompt="Jhon, Siloé", **{"keywords[]": "Aguablanca"}
        )
        assert answer.status_code == 200
        assert patient.calls[0].hotwords == ("Jhon", "Siloé", "Aguablanca")
        prompt = ", ".join(f"Nombre{number}" for number in range(300))
        answer = await transcribed(service, spoken(6_000), model="test", prompt=prompt)
        assert answer.json()["error"]["param"] == "prompt"


async def test_recordings_that_cannot_be_heard_are_refused(
    serve: Any, spoken: Callable[[int], bytes]
) -> None:
    async with serve() as service:
        for content, code in (
            (b"", "audio_empty"),
            (b"this is no recording" * 100, "audio_unreadable"),
            (spoken(0), "audio_empty"),
        ):
            for stream in ("true", "false"):
                answer = await transcribed(service, content, stream=stream)
                assert answer.status_code == 400, (code, answer.text)
                assert (answer.json()["error"]["code"], answer.json()["error"]["param"]) == (code, "file")
        answer = await service.client.post("/v1/audio/transcriptions", data={"model": "demo"})
        assert answer.json()["error"]["code"] == "missing_required_parameter"


async def test_a_body_too_large_is_refused_by_its_length_and_by_what_comes(
    serve: Any, spoken: Callable[[int], bytes]
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        for _ in range(50):
            yield bytes(1000)

    async with serve(max_upload_bytes=20_000) as service:
        declared = await transcribed(service, spoken(10_000))
        streamed = await service.client.post(
            "/v1/audio/transcriptions",
            content=pieces(),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        for answer in (declared, streamed):
            assert answer.status_code == 413
            assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_models_are_listed_and_an_unknown_one_is_not_found(
    serve: Any, spoken: Callable[[int], bytes]
) -> None:
    async with serve() as service:
        listed = (await service.client.get("/v1/models")).json()
        assert listed["object"] == "list"
        assert [model["id"] for model in listed["data"]] == ["demo"]
        one = (await service.client.get("/v1/models/demo")).json()
        assert one == listed["data"][0]
        assert (one["object"], one["owned_by"]) == ("model", "whisper")
        for answer in (
            await service.client.get("/v1/models/openai/whisper-1"),
            await transcribed(service, spoken(1_000), model="whisper-1"),
        ):
            assert answer.status_code == 404
            assert answer.json()["error"]["code"] == "model_not_found"


async def test_a_model_of_a_hub_is_found_by_its_full_name_and_by_its_last_part_everywhere(
    serve: Any, spoken: Callable[[int], bytes]
) -> None:
    async with serve(name="council/demo") as service:
        address = str(service.client.base_url).replace("http", "ws", 1)
        for name in ("council/demo", "demo"):
            assert (await transcribed(service, spoken(6_000), model=name)).status_code == 200
            assert (await service.client.get(f"/v1/models/{name}")).json()["id"] == "council/demo"
            async with connect(f"{address}/v1/listen?model={name}") as socket:
                await socket.send('{"type": "CloseStream"}')
        assert (await transcribed(service, spoken(6_000), model="council")).status_code == 404
        with pytest.raises(InvalidStatus):
            await connect(f"{address}/v1/listen?model=council")


async def test_only_a_key_opens_the_service(serve: Any, spoken: Callable[[int], bytes]) -> None:
    key = "a-key-of-the-council-1"
    async with serve(keys=frozenset({key, "another-key-of-theirs"})) as service:
        for wrong in ({}, {"Authorization": "Bearer nope"}, {"Authorization": f"Basic {key}"}):
            service.client.headers.pop("Authorization", None)
            service.client.headers.update(wrong)
            answer = await transcribed(service, spoken(1_000))
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.json()["error"]["code"] == "invalid_api_key"
            problem = await service.client.post("/v1/core/process", json={"text": "Presente."})
            assert problem.status_code == 401
            assert problem.headers["content-type"] == "application/problem+json"
            assert (await service.client.get("/v1/models")).status_code == 401
        assert (await service.client.get("/health")).json() == {"status": "ok"}
        service.client.headers["Authorization"] = f"Bearer {key}"
        assert (await transcribed(service, spoken(6_000))).status_code == 200
