"""The object store over the S3 API: AWS, Cloudflare R2, MinIO, Ceph.

The content's SHA-256 is in the object's metadata. A bucket with Object Lock keeps retained objects itself, in
compliance mode; in another one ASTRA writes the date into the metadata and refuses on its own. In a bucket
without versions the ETag stands for the version id: what was overwritten is no longer found, and links follow
the key. Two writers at once may both add a version over a retained one, which stays as it is.
"""

import io
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from astra.kernel.clock import Clock
from astra.kernel.storage.blob_store import (
    BlobNotFound,
    BlobRef,
    BlobRetained,
    Bucket,
    CustodyPromise,
    StoreUnavailable,
)
from astra.kernel.storage.durable_files import Digest, digest_of
from astra.kernel.storage.object_keys import can_start_key, validate_key
from astra.kernel.storage.s3_buckets import S3Buckets
from astra.kernel.storage.s3_errors import s3_errors
from astra.kernel.storage.s3_transfer import (
    READ_BYTES,
    Destination,
    LockArguments,
    S3Transfer,
    Source,
    body_from,
    seekable,
    version_arguments,
    version_of,
)
from astra.kernel.storage.signed_url import validate_expiration

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef

PART_BYTES: Final = 8 << 20
COPY_PART_BYTES: Final = 5 << 30  # Amazon S3 API Reference, CopyObject: up to 5 GB in one request
SHA256: Final = "sha256"
RETAIN_UNTIL: Final = "retain-until"
CONNECT_TIMEOUT_S: Final = 5
READ_TIMEOUT_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A version as the server has it."""

    ref: BlobRef
    retain_until: datetime | None


class S3Store:
    """A `BlobStore` on an S3 server.

    Args:
        endpoint_url: scheme and authority of the server.
        region: its region; `auto` for Cloudflare R2.
        access_key: the id of the key.
        secret_key: the key.
        bucket_names: the server's name of each bucket.
        clock: tells when retention ends.
        part_bytes: the size of an upload's parts; memory is about three times that.
        copy_part_bytes: the largest copy made in one request.
    """

    def __init__(
        self,
        *,
        endpoint_url: str,
        region: str,
        access_key: str,
        secret_key: str,
        bucket_names: Mapping[Bucket, str],
        clock: Clock,
        part_bytes: int = PART_BYTES,
        copy_part_bytes: int = COPY_PART_BYTES,
    ) -> None:
        self._client = _connect(endpoint_url, region, access_key, secret_key)
        self._buckets = S3Buckets(self._client, region, bucket_names)
        self._clock = clock
        self._transfer = S3Transfer(self._client, part_bytes=part_bytes, copy_part_bytes=copy_part_bytes)

    @property
    def custody_promise(self) -> CustodyPromise:
        """Say who keeps what is in custody; asks the server the first time."""
        return CustodyPromise.STORE if self._buckets.has_lock(Bucket.CUSTODY) else CustodyPromise.ASTRA

    def supports_object_lock(self, bucket: Bucket) -> bool:
        """Return whether the server itself keeps retained objects of this bucket."""
        return self._buckets.has_lock(bucket)

    def ensure_buckets(self) -> None:
        """Make the buckets that are missing, with versions, and the custody bucket with Object Lock.

        What the server has no feature for is left out; `custody_promise` says what that means.
        """
        for bucket in self._buckets:
            if not self._buckets.exists(bucket):
                self._buckets.create(bucket)
            if not self._buckets.has_versions(bucket):
                self._buckets.enable_versions(bucket)

    def put(
        self,
        bucket: Bucket,
        key: str,
        content: bytes | BinaryIO,
        *,
        retain_until: datetime | None = None,
    ) -> BlobRef:
        validate_key(key)
        with seekable(content) as stream:
            start = stream.tell()
            digest = digest_of(stream)
            stream.seek(start)
            if held := self._already_held(bucket, key, digest, is_copy=False):
                return self._prolonged(held, retain_until)
            return self._write(
                bucket,
                key,
                digest,
                retain_until,
                lambda destination: self._transfer.upload(destination, stream, digest),
            )

    def get(self, bucket: Bucket, key: str, version_id: str | None = None) -> bytes:
        with self.open(bucket, key, version_id) as stream:
            return stream.read()

    def open(self, bucket: Bucket, key: str, version_id: str | None = None, *, start: int = 0) -> BinaryIO:
        validate_key(key)
        with s3_errors(version_id=version_id):
            body = body_from(
                start,
                lambda part: self._client.get_object(
                    Bucket=self._buckets.name(bucket), Key=key, **version_arguments(version_id), **part
                ),
            )
        return io.BufferedReader(body, buffer_size=READ_BYTES) if body else io.BytesIO()

    def head(self, bucket: Bucket, key: str, version_id: str | None = None) -> BlobRef:
        validate_key(key)
        return self._stored(bucket, key, version_id).ref

    def keys(self, bucket: Bucket, prefix: str) -> Iterator[str]:
        if not can_start_key(prefix):
            return
        pages = self._client.get_paginator("list_objects_v2")
        with s3_errors():
            for page in pages.paginate(Bucket=self._buckets.name(bucket), Prefix=prefix):
                yield from (entry["Key"] for entry in page.get("Contents", []))

    def delete(self, bucket: Bucket, key: str) -> None:
        validate_key(key)
        version_ids = list(self._version_ids(bucket, key))
        for version_id in version_ids:
            self._refuse_if_retained(bucket, key, version_id)
        for version_id in version_ids:
            self._delete_version(bucket, key, version_id)

    def copy(
        self, source: BlobRef, bucket: Bucket, key: str, *, retain_until: datetime | None = None
    ) -> BlobRef:
        validate_key(source.key)
        validate_key(key)
        stored = self._stored(source.bucket, source.key, source.version_id).ref
        digest = Digest(size_bytes=stored.size_bytes, sha256=stored.sha256)
        if held := self._already_held(bucket, key, digest, is_copy=True):
            return self._prolonged(held, retain_until)
        return self._copy(stored, bucket, key, retain_until)

    def upload_file(self, path: Path, bucket: Bucket, key: str) -> BlobRef:
        with path.open("rb") as content:
            return self.put(bucket, key, content)

    def generate_presigned_url(self, bucket: Bucket, key: str, expiration: timedelta) -> str:
        validate_expiration(expiration)
        version = version_arguments(self.head(bucket, key).version_id)
        pinned = {"VersionId": version["VersionId"]} if "VersionId" in version else {}
        with s3_errors():
            url: str = self._client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self._buckets.name(bucket), "Key": key, **pinned},
                ExpiresIn=int(expiration.total_seconds()),
            )
        return url

    def check(self) -> None:
        for bucket in self._buckets:
            if not self._buckets.exists(bucket):
                raise StoreUnavailable(
                    f"The object store has no bucket {self._buckets.name(bucket)!r}; create it."
                )
        probe = self.put(Bucket.RAW, f".astra/check-{secrets.token_hex(8)}", b"astra")
        self.get(probe.bucket, probe.key, probe.version_id)
        self.delete(probe.bucket, probe.key)

    def _already_held(self, bucket: Bucket, key: str, digest: Digest, *, is_copy: bool) -> _Stored | None:
        """Return the version that makes a new one needless; `BlobRetained` if it forbids a new one."""
        try:
            stored = self._stored(bucket, key, None)
        except BlobNotFound:
            return None
        is_same = stored.ref.sha256 == digest.sha256
        is_retained = self._future(stored.retain_until) is not None
        if is_retained and not is_same:
            raise BlobRetained
        return stored if is_same and (is_copy or is_retained) else None

    def _prolonged(self, stored: _Stored, retain_until: datetime | None) -> BlobRef:
        """Keep a version that is there until the later of its date and `retain_until`."""
        retention = self._future(retain_until)
        if retention is None or (stored.retain_until and stored.retain_until >= retention):
            return stored.ref
        if self._buckets.has_lock(stored.ref.bucket):
            self._lock(stored.ref, retention)
            return stored.ref
        return self._copy(stored.ref, stored.ref.bucket, stored.ref.key, retain_until)

    def _write(
        self,
        bucket: Bucket,
        key: str,
        digest: Digest,
        retain_until: datetime | None,
        send: Callable[[Destination], str],
    ) -> BlobRef:
        metadata = {SHA256: digest.sha256}
        lock: LockArguments = {}
        retention = self._future(retain_until)
        if retention and self._buckets.has_lock(bucket):
            lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": retention}
        elif retention:
            metadata[RETAIN_UNTIL] = retention.isoformat()
        destination = Destination(bucket=self._buckets.name(bucket), key=key, metadata=metadata, lock=lock)
        version_id = self._version_written(bucket, key, send(destination))
        ref = BlobRef(
            bucket=bucket,
            key=key,
            version_id=version_id,
            size_bytes=digest.size_bytes,
            sha256=digest.sha256,
        )
        if retention and lock:
            self._ensure_locked(ref, retention)
        return ref

    def _copy(self, source: BlobRef, bucket: Bucket, key: str, retain_until: datetime | None) -> BlobRef:
        origin = Source(
            bucket=self._buckets.name(source.bucket),
            key=source.key,
            version=version_arguments(source.version_id),
            size_bytes=source.size_bytes,
        )
        digest = Digest(size_bytes=source.size_bytes, sha256=source.sha256)
        return self._write(
            bucket, key, digest, retain_until, lambda destination: self._transfer.copy(destination, origin)
        )

    def _ensure_locked(self, ref: BlobRef, retain_until: datetime) -> None:
        """Lock a version that the server stored without its lock, as Ceph before 17 does with copies."""
        stored = self._stored(ref.bucket, ref.key, ref.version_id)
        if stored.retain_until is None or stored.retain_until < retain_until:
            self._lock(ref, retain_until)

    def _lock(self, ref: BlobRef, retain_until: datetime) -> None:
        with s3_errors(is_locked=True):
            self._client.put_object_retention(
                Bucket=self._buckets.name(ref.bucket),
                Key=ref.key,
                VersionId=ref.version_id,
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": retain_until},
            )

    def _stored(self, bucket: Bucket, key: str, version_id: str | None) -> _Stored:
        with s3_errors(version_id=version_id):
            answer = self._client.head_object(
                Bucket=self._buckets.name(bucket), Key=key, **version_arguments(version_id)
            )
        metadata = answer["Metadata"]
        written = metadata.get(RETAIN_UNTIL)
        retain_until = answer.get("ObjectLockRetainUntilDate")
        version = version_of(answer.get("VersionId"), answer["ETag"])
        ref = BlobRef(
            bucket=bucket,
            key=key,
            version_id=version,
            size_bytes=answer["ContentLength"],
            sha256=metadata.get(SHA256) or self._sha256(bucket, key, version),
        )
        return _Stored(
            ref=ref, retain_until=retain_until or (datetime.fromisoformat(written) if written else None)
        )

    def _sha256(self, bucket: Bucket, key: str, version_id: str) -> str:
        """Read through an object that something else than ASTRA stored."""
        with self.open(bucket, key, version_id) as content:
            return digest_of(content).sha256

    def _future(self, instant: datetime | None) -> datetime | None:
        """Return an instant, up to the next whole second, that is still to come."""
        if instant is None or instant <= self._clock.now():
            return None
        return instant.replace(microsecond=0) + timedelta(seconds=1 if instant.microsecond else 0)

    def _version_ids(self, bucket: Bucket, key: str) -> Iterator[str | None]:
        """Yield the versions of a key, delete markers too; None where a bucket has no versions."""
        if not self._buckets.has_versions(bucket):
            yield None
            return
        for page in self._version_pages(bucket, key):
            entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            yield from (entry["VersionId"] for entry in entries if entry["Key"] == key)
            if any(entry["Key"] != key for entry in entries):  # longer keys come after it
                return

    def _version_written(self, bucket: Bucket, key: str, version_id: str) -> str:
        """Return the version id of what was just written, also of servers that tell its ETag alone."""
        condition = version_arguments(version_id)
        if "IfMatch" not in condition or not self._buckets.has_versions(bucket):
            return version_id
        for page in self._version_pages(bucket, key):
            for entry in page.get("Versions", []):  # newest first
                if (entry["Key"], entry["ETag"]) == (key, condition["IfMatch"]):
                    return entry["VersionId"]
        raise BlobNotFound

    def _version_pages(self, bucket: Bucket, key: str) -> Iterator["ListObjectVersionsOutputTypeDef"]:
        with s3_errors():
            yield from self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._buckets.name(bucket), Prefix=key
            )

    def _refuse_if_retained(self, bucket: Bucket, key: str, version_id: str | None) -> None:
        with suppress(BlobNotFound):  # a delete marker, or gone meanwhile
            if self._future(self._stored(bucket, key, version_id).retain_until):
                raise BlobRetained

    def _delete_version(self, bucket: Bucket, key: str, version_id: str | None) -> None:
        with s3_errors(is_locked=self._buckets.has_lock(bucket)):
            self._client.delete_object(
                Bucket=self._buckets.name(bucket), Key=key, **version_arguments(version_id)
            )


def _connect(endpoint_url: str, region: str, access_key: str, secret_key: str) -> "S3Client":
    """Return a client that sends only what every S3 server understands: paths, and no trailing checksums."""
    from boto3.session import Session  # noqa: PLC0415 - takes 0.2 s to import
    from botocore.config import Config  # noqa: PLC0415 - likewise

    return Session().client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            retries={"mode": "standard", "max_attempts": 3},
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
