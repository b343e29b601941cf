"""Requests that no honest client sends: each a problem document, and nothing of the session is lost."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from astra.orchestrator.identity.values import Role

SignIn = Callable[[str, Role], Awaitable[dict[str, str]]]
Call = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def call(api: httpx.AsyncClient, sign_in: SignIn) -> Call:
    """Call an operation of a session of one's own."""
    headers = await sign_in("CONCEJO_A", Role.SECRETARY)
    started = await api.post(
        "/v1/orchestrator/session/start", json={"client_timezone": "America/Bogota"}, headers=headers
    )
    session_id = started.json()["session_id"]

    async def make(method: str, operation: str, **content: Any) -> httpx.Response:
        path = f"/v1/orchestrator/session/{session_id}/{operation}"
        return await api.request(method, path, headers=headers, **content)

    return make


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"sequence_id": 0}, "request_invalid"),
        ({"sequence_id": 0, "text": "a", "audio_chunk": "YQ=="}, "request_invalid"),
        ({"sequence_id": -1, "text": "a"}, "request_invalid"),
        ({"sequence_id": 2**60, "text": "a"}, "request_invalid"),
        ({"sequence_id": 0, "text": "a", "surprise": 1}, "request_invalid"),
        ({"sequence_id": 0, "audio_chunk": "no base64!"}, "audio_not_base64"),
        ({"sequence_id": 0, "audio_chunk": ""}, "append_empty"),
        ({"sequence_id": 0, "text": " "}, "append_empty"),
    ],
)
async def test_appends_that_make_no_sense_are_refused(call: Call, body: dict[str, Any], code: str) -> None:
    answer = await call("POST", "append", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    fine = await call("POST", "append", json={"sequence_id": 0, "text": "Hola."})
    assert fine.status_code == 200


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(call: Call) -> None:
    answer = await call("POST", "append", content=b" " * (65 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_body_that_says_nothing_of_its_size_is_refused_when_it_grows_too_large(
    call: Call,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(65):
            yield b" " * (1024 * 1024)

    answer = await call("POST", "append", content=endless())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"no image", 422, "image_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "image_unreadable"),
        (png(8000, 8000), 413, "image_too_large"),
        (png(300, 300)[:60], 422, "image_unreadable"),
    ],
)
async def test_images_that_are_none_or_bombs_are_refused(
    call: Call, content: bytes, status: int, code: str
) -> None:
    answer = await call("POST", "upload-asset", files={"file": ("a.png", content)})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_image_loses_its_metadata_and_its_excess_of_pixels(
    call: Call, api: httpx.AsyncClient
) -> None:
    photograph = Image.new("RGB", (3000, 1000), "navy")
    exif = photograph.getexif()
    exif[0x010E] = "where it was taken"
    buffer = io.BytesIO()
    photograph.save(buffer, "JPEG", exif=exif)
    answer = await call("POST", "upload-asset", files={"file": ("a.jpg", buffer.getvalue())})
    assert answer.status_code == 201
    kept = (await api.get(answer.json()["s3_url"])).content
    image = Image.open(io.BytesIO(kept))
    assert image.size == (1920, 640)
    assert b"where it was taken" not in kept
    assert not image.getexif()


async def test_what_does_not_exist_is_a_problem_document_too(call: Call, api: httpx.AsyncClient) -> None:
    for answer in (await api.get("/nowhere"), await call("GET", "finalize")):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_context_changes_only_in_what_was_sent(call: Call) -> None:
    await call("PATCH", "current-context", json={"topic": "Agua", "visibility": "RESTRICTED"})
    answer = await call("PATCH", "current-context", json={"topic": "Vías"})
    context = answer.json()["current_context"]
    assert (context["topic"], context["visibility"]) == ("Vías", "RESTRICTED")
