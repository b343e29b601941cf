"""A JSON endpoint in OpenAI's shape, asked within a time that holds for everything together.

Neither the key nor any text is logged: requests go over httpx's transport and not its client, which logs.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import httpx

from astra.core.retries import Retries, Sleep, retry_after_s
from astra.kernel.errors import InvalidInput
from astra.kernel.json_value import JsonValue

_PASSING: Final = {408, 409, 425, 429, 500, 502, 503, 504}
_MOST_BYTES: Final = 64 * 1024 * 1024  # an answer; 256 vectors of 4,096 dimensions are about 25 MB of JSON


class AddressInvalid(InvalidInput):
    """The address of the endpoint is not one; write it like https://host/v1."""

    code = "address_invalid"


class NoAnswer(Exception):
    """The endpoint gave nothing usable; the message says what, without any text or key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


class OpenAiEndpoint:
    """A connection. Thread-safe.

    Args:
        base_url: with its version, such as `http://localhost:8000/v1`.
        api_key: empty sends none.
        timeout_s: for one question with all its attempts and waits.
        retries: for what may pass: 408, 429, 5xx, no connection.
        sleep: waits between them.
        monotonic: a clock in seconds.

    Raises:
        AddressInvalid: the address cannot be one.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str = "",
        timeout_s: float,
        retries: Retries,
        sleep: Sleep = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise AddressInvalid(
                f"{parts.scheme}://{parts.hostname or ''} is no address; write https://host/v1"
            )
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._timeout_s = timeout_s
        self._retries = retries
        self._sleep = sleep
        self._monotonic = monotonic
        self._transport = httpx.HTTPTransport()

    def post(self, path: str, payload: Mapping[str, JsonValue]) -> JsonValue:
        """Send a question, return the decoded answer; `NoAnswer`."""
        deadline = self._monotonic() + self._timeout_s
        failures = 0
        while True:
            reply, reason = self._tried(path, payload, deadline)
            if reply and reply.status == HTTPStatus.OK:
                return _decoded(reply.body)
            if reply and reply.status not in _PASSING:
                raise NoAnswer(f"HTTP {reply.status}")
            failures += 1
            wait_s = self._retries.wait_s(failures, retry_after_s(reply.headers) if reply else None)
            if wait_s is None or self._monotonic() + wait_s >= deadline:
                raise NoAnswer(f"HTTP {reply.status}" if reply else reason)
            self._sleep(wait_s)

    def close(self) -> None:
        self._transport.close()

    def _tried(
        self, path: str, payload: Mapping[str, JsonValue], deadline: float
    ) -> tuple[_Reply | None, str]:
        """Return the whole answer, or why there is none."""
        left_s = max(deadline - self._monotonic(), 0.001)
        request = httpx.Request(
            "POST",
            f"{self._base_url}/{path}",
            headers=self._headers,
            json=payload,
            extensions={"timeout": httpx.Timeout(left_s).as_dict()},
        )
        try:
            answer = self._transport.handle_request(request)
            try:
                return self._read(answer, deadline), ""
            finally:
                answer.close()
        except (httpx.TransportError, httpx.DecodingError) as error:
            return None, type(error).__name__

    def _read(self, answer: httpx.Response, deadline: float) -> _Reply:
        """Read an answer that may trickle, within the time and a size."""
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if self._monotonic() > deadline:
                raise httpx.ReadTimeout("the answer does not end")
            if len(body) > _MOST_BYTES:
                raise NoAnswer("an answer that is too large")
        return _Reply(status=answer.status_code, headers=answer.headers, body=bytes(body))


def _decoded(body: bytes) -> JsonValue:
    try:
        decoded: JsonValue = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoAnswer("an answer that is not JSON") from error
    return decoded
