"""`SoundSource` over an address: a recording on a web server, read in parts and never held whole.

Requests go over httpx's transport and not its client, which logs each address: one may hold a signature.
Ranges, validators and redirects: RFC 9110, sections 14, 8.8 and 15.4.
"""

import re
import ssl
import time
from base64 import b64encode
from dataclasses import dataclass
from http import HTTPStatus
from socket import gaierror
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import unquote, urljoin, urlsplit

from astra.core.errors import AudioUnreadable
from astra.core.retries import Retries, Sleep, retry_after_s
from astra.core.sound.remote_file import BUFFER_BYTES, Interrupted, open_remote

if TYPE_CHECKING:
    import httpx

_CONNECT_TIMEOUT_S: Final = 10.0
_PASSING: Final = {408, 409, 425, 429, 500, 502, 503, 504}
_REDIRECTS: Final = {301, 302, 303, 307, 308}
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_RETRIES: Final = Retries()


class AudioUnreachable(AudioUnreadable):
    """The server of the recording does not answer; try again in a moment."""

    code = "audio_unreachable"
    retryable = True


class UrlSound:
    """A recording behind `http://` or `https://`.

    A server without ranges is read from the start again for each way back. A recording that is not the same
    any more at a later request is refused. Whoever lets others name the address decides first which ones may
    be visited from here.

    Args:
        url: the address; a user and a password in it go to that server alone.
        timeout_s: how long to wait for the next byte.
        buffer_bytes: how much of the recording is held.
        most_redirects: how often a server may point elsewhere.
        retries: for connections that break; counted anew after each byte.
        sleep: waits between them.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = 30.0,
        buffer_bytes: int = BUFFER_BYTES,
        most_redirects: int = 5,
        retries: Retries = _RETRIES,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._buffer_bytes = buffer_bytes
        self._most_redirects = most_redirects
        self._retries = retries
        self._sleep = sleep

    def open(self) -> BinaryIO:
        """Return the recording as a file.

        Reading it raises what opening raises.

        Raises:
            AudioUnreadable: the address gives no recording; the message says why and what to do.
            AudioUnreachable: nobody answers there now.
        """
        return open_remote(
            _WebBytes(_checked(self._url), self._timeout_s, self._most_redirects),
            buffer_bytes=self._buffer_bytes,
            retries=self._retries,
            sleep=self._sleep,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edition:
    """What tells one content at an address from another."""

    etag: str
    last_modified: str
    size_bytes: int | None


class _WebBytes:
    """`RemoteBytes` over HTTP."""

    def __init__(self, url: str, timeout_s: float, most_redirects: int) -> None:
        import httpx  # noqa: PLC0415  # takes 0.1 s to import

        self._url = url
        self._timeouts = httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S)).as_dict()
        self._most_redirects = most_redirects
        self._transport = httpx.HTTPTransport()
        self._edition: _Edition | None = None
        self.can_start_anywhere = True

    @property
    def size_bytes(self) -> int | None:
        return self._edition.size_bytes if self._edition else None

    def open_at(self, start: int) -> "_Body":
        answer = self._final(start)
        try:
            first, size_bytes = _place(answer, start)
            self._check_same(answer, size_bytes)
            self.can_start_anywhere = answer.status_code == HTTPStatus.PARTIAL_CONTENT
            body = _Body(answer)
            _skip(body, start - first)
        except BaseException:
            answer.close()
            raise
        return body

    def close(self) -> None:
        self._transport.close()

    def _final(self, start: int) -> "httpx.Response":
        """Return the answer, its body still to come, of the last server that the address leads to."""
        url = self._url
        for _ in range(self._most_redirects + 1):
            answer = self._asked(url, start)
            target = answer.headers.get("location")
            if answer.status_code not in _REDIRECTS or not target:
                return answer
            answer.close()
            url = _checked(urljoin(url, target))
        raise AudioUnreadable("The address of the recording leads on and on; give the one where it lies.")

    def _asked(self, url: str, start: int) -> "httpx.Response":
        import httpx  # noqa: PLC0415  # loaded already

        headers = {"Range": f"bytes={start}-", "Accept-Encoding": "identity", "Accept": "*/*"}
        try:
            request = httpx.Request(
                "GET",
                _without_user(url),
                headers={**headers, **_authorization(url)},
                extensions={"timeout": self._timeouts},
            )
            return self._transport.handle_request(request)
        except httpx.InvalidURL as error:
            raise AudioUnreadable("The address of the recording is not one; check it.") from error
        except httpx.TransportError as error:
            raise _translated(error, url) from error

    def _check_same(self, answer: "httpx.Response", size_bytes: int | None) -> None:
        edition = _Edition(
            etag=answer.headers.get("etag", ""),
            last_modified=answer.headers.get("last-modified", ""),
            size_bytes=size_bytes,
        )
        if self._edition is not None and edition != self._edition:
            raise AudioUnreadable(
                "The recording at this address changed while it was being read; begin again, or "
                "download it first."
            )
        self._edition = edition


class _Body:
    """What an answer still has to give, at most one packet ahead."""

    def __init__(self, answer: "httpx.Response") -> None:
        self._answer = answer
        self._packets = answer.iter_raw()
        self._rest = memoryview(b"")

    def read(self, size: int, /) -> bytes:
        import httpx  # noqa: PLC0415  # loaded already

        if not self._rest:
            try:
                self._rest = memoryview(next(self._packets, b""))
            except httpx.TransportError as error:
                reason = (
                    "The connection to the server of the recording breaks off again and again; try later."
                )
                raise Interrupted(AudioUnreachable(reason)) from error
        taken, self._rest = self._rest[:size], self._rest[size:]
        return bytes(taken)

    def close(self) -> None:
        self._answer.close()


def _place(answer: "httpx.Response", start: int) -> tuple[int, int | None]:
    """Return where an answer's body begins and the length of the whole; raise for an answer without one."""
    status = answer.status_code
    if status == HTTPStatus.OK:
        declared = answer.headers.get("content-length", "")
        return 0, int(declared) if declared.isdecimal() else None
    if status == HTTPStatus.PARTIAL_CONTENT:
        place = _RANGE.fullmatch(answer.headers.get("content-range", "").strip())
        if place is None or int(place[1]) != start:
            raise AudioUnreadable(
                "The server sends other parts of the recording than asked; download it first."
            )
        return start, None if place[3] == "*" else int(place[3])
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start == 0:
        return 0, 0  # an empty file has no first byte
    raise _refusal(answer)


