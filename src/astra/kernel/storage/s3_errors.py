"""What an S3 server, or the way to it, answers: in the words of the port.

Codes: Amazon S3 API Reference, "Error responses"; answers to HEAD have no body, so that the HTTP status is
the code. MinIO, Ceph and Cloudflare R2 add codes of their own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from astra.kernel.errors import AstraError
from astra.kernel.storage.blob_store import BlobNotFound, BlobRetained, StoreFull, StoreUnavailable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

Answer = TypeVar("Answer")

_MISSING: Final = {"NoSuchKey", "NoSuchVersion", "NotFound", "404", "PreconditionFailed", "412"}
_NOT_A_VERSION: Final = {"InvalidArgument", "InvalidRequest", "BadRequest", "400"}
_DENIED: Final = {"AccessDenied", "ObjectLocked", "403"}
_CREDENTIALS: Final = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "Unauthorized", *_DENIED}
_FULL: Final = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507"}
_NO_FEATURE: Final = {
    "NotImplemented",
    "501",
    "InvalidArgument",
    "InvalidRequest",
    "ObjectLockConfigurationNotFoundError",
}


@contextmanager
def s3_errors(*, version_id: str | None = None, is_locked: bool = False) -> Iterator[None]:
    """Translate what botocore raises.

    Args:
        version_id: the version asked for; some servers call one that never was an invalid argument.
        is_locked: the call would change what Object Lock may keep, which is then why it is denied.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - takes 0.2 s to import

    try:
        yield
    except ClientError as error:
        code = _code_of(error)
        if is_locked and code in _DENIED:
            raise BlobRetained from error
        if version_id is not None and code in _NOT_A_VERSION:
            raise BlobNotFound from error
        raise _translated(code) from error
    except BotoCoreError as error:
        raise StoreUnavailable(
            f"The object store does not answer ({type(error).__name__}); try again in a moment."
        ) from error


def answer_if_supported(call: Callable[[], Answer]) -> Answer | None:
    """Return the answer to a call, or None from a server that has no such feature."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - takes 0.2 s to import

    with s3_errors():
        try:
            return call()
        except ClientError as error:
            if _code_of(error) in _NO_FEATURE:
                return None
            raise


def _code_of(error: "ClientError") -> str:
    return error.response.get("Error", {}).get("Code", "")


def _translated(code: str) -> AstraError:
    if code in _MISSING:
        return BlobNotFound()
    if code in _FULL:
        return StoreFull()
    if code == "NoSuchBucket":
        return StoreUnavailable("The object store lacks a bucket of ASTRA's; create it and try again.")
    if code in _CREDENTIALS:
        return StoreUnavailable(f"The object store denies access ({code}); check its keys and their rights.")
    return StoreUnavailable(f"The object store failed ({code}); try again in a moment.")
