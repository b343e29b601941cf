"""What the engines of a remote provider share: a request that is tried again, its answer in CORE's words.

The key travels in a header alone. Neither it nor any text is logged: requests go over httpx's transport and
not its client, which logs each address with its query.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.retries import Retries, Sleep, retry_after_s
from astra.core.values import SAMPLES_PER_MS, EngineIdentity, Pcm16k

if TYPE_CHECKING:
    import httpx

Parsed = TypeVar("Parsed")

TIMEOUT_S: Final = 120.0  # without a byte from the provider
_CONNECT_TIMEOUT_S: Final = 10.0
_PASSING: Final = {408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529}
_LONGEST_QUOTE: Final = 200  # letters of what a provider says in an error
_WRONG_REQUEST: Final = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}
_REFUSALS: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "{name} does not accept the key; put a valid one into {key}.",
    HTTPStatus.PAYMENT_REQUIRED: "{name} finds no credit in the account; buy some, or name another engine.",
    HTTPStatus.FORBIDDEN: (
        "{name} does not let this key use the model {model}; check the rights of the key in {key}, "
        "or name another model."
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "{name} refuses a sound of this size; send it in shorter pieces.",
}


class ProviderUnanswering(EngineUnavailable):
    """The provider of recognition does not answer; try again in a few minutes, or name another engine."""

    code = "provider_unanswering"
    retryable = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who is asked, and where the settings for that are."""

    engine: str
    name: str  # as its users know it; it begins sentences
    model: str
    base_url: str
    key_setting: str
    url_setting: str

    @property
    def address(self) -> str:
        """The host and path of its API, without credentials: what stands for its version."""
        parts = urlsplit(self.base_url)
        return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path.rstrip('/')}"

    def identity(self) -> EngineIdentity:
        """Say what hears. The weights are not here to digest: it is over engine, address and model."""
        seal = f"{self.engine}\0{self.address}\0{self.model}"
        return EngineIdentity(
            engine=self.engine,
            engine_version=self.address,
            model=self.model,
            model_digest=hashlib.sha256(seal.encode()).hexdigest(),
        )