def _refusal(answer: "httpx.Response") -> Exception:
    status = answer.status_code
    if status in _PASSING:
        reason = f"The server of the recording fails (HTTP {status}); try again in a few minutes."
        return Interrupted(AudioUnreachable(reason), retry_after_s(answer.headers))
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return AudioUnreadable(
            f"The server does not give out this recording (HTTP {status}): the link has expired or needs a "
            "password; make a new link."
        )
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return AudioUnreadable(f"There is no recording at this address (HTTP {status}); check it.")
    return AudioUnreadable(f"The server answers HTTP {status} instead of the recording; check the address.")


def _translated(error: "httpx.TransportError", url: str) -> Exception:
    """Tell why a server cannot be reached; a name or a certificate that is wrong now is wrong in a second."""
    host = urlsplit(url).hostname
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return AudioUnreadable(
            f"The server {host} does not prove who it is (its certificate is not valid); check the address."
        )
    if any(isinstance(cause, gaierror) for cause in causes):
        return AudioUnreadable(f"There is no server {host}; check the address and the connection.")
    reason = f"The server {host} does not answer ({type(error).__name__}); try again in a few minutes."
    return Interrupted(AudioUnreachable(reason))


def _causes(error: BaseException | None) -> "list[BaseException]":
    causes = []
    while error is not None:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return causes


def _skip(body: _Body, count: int) -> None:
    """Pass over the bytes that a server without ranges sends before those asked for."""
    while count > 0 and (content := body.read(count)):
        count -= len(content)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and parts.hostname
    except ValueError:
        is_address = None
    if not is_address:
        raise AudioUnreadable("A recording is fetched from http:// or https:// alone; check the address.")
    return url


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def _authorization(url: str) -> dict[str, str]:
    """Return the header of the user and password in an address (RFC 7617)."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
