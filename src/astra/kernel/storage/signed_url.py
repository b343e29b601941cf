"""Links that let their holder read one version of one object until they expire (HMAC-SHA256, RFC 2104)."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

from astra.kernel.clock import Clock
from astra.kernel.errors import InvalidInput
from astra.kernel.storage.blob_store import BlobRef, BlobUrlRefused, Bucket

MIN_KEY_BYTES: Final = 32  # the hash's output: RFC 2104 section 3 advises no less
MAX_EXPIRATION: Final = timedelta(days=7)  # as S3 Signature Version 4 has it, so that every store agrees
PATH: Final = "/v1/blobs"
_DIGITS: Final = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTarget:
    """What a link's holder may read."""

    bucket: Bucket
    key: str
    version_id: str


def validate_expiration(expiration: timedelta) -> None:
    """Raise `InvalidInput` unless a link may last that long: from one second to seven days."""
    if not timedelta(seconds=1) <= expiration <= MAX_EXPIRATION:
        raise InvalidInput("a link lasts from one second to seven days; ask for a time between them")


class BlobUrlSigner:
    """Signs links and verifies them; `signing_key` has at least 32 bytes.

    Args:
        signing_key: the secret; whoever holds it can read every object.
        base_url: scheme and authority of the API, or what returns it once its port is known.
        clock: tells when links expire.
    """

    def __init__(self, *, signing_key: bytes, base_url: str | Callable[[], str], clock: Clock) -> None:
        if len(signing_key) < MIN_KEY_BYTES:
            raise InvalidInput(f"the key that signs links must have at least {MIN_KEY_BYTES} bytes")
        self._signing_key = signing_key
        self._base_url = base_url
        self._clock = clock

    def sign(self, ref: BlobRef, expiration: timedelta) -> str:
        """Return `<base_url>/v1/blobs/<bucket>/<key>?version=…&expires=…&signature=…`."""
        validate_expiration(expiration)
        expires = str(int((self._clock.now() + expiration).timestamp()))
        target = SignedTarget(bucket=ref.bucket, key=ref.key, version_id=ref.version_id)
        query = {
            "version": ref.version_id,
            "expires": expires,
            "signature": self._signature(target, expires),
        }
        base_url = self._base_url if isinstance(self._base_url, str) else self._base_url()
        return f"{base_url.rstrip('/')}{PATH}/{ref.bucket}/{quote(ref.key)}?{urlencode(query)}"

    def verify(self, bucket: str, key: str, params: Mapping[str, str]) -> SignedTarget:
        """Return what the link allows to read; `BlobUrlRefused` if it is altered, expired or incomplete.

        Args:
            bucket: the bucket's name in the path.
            key: the key in the path, percent-decoded.
            params: the query's parameters, decoded.
        """
        expires = params.get("expires", "")
        if bucket not in set(Bucket) or not _DIGITS.fullmatch(expires):
            raise BlobUrlRefused
        target = SignedTarget(bucket=Bucket(bucket), key=key, version_id=params.get("version", ""))
        given = params.get("signature", "").encode("utf-8", "replace")
        if not hmac.compare_digest(self._signature(target, expires).encode(), given):
            raise BlobUrlRefused
        if self._clock.now().timestamp() >= int(expires):
            raise BlobUrlRefused("This link has expired; ask for a new one.")
        return target

    def _signature(self, target: SignedTarget, expires: str) -> str:
        parts = ("astra-blob-v1", "GET", target.bucket, target.key, target.version_id, expires)
        message = b"".join(
            len(part).to_bytes(4, "big") + part
            for part in (text.encode("utf-8", "surrogatepass") for text in parts)
        )
        return hmac.new(self._signing_key, message, hashlib.sha256).hexdigest()
