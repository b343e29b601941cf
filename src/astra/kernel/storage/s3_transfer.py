"""Content on its way into and out of an S3 server, in constant memory.

Parts go one after another, each with its MD5 (RFC 1864), which every S3 server checks and Object Lock
demands. boto3's own transfer manager neither tells the version that it wrote nor sends an MD5.
"""

import base64
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, TypedDict

from astra.kernel.errors import AstraError, IntegrityError
from astra.kernel.storage.blob_store import BlobNotFound
from astra.kernel.storage.durable_files import Digest, chunks
from astra.kernel.storage.s3_errors import s3_errors

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, CopySourceTypeDef, GetObjectOutputTypeDef

READ_BYTES: Final = 1 << 18
ETAG_PREFIX: Final = "etag:"
_BEYOND_END: Final = {"InvalidRange", "416"}
MAX_PARTS: Final = 10_000  # Amazon S3 User Guide, "Amazon S3 multipart upload limits"


class LockArguments(TypedDict, total=False):
    """The arguments that put an object under Object Lock, or none."""

    ObjectLockMode: Literal["COMPLIANCE"]
    ObjectLockRetainUntilDate: datetime


class VersionArguments(TypedDict, total=False):
    """The arguments that choose a version to read, or none for the latest."""

    VersionId: str
    IfMatch: str


class PartArguments(TypedDict, total=False):
    """The argument that leaves out the first bytes, or none."""

    Range: str


class ContentChanged(IntegrityError):
    """The content changed while it was being stored, so nothing was; store it again."""

    code = "content_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where and how an object is stored."""

    bucket: str
    key: str
    metadata: dict[str, str]
    lock: LockArguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The object that a copy is made of, inside the same server."""

    bucket: str
    key: str
    version: VersionArguments
    size_bytes: int

    def location(self) -> "CopySourceTypeDef":
        location: CopySourceTypeDef = {"Bucket": self.bucket, "Key": self.key}
        if "VersionId" in self.version:
            location["VersionId"] = self.version["VersionId"]
        return location


@contextmanager
def seekable(content: bytes | BinaryIO) -> Iterator[BinaryIO]:
    """Yield a stream over the content that can go back, through a temporary file if need be."""
    if isinstance(content, bytes):
        yield io.BytesIO(content)
    elif content.seekable():
        yield content
    else:
        with tempfile.TemporaryFile() as spool:
            for chunk in chunks(content):
                spool.write(chunk)
            spool.seek(0)
            yield spool


class S3Transfer:
    """Stores and copies objects of any size; returns the version id, or the ETag where there are no versions.

    Args:
        client: a boto3 client.
        part_bytes: the size of an upload's parts, and of the largest object that is stored in one request.
        copy_part_bytes: the same for copies; servers allow up to 5 GiB.
    """

    def __init__(self, client: "S3Client", *, part_bytes: int, copy_part_bytes: int) -> None:
        self._client = client
        self._part_bytes = part_bytes
        self._copy_part_bytes = copy_part_bytes

    def upload(self, destination: Destination, content: BinaryIO, digest: Digest) -> str:
        """Store what is left of a stream; `ContentChanged` if that is not what `digest` says."""
        if digest.size_bytes > self._part_bytes:
            return self._upload_parts(destination, content, digest)
        body = content.read()
        if hashlib.sha256(body).hexdigest() != digest.sha256:
            raise ContentChanged
        with s3_errors():
            answer = self._client.put_object(
                Bucket=destination.bucket,
                Key=destination.key,
                Body=body,
                ContentMD5=md5_of(body),
                Metadata=destination.metadata,
                **destination.lock,
            )
        return version_of(answer.get("VersionId"), answer["ETag"])

    def copy(self, destination: Destination, source: Source) -> str:
        """Copy inside the server."""
        if source.size_bytes > self._copy_part_bytes:
            return self._copy_parts(destination, source)
        with s3_errors(version_id=source.version.get("VersionId")):
            answer = self._client.copy_object(
                Bucket=destination.bucket,
                Key=destination.key,
                CopySource=source.location(),
                MetadataDirective="REPLACE",
                Metadata=destination.metadata,
                **_match(source),
                **destination.lock,
            )
        return version_of(answer.get("VersionId"), answer["CopyObjectResult"]["ETag"])

    def _upload_parts(self, destination: Destination, content: BinaryIO, digest: Digest) -> str:
        part_bytes = max(self._part_bytes, -(-digest.size_bytes // MAX_PARTS))
        hasher = hashlib.sha256()

        def send(upload_id: str) -> Iterator["CompletedPartTypeDef"]:
            number = 0
            while body := content.read(part_bytes):
                number += 1
                hasher.update(body)
                with s3_errors():
                    answer = self._client.upload_part(
                        Bucket=destination.bucket,
                        Key=destination.key,
                        UploadId=upload_id,
                        PartNumber=number,
                        Body=body,
                        ContentMD5=md5_of(body),
                    )
                yield {"PartNumber": number, "ETag": answer["ETag"]}
            if hasher.hexdigest() != digest.sha256:
                raise ContentChanged

        return self._multipart(destination, send)

    def _copy_parts(self, destination: Destination, source: Source) -> str:
        part_bytes = max(self._copy_part_bytes, -(-source.size_bytes // MAX_PARTS))

        def send(upload_id: str) -> Iterator["CompletedPartTypeDef"]:
            for number, first in enumerate(range(0, source.size_bytes, part_bytes), start=1):
                last = min(first + part_bytes, source.size_bytes) - 1
                with s3_errors(version_id=source.version.get("VersionId")):
                    answer = self._client.upload_part_copy(
                        Bucket=destination.bucket,
                        Key=destination.key,
                        UploadId=upload_id,
                        PartNumber=number,
                        CopySource=source.location(),
                        CopySourceRange=f"bytes={first}-{last}",
                        **_match(source),
                    )
                yield {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}

        return self._multipart(destination, send)

    def _multipart(
        self, destination: Destination, send: Callable[[str], Iterator["CompletedPartTypeDef"]]
    ) -> str:
        """Store an object in parts, or leave none of them."""
        with s3_errors():
            upload_id = self._client.create_multipart_upload(
                Bucket=destination.bucket,
                Key=destination.key,
                Metadata=destination.metadata,
                **destination.lock,
            )["UploadId"]
        try:
            parts = list(send(upload_id))
            with s3_errors():
                answer = self._client.complete_multipart_upload(
                    Bucket=destination.bucket,
                    Key=destination.key,
                    UploadId=upload_id,
                    MultipartUpload={"Parts": parts},
                )
        except BaseException:
            with suppress(AstraError), s3_errors():
                self._client.abort_multipart_upload(
                    Bucket=destination.bucket, Key=destination.key, UploadId=upload_id
                )
            raise
        return version_of(answer.get("VersionId"), answer.get("ETag") or etag_of(parts))


class _CopyCondition(TypedDict, total=False):
    CopySourceIfMatch: str


def _match(source: Source) -> _CopyCondition:
    return {"CopySourceIfMatch": source.version["IfMatch"]} if "IfMatch" in source.version else {}


class BodyReader(io.RawIOBase):
    """The body of an answer as a raw stream that raises the port's errors."""

    def __init__(self, body: "StreamingBody") -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        with s3_errors():
            content = self._body.read(len(view))
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._body.close()
        super().close()