class HttpProvider:
    """A connection to a provider. Thread-safe.

    Args:
        provider: who is asked.
        authorization: the header that carries the key; empty sends none.
        timeout_s: how long to wait for the next byte of an answer.
        retries: for requests that may succeed later.
        sleep: waits between them.

    Raises:
        EngineUnavailable: the address or the key cannot be one.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        authorization: str,
        timeout_s: float = TIMEOUT_S,
        retries: Retries = Retries(),  # noqa: B008  # frozen
        sleep: Sleep = time.sleep,
    ) -> None:
        import httpx  # noqa: PLC0415  # takes 0.1 s to import

        _check(provider, authorization)
        self._provider = provider
        self._headers = {"Authorization": authorization} if authorization else {}
        self._timeouts = httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S)).as_dict()
        self._retries = retries
        self._sleep = sleep
        self._transport = httpx.HTTPTransport()

    def post(
        self,
        path: str,
        read: Callable[[Any], Parsed],
        *,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Parsed:
        """Send a request and return what `read` makes of its JSON answer.

        Args:
            path: below the provider's address.
            read: takes the decoded JSON; what it raises on a wrong shape is translated.
            headers: beside those of the connection.
            content: `params`, `content`, `data`, `files` as `httpx.Request` takes them.

        Raises:
            EngineUnavailable: the provider refuses the key or the account, fails, or answers something else.
            OptionUnsupported: it refuses the request.
        """
        answer = self._answered(path, {**self._headers, **(headers or {})}, content)
        try:
            return read(answer.json())
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            raise EngineUnavailable(
                f"{self._provider.name} answered something that its documentation does not describe; "
                f"check that the address in {self._provider.url_setting} is that of its API."
            ) from error

    def close(self) -> None:
        self._transport.close()

    def _answered(
        self, path: str, headers: Mapping[str, str], content: Mapping[str, Any]
    ) -> "httpx.Response":
        failures = 0
        while True:
            answer, cause = self._tried(path, headers, content)
            if answer is not None and not self._may_pass(answer):
                return self._accepted(answer)
            failures += 1
            wait_s = self._retries.wait_s(
                failures, retry_after_s(answer.headers) if answer is not None else None
            )
            if wait_s is None:
                raise self._given_up(answer, failures) from cause
            self._sleep(wait_s)

    def _tried(
        self, path: str, headers: Mapping[str, str], content: Mapping[str, Any]
    ) -> "tuple[httpx.Response | None, Exception | None]":
        """Return the whole answer, or why there is none."""
        import httpx  # noqa: PLC0415  # loaded already

        url = f"{self._provider.base_url.rstrip('/')}/{path}"
        request = httpx.Request(
            "POST", url, headers=headers, extensions={"timeout": self._timeouts}, **content
        )
        try:
            answer = self._transport.handle_request(request)
            try:
                answer.read()
            finally:
                answer.close()
        except (httpx.TransportError, httpx.DecodingError) as error:
            return None, error
        return answer, None

    def _may_pass(self, answer: "httpx.Response") -> bool:
        return answer.status_code in _PASSING and not _is_unpaid(answer)

    def _given_up(self, answer: "httpx.Response | None", failures: int) -> ProviderUnanswering:
        reason = f"HTTP {answer.status_code}" if answer is not None else "no connection"
        return ProviderUnanswering(
            f"{self._provider.name} does not answer ({reason}, tried {failures} times); try again in a few "
            "minutes, or name another engine."
        )

    def _accepted(self, answer: "httpx.Response") -> "httpx.Response":
        if answer.is_success:
            return answer
        raise self._refusal(answer)

    def _refusal(self, answer: "httpx.Response") -> EngineUnavailable | OptionUnsupported:
        provider, status = self._provider, answer.status_code
        known = _REFUSALS[HTTPStatus.PAYMENT_REQUIRED] if _is_unpaid(answer) else _REFUSALS.get(status)
        if known:
            return EngineUnavailable(
                known.format(name=provider.name, model=provider.model, key=provider.key_setting)
            )
        if status in _WRONG_REQUEST:
            return OptionUnsupported(
                f"{provider.name} refuses the request for the model {provider.model}{self._quote(answer)}; "
                "choose another model, language or words to expect."
            )
        return EngineUnavailable(
            f"{provider.name} answers HTTP {status}{self._quote(answer)}; check the model's name "
            f"({provider.model}) and the address in {provider.url_setting}."
        )

    def _quote(self, answer: "httpx.Response") -> str:
        """Return what the provider says of its refusal, without the key should it be in there."""
        said = _said(answer)
        for secret in self._headers.values():
            said = said.replace(secret.rpartition(" ")[2], "…")
        return f" ({said[:_LONGEST_QUOTE]})" if said else ""


def milliseconds(seconds: Any, sound: Pcm16k) -> int:
    """Return a time of an answer, within the sound."""
    return min(max(round(float(seconds) * 1000), 0), len(sound) // SAMPLES_PER_MS)


def probability(value: Any) -> float:
    """Return a number of an answer, within 0..1."""
    return min(max(float(value), 0.0), 1.0)


def _check(provider: Provider, authorization: str) -> None:
    try:
        is_address = urlsplit(provider.base_url).scheme in {"http", "https"} and provider.address
    except ValueError:
        is_address = ""
    if not is_address:
        raise EngineUnavailable(
            f"{provider.name} has no valid address; write it as https://… into {provider.url_setting}."
        )
    if not (authorization.isascii() and authorization.isprintable()):
        raise EngineUnavailable(
            f"{provider.name} takes no such key: it holds characters that no key has; copy it again into "
            f"{provider.key_setting}."
        )


def _said(answer: "httpx.Response") -> str:
    """Return the message of an error: `err_msg` (Deepgram), `error.message` (OpenAI), or nothing."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    error = body.get("error")
    said = error.get("message") if isinstance(error, dict) else body.get("err_msg") or body.get("message")
    return said if isinstance(said, str) else ""


def _is_unpaid(answer: "httpx.Response") -> bool:
    """Tell whether a 429 is OpenAI's word for an empty account, which no waiting helps."""
    try:
        error = answer.json()["error"]
        return "insufficient_quota" in {error["code"], error["type"]}
    except (ValueError, LookupError, TypeError):
        return False
