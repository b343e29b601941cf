"""Who may use the service: whoever has one of its keys."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from astra.kernel.errors import Unauthenticated


class ApiKeyInvalid(Unauthenticated):
    """The API key is missing or wrong; send it as `Authorization: Bearer KEY`."""

    code = "invalid_api_key"


class ApiKeys:
    """The keys of a service; with none it is open to whoever reaches it."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._digests = [_digest(key) for key in keys]

    def check(self, key: str | None) -> None:
        """Refuse a wrong key; `ApiKeyInvalid`.

        Digests of equal length are compared with all keys, each in constant time, so that the time says
        nothing about the keys.
        """
        if not self._digests:
            return
        offered = _digest(key or "")
        matches = [hmac.compare_digest(offered, known) for known in self._digests]
        if not any(matches):
            raise ApiKeyInvalid


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogatepass")).digest()
