"""The object store as ASTRA sees it: buckets of versioned objects, some of them write-once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from astra.kernel.errors import Conflict, InvalidInput, NotFound, Unavailable


class Bucket(StrEnum):
    """The buckets of a deployment; an adapter maps each to its own name."""

    RAW = "raw"  # live and uploaded audio, assets, dumps
    FAILOVER = "failover"  # audio that CORE could not take yet
    SKELETONS = "skeletons"
    CUSTODY = "custody"  # write once, kept until its retention date


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobRef:
    """One stored version of an object."""

    bucket: Bucket
    key: str
    version_id: str
    size_bytes: int
    sha256: str  # lower-case hex of the content


class CustodyPromise(StrEnum):
    """Who refuses to change or delete a retained object before its date."""

    STORE = "store"  # the store itself, even against whoever holds its keys
    ASTRA = "astra"  # ASTRA alone: whoever holds the store's keys or its disk can still do it

    @property
    def statement(self) -> str:
        """Say what this custody can and cannot promise, for a report or an operator."""
        if self is CustodyPromise.STORE:
            return (
                "The store itself refuses to change or delete an object in custody before its date, "
                "for its administrators too (S3 Object Lock, compliance mode)."
            )
        return (
            "ASTRA refuses to change or delete an object in custody before its retention date, but this "
            "store cannot: whoever holds its keys or its disk can. The seal still shows any change."
        )


class BlobNotFound(NotFound):
    """There is no object (or no such version) at that key."""

    code = "blob_not_found"


class BlobRetained(Conflict):
    """The object is in custody; it cannot be changed or deleted before its retention date."""

    code = "blob_retained"


class BlobKeyInvalid(InvalidInput):
    """An object key must be a relative path without empty, '.' or '..' parts."""

    code = "blob_key_invalid"


class BlobUrlRefused(InvalidInput):
    """This link is not valid, or it has expired; ask for a new one."""

    code = "blob_url_refused"


class StoreFull(Unavailable):
    """The object store has no room left; free some space and try again."""

    code = "store_full"


class StoreUnavailable(Unavailable):
    """The object store does not answer; try again in a moment."""

    code = "store_unavailable"


class BlobStore(Protocol):
    """Objects by bucket and key. A write is complete and durable when its call returns, or leaves nothing.

    Keys are relative paths with `/`, as `object_keys` has it; any other raises `BlobKeyInvalid`. Reads
    without a version return the latest one, and raise `BlobNotFound` when there is none. Methods raise the
    errors of this module and no vendor's: `StoreFull` and `StoreUnavailable` can come from each of them. What
    a stream given to `put` raises when it is read passes through, and nothing is stored. Thread-safe.
    """

    @property
    def custody_promise(self) -> CustodyPromise:
        """Say who keeps what is in the custody bucket from being changed."""
        ...

    def put(
        self,
        bucket: Bucket,
        key: str,
        content: bytes | BinaryIO,
        *,
        retain_until: datetime | None = None,
    ) -> BlobRef:
        """Store a new version; with `retain_until` it cannot be changed or deleted before that instant.

        Over an object whose date has not come, the same content is no new version: the stored one is
        returned, kept until the later of both dates. Other content raises `BlobRetained`.
        """
        ...

    def get(self, bucket: Bucket, key: str, version_id: str | None = None) -> bytes:
        """Return the whole content (for small objects)."""
        ...

    def open(self, bucket: Bucket, key: str, version_id: str | None = None, *, start: int = 0) -> BinaryIO:
        """Return a readable stream over the content, not always seekable; the caller closes it.

        The bytes before `start` are left out, and not fetched; from the end on there are none.
        """
        ...

    def head(self, bucket: Bucket, key: str, version_id: str | None = None) -> BlobRef:
        """Return what is stored at the key, without its content."""
        ...

    def keys(self, bucket: Bucket, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, ordered by code point."""
        ...

    def delete(self, bucket: Bucket, key: str) -> None:
        """Delete every version; a missing key is no error; `BlobRetained` before the retention date."""
        ...

    def copy(
        self, source: BlobRef, bucket: Bucket, key: str, *, retain_until: datetime | None = None
    ) -> BlobRef:
        """Copy one version inside the store. Copying the same content twice is one object, not an error.

        With `retain_until` the copy is kept until the later of that date and the one it may have already.
        Over other content whose date has not come it raises `BlobRetained`.
        """
        ...

    def upload_file(self, path: Path, bucket: Bucket, key: str) -> BlobRef:
        """Store a file of any size without holding it in memory."""
        ...

    def generate_presigned_url(self, bucket: Bucket, key: str, expiration: timedelta) -> str:
        """Return a URL that lets its holder read the object's present version until it expires.

        `expiration` is from one second to seven days; else `InvalidInput`.
        """
        ...

    def check(self) -> None:
        """Raise `StoreUnavailable` unless the store can be written and read."""
        ...
