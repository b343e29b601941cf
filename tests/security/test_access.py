import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from astra.bootstrap.container import Application
from astra.entrypoints.http.app import create_app
from astra.kernel.ids import TenantId, UserId
from astra.kernel.storage.blob_store import Bucket
from astra.orchestrator.identity.values import Principal, Role

SignIn = Callable[[str, Role], Awaitable[dict[str, str]]]
START = {"client_timezone": "America/Bogota"}
CLAIMS = {
    "iss": "astra",
    "aud": "astra-api",
    "sub": "somebody",
    "tenant_id": "CONCEJO_A",
    "email": "a@b.c",
    "role": "operator",
}


def in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


async def test_every_route_but_the_public_ones_asks_for_a_token(
    application: Application, api: httpx.AsyncClient
) -> None:
    paths = create_app(application).openapi()["paths"]
    public = {"/auth/token", "/health", "/metrics", "/v1/blobs/{bucket}/{key}"}
    assert public < set(paths)
    for path in set(paths) - public:
        for method in paths[path]:
            answer = await api.request(method, path.replace("{session_id}", "x"))
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_token_altered_anywhere_is_refused(api: httpx.AsyncClient, sign_in: SignIn) -> None:
    token = (await sign_in("CONCEJO_A", Role.SECRETARY))["Authorization"].removeprefix("Bearer ")
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    foreign = base64.urlsafe_b64encode(json.dumps({**claims, "tenant_id": "CONCEJO_B"}).encode())
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    forged = [
        f"{header}.{foreign.decode().rstrip('=')}.{signature}",
        f"{header}.{payload}.{flipped}",
        f"{header}.{payload}.",
        "not.a.token",
        "",
    ]
    for bad in forged:
        answer = await api.post(
            "/v1/orchestrator/session/start", json=START, headers={"Authorization": f"Bearer {bad}"}
        )
        assert answer.status_code == 401, bad


@pytest.mark.parametrize("kind", ["none", "hs256", "foreign_key", "expired"])
async def test_tokens_made_by_others_or_too_old_are_refused(
    application: Application, api: httpx.AsyncClient, kind: str
) -> None:
    claims = {**CLAIMS, "exp": in_an_hour()}
    if kind == "none":
        token = jwt.encode(claims, None, algorithm="none")
    elif kind == "hs256":
        token = jwt.encode(claims, "a shared secret that is long enough", algorithm="HS256")
    elif kind == "foreign_key":
        token = jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA")
    else:
        somebody = Principal(
            user_id=UserId("u"), tenant_id=TenantId("CONCEJO_A"), email="a@b.c", role=Role.OPERATOR
        )
        expired_at = datetime.now(UTC) - timedelta(seconds=1)
        token = application.identity._tokens.issue(somebody, expired_at)
    answer = await api.post(
        "/v1/orchestrator/session/start", json=START, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401


async def test_another_council_can_do_nothing_with_a_session(api: httpx.AsyncClient, sign_in: SignIn) -> None:
    mine = await sign_in("CONCEJO_A", Role.SECRETARY)
    theirs = await sign_in("CONCEJO_B", Role.OPERATOR)
    started = await api.post("/v1/orchestrator/session/start", json=START, headers=mine)
    base = f"/v1/orchestrator/session/{started.json()['session_id']}"
    tries = [
        ("GET", base, {}),
        ("GET", f"{base}/blocks", {}),
        ("POST", f"{base}/append", {"json": {"sequence_id": 0, "text": "hola"}}),
        ("PATCH", f"{base}/current-context", {"json": {"topic": "x"}}),
        ("POST", f"{base}/upload-asset", {"files": {"file": ("a.png", b"x")}}),
        ("POST", f"{base}/finalize", {}),
        ("GET", f"{base}/finalize", {}),
    ]
    for method, path, content in tries:
        answer = await api.request(method, path, headers=theirs, **content)
        assert answer.status_code == 404, (method, path, answer.text)
        assert "CONCEJO_A" not in answer.text
    answer = await api.post(
        "/v1/orchestrator/session/start", json={**START, "tenant_id": "CONCEJO_A"}, headers=theirs
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_tenant")


async def test_a_viewer_reads_and_changes_nothing(api: httpx.AsyncClient, sign_in: SignIn) -> None:
    viewer = await sign_in("CONCEJO_A", Role.VIEWER)
    answer = await api.post("/v1/orchestrator/session/start", json=START, headers=viewer)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_insufficient")


async def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(
    api: httpx.AsyncClient, application: Application
) -> None:
    await application.identity.create_user(
        TenantId("CONCEJO_A"), "ana@astra.test", "a long password", Role.SECRETARY
    )
    answers = [
        await api.post("/auth/token", data={"username": user, "password": "a wrong password"})
        for user in ("ana@astra.test", "nobody@astra.test")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].content == answers[1].content


async def test_a_link_that_was_altered_or_has_expired_opens_nothing(
    api: httpx.AsyncClient, application: Application
) -> None:
    application.blobs.put(Bucket.RAW, "a/b.txt", b"content")
    application.blobs.put(Bucket.RAW, "a/c.txt", b"other")
    url = application.blobs.generate_presigned_url(Bucket.RAW, "a/b.txt", timedelta(minutes=5))
    assert (await api.get(url)).content == b"content"
    for bad in (
        url.replace("b.txt", "c.txt"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.split("?")[0],
    ):
        assert (await api.get(bad)).status_code in {404, 422}, bad


async def test_errors_of_ours_tell_nothing_of_the_inside(api: httpx.AsyncClient, sign_in: SignIn) -> None:
    mine = await sign_in("CONCEJO_A", Role.SECRETARY)
    answer = await api.post(
        "/v1/orchestrator/session/start", json={"client_timezone": 5, "secret": "x"}, headers=mine
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "request_invalid"
    assert "secret: " in answer.json()["detail"]
    assert "Traceback" not in answer.text