def body_from(
    start: int, get_object: "Callable[[PartArguments], GetObjectOutputTypeDef]"
) -> BodyReader | None:
    """Return an object's body from a byte on, None from its end on (RFC 9110, section 15.5.17)."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - takes 0.2 s to import

    try:
        answer = get_object({"Range": f"bytes={start}-"} if start else {})
    except ClientError as error:
        if start and error.response.get("Error", {}).get("Code") in _BEYOND_END:
            return None
        raise
    return BodyReader(answer["Body"])


def md5_of(content: bytes) -> str:
    """Return the Content-MD5 header (RFC 1864); it guards against damage on the way, not against people."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def etag_of(parts: "list[CompletedPartTypeDef]") -> str:
    """Return the ETag of an object in parts, as all servers make it and Ceph before 17 does not tell."""
    digests = b"".join(bytes.fromhex(part["ETag"].strip('"')) for part in parts)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"


def version_of(version_id: str | None, etag: str) -> str:
    """Return the version id, or what stands for it in a bucket without versions."""
    return version_id or ETAG_PREFIX + etag.strip('"')


def version_arguments(version_id: str | None) -> VersionArguments:
    """Return the arguments that choose what `version_of` named; `BlobNotFound` for what it never names."""
    if version_id is None:
        return {}
    if not version_id:
        raise BlobNotFound
    if version_id.startswith(ETAG_PREFIX):
        return {"IfMatch": f'"{version_id.removeprefix(ETAG_PREFIX)}"'}
    return {"VersionId": version_id}
