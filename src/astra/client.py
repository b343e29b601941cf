"""A client of ASTRA's HTTP API: rides out restarts, since every call may be repeated safely."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from astra.kernel.errors import AstraError, Unavailable

RETRY_PAUSES_S: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0, 5.0, 5.0, 10.0)
POLL_S: Final = 0.1
RETRYABLE_STATUS: Final = {429, 502, 503, 504}

Json = dict[str, Any]


class RequestRefused(AstraError):
    """ASTRA refused the request."""

    code = "request_refused"

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        super().__init__(str(problem.get("detail") or f"HTTP {status}"))


class ApiUnreachable(Unavailable):
    """ASTRA's API does not answer; check the address and that it runs."""

    code = "api_unreachable"


class AstraClient:
    """One person's connection to one deployment."""

    def __init__(self, base_url: str, timeout_s: float = 60.0) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=timeout_s, trust_env=False)
        self._links = httpx.AsyncClient(timeout=timeout_s, trust_env=False)  # carries no token

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        await self._links.aclose()

    async def sign_in(self, email: str, password: str) -> None:
        """Get an access token for the calls that follow."""
        credentials = {"username": email, "password": password}
        answer = await self._answer(self._http, "POST", "/auth/token", data=credentials)
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    async def start_session(self, **body: object) -> Json:
        return await self._json("POST", "/session/start", json=body)

    async def session(self, session_id: str) -> Json:
        return await self._json("GET", f"/session/{session_id}")

    async def blocks(self, session_id: str) -> list[Json]:
        answer = await self._json("GET", f"/session/{session_id}/blocks")
        blocks: list[Json] = answer["blocks"]
        return blocks

    async def set_context(self, session_id: str, **context: object) -> Json:
        return await self._json("PATCH", f"/session/{session_id}/current-context", json=context)

    async def append_audio(
        self, session_id: str, sequence_id: int, audio: bytes, *, wait: bool = True
    ) -> Json:
        body = {
            "sequence_id": sequence_id,
            "audio_chunk": base64.b64encode(audio).decode(),
            "wait": wait,
        }
        return await self._json("POST", f"/session/{session_id}/append", json=body)

    async def append_text(self, session_id: str, sequence_id: int, text: str) -> Json:
        body = {"sequence_id": sequence_id, "text": text}
        return await self._json("POST", f"/session/{session_id}/append", json=body)

    async def upload_asset(self, session_id: str, content: bytes, caption: str) -> Json:
        return await self._json(
            "POST",
            f"/session/{session_id}/upload-asset",
            files={"file": ("image", content)},
            data={"caption": caption},
        )

    async def finalize(self, session_id: str, on_progress: Callable[[Json], None] = lambda _: None) -> Json:
        """Ask for the acta and wait until it is sealed."""
        while True:
            answer = await self._json("POST", f"/session/{session_id}/finalize")
            if not answer["is_draining"]:
                return answer
            on_progress(answer)
            await asyncio.sleep(POLL_S)

    async def download(self, url: str) -> bytes:
        """Fetch a signed link; the access token stays here."""
        return (await self._answer(self._links, "GET", url)).content

    async def _json(self, method: str, path: str, **content: Any) -> Json:
        answer = await self._answer(self._http, method, f"/v1/orchestrator{path}", **content)
        body: Json = answer.json()
        return body

    async def _answer(self, http: httpx.AsyncClient, method: str, url: str, **content: Any) -> httpx.Response:
        """Return the answer; try again what may succeed later. `RequestRefused`, `ApiUnreachable`."""
        for pause_s in (*RETRY_PAUSES_S, None):
            try:
                answer = await http.request(method, url, **content)
            except httpx.TransportError as error:
                if pause_s is None:
                    raise ApiUnreachable from error
            else:
                if answer.is_success:
                    return answer
                if pause_s is None or answer.status_code not in RETRYABLE_STATUS:
                    raise RequestRefused(answer.status_code, problem_of(answer))
            await asyncio.sleep(pause_s)
        raise ApiUnreachable


def problem_of(answer: httpx.Response) -> Mapping[str, Any]:
    """Return the problem document of an answer, or what comes closest."""
    try:
        problem = answer.json()
    except ValueError:
        return {"detail": f"HTTP {answer.status_code}"}
    return problem if isinstance(problem, dict) else {"detail": f"HTTP {answer.status_code}"}
