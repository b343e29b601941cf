"""`POST /v1/core/process`, health and the documentation."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from astra.core.errors import EngineUnavailable
from astra.core.understanding.hashed_ngrams import HashedNgrams
from astra.core.values import EngineIdentity
from astra.samples import load_sample

ENTITIES = load_sample().entities


async def test_a_chunk_is_understood_in_its_context(serve: Any, spoken: Callable[[int], bytes]) -> None:
    context = {"session_id": "s1", "tenant_id": "CALI", "language": "es", "entities_dictionary": ENTITIES}
    sound = spoken(30_000)
    async with serve() as service:
        as_json = await service.client.post(
            "/v1/core/process", json={"audio": base64.b64encode(sound).decode(), "context": context}
        )
        as_form = await service.client.post(
            "/v1/core/process",
            files={"audio": ("chunk.wav", sound)},
            data={"context": json.dumps(context), "model": "demo"},
        )
        assert service.metric("astra_core_audio_seconds_total", model="demo") >= 30.0
    assert as_json.status_code == as_form.status_code == 200
    body = as_json.json()
    assert as_form.json() == body
    opening = next(one for one in body["utterances"] if one["intent"] == "OPENING")
    assert opening["template_id"] == "TPL_APERTURA"
    assert opening["label"] == "Apertura de la sesión"
    assert opening["structured_data"]["HORA"]
    assert opening["decided_by"] == "rule"
    assert opening["text"].startswith("Siendo las nueve")
    assert opening["heard"]
    assert 0 < opening["confidence"] <= 1
    times = opening["audio_metadata"]
    assert 0 < times["start_ms"] < times["end_ms"] <= 30_000
    assert times["time_start"].startswith("00:00:0")
    assert body["duration_ms"] == 30_000
    assert sum(span["end_ms"] - span["start_ms"] for span in body["coverage"]) == 30_000
    assert body["identity"]["model"] == "demo"
    assert body["language"] == "es"


async def test_the_dictionary_corrects_what_was_heard(serve: Any) -> None:
    async with serve() as service:
        answer = await service.client.post(
            "/v1/core/process",
            json={
                "text": "Tiene la palabra jhon.",
                "context": {"entities_dictionary": {"jhon": "John Jairo"}},
            },
        )
    (only,) = answer.json()["utterances"]
    assert (only["heard"], only["text"]) == ("Tiene la palabra jhon.", "Tiene la palabra John Jairo.")


async def test_a_text_is_understood_without_times(serve: Any) -> None:
    async with serve() as service:
        by_json = await service.client.post("/v1/core/process", json={"text": "Se levanta la sesión."})
        by_form = await service.client.post(
            "/v1/core/process", files={"text": (None, "Se levanta la sesión.")}
        )
    body = by_json.json()
    assert by_form.json() == body
    assert [one["intent"] for one in body["utterances"]] == ["CLOSING"]
    assert (body["duration_ms"], body["coverage"], body["identity"]) == (0, [], None)


async def test_the_councils_templates_travel_with_the_context(serve: Any) -> None:
    said = "Agradecemos a los asistentes por su compañía en este recinto."
    embedder = HashedNgrams()
    template = {
        "template_id": "TPL_GRACIAS",
        "label": "Agradecimiento",
        "text": said,
        "vector": embedder.embed([said])[0].tolist(),
    }
    templates = {"embedder": embedder.identity, "templates": [template], "margin": 0.05}
    async with serve() as service:
        answer = await service.client.post(
            "/v1/core/process", json={"text": said, "context": {"templates": templates}}
        )
        foreign = await service.client.post(
            "/v1/core/process", json={"text": said, "context": {"templates": {**templates, "embedder": "?"}}}
        )
    (only,) = answer.json()["utterances"]
    assert (only["template_id"], only["label"], only["decided_by"]) == (
        "TPL_GRACIAS",
        "Agradecimiento",
        "template",
    )
    assert foreign.status_code == 409
    assert foreign.json()["code"] == "templates_unusable"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"json": {}}, 422, "request_invalid"),
        ({"json": {"text": "a", "audio": "YQ=="}}, 422, "request_invalid"),
        ({"json": {"text": "a", "speed": 2}}, 422, "request_invalid"),
        ({"json": {"text": "a", "context": {"tenant": "x"}}}, 422, "request_invalid"),
        ({"json": {"text": "a", "context": {"language": "Spanish"}}}, 422, "request_invalid"),
        ({"json": {"audio": "no base64!"}}, 422, "audio_not_base64"),
        ({"json": {"audio": ""}}, 422, "audio_empty"),
        ({"json": {"audio": "bm8gc291bmQ="}}, 422, "audio_unreadable"),
        ({"json": {"text": "a", "model": "whisper-1"}}, 404, "model_not_found"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "request_invalid"),
        ({"content": b"RIFF", "headers": {"Content-Type": "audio/wav"}}, 422, "body_unusable"),
        ({"files": {"audio": ("a.wav", b"")}}, 422, "audio_empty"),
        ({"files": {"sound": ("a.wav", b"RIFF")}}, 422, "body_unusable"),
        ({"files": {"text": (None, "a"), "context": (None, "[]")}}, 422, "request_invalid"),
        ({"files": [("text", (None, "a")), ("text", (None, "b"))]}, 422, "body_unusable"),
        ({"json": {"text": "a" * 70_000}}, 413, "json_too_large"),
    ],
)
async def test_a_request_that_cannot_be_understood_is_a_problem(
    serve: Any, request_: dict[str, Any], status: int, code: str
) -> None:
    async with serve(max_json_bytes=65_536) as service:
        answer = await service.client.post("/v1/core/process", **request_)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_readiness_names_the_model_or_what_is_wrong(serve: Any, patient: Any) -> None:
    class Missing(type(patient)):  # type: ignore[misc]
        is_missing = True

        @property
        def identity(self) -> EngineIdentity:
            if self.is_missing:
                raise EngineUnavailable("The model is not here.")
            return super().identity  # type: ignore[no-any-return]

    engine = Missing()
    async with serve(engine) as service:
        answer = await service.client.get("/ready")
        assert answer.status_code == 503
        assert answer.json()["code"] == "engine_unavailable"
        engine.is_missing = False
        answer = await service.client.get("/ready")
        assert (answer.status_code, answer.json()["model"]) == (200, "test")


async def test_the_documentation_tells_the_bodies_and_needs_no_internet(serve: Any) -> None:
    async with serve() as service:
        document = (await service.client.get("/openapi.json")).json()
        page = (await service.client.get("/docs")).text
        nowhere = await service.client.get("/v1/nothing")
    process = document["paths"]["/v1/core/process"]["post"]["requestBody"]["content"]
    shape = process["application/json"]["schema"]["$ref"].rpartition("/")[2]
    schemas = document["components"]["schemas"]
    assert set(schemas[shape]["properties"]) == {"audio", "text", "model", "context"}
    assert "entities_dictionary" in schemas["ContextMessage"]["properties"]
    references = [part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]]
    assert set(references) <= set(schemas)
    form = document["paths"]["/v1/audio/transcriptions"]["post"]["requestBody"]["content"]
    assert "response_format" in form["multipart/form-data"]["schema"]["properties"]
    assert "https://" not in page
    assert nowhere.headers["content-type"] == "application/problem+json"


async def test_live_sound_needs_the_same_keys(serve: Any) -> None:
    async with serve(keys=frozenset({"a-key-of-the-council-1"})) as service:
        refused = await service.client.post("/v1/listen?mode=realtime", content=b"")
        assert refused.status_code == 401
        service.client.headers["Authorization"] = "Bearer a-key-of-the-council-1"
        heard = await service.client.post(
            "/v1/listen?mode=realtime&encoding=linear16&sample_rate=16000", content=bytes(32_000)
        )
    last = json.loads(heard.text.splitlines()[-1])
    assert (last["type"], last["duration"]) == ("Metadata", 1.0)
