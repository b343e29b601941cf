"""The buckets of an S3 server: their names, what each can do, and how they are made."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypedDict, cast

from astra.kernel.storage.blob_store import BlobNotFound, Bucket
from astra.kernel.storage.s3_errors import answer_if_supported, s3_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType
    from mypy_boto3_s3.type_defs import CreateBucketConfigurationTypeDef

_UNNAMED_REGIONS: Final = {"", "us-east-1", "auto"}  # CreateBucket: the default one is not to be named


class _Place(TypedDict, total=False):
    CreateBucketConfiguration: "CreateBucketConfigurationTypeDef"


class S3Buckets:
    """What the server has of ASTRA's buckets; each question is asked once.

    Args:
        client: a boto3 client.
        region: where new buckets are made.
        names: the server's name of each bucket.
    """

    def __init__(self, client: "S3Client", region: str, names: Mapping[Bucket, str]) -> None:
        self._client = client
        self._region = region
        self._names = dict(names)
        self._has_lock: dict[Bucket, bool] = {}
        self._has_versions: dict[Bucket, bool] = {}

    def __iter__(self) -> Iterator[Bucket]:
        return iter(self._names)

    def name(self, bucket: Bucket) -> str:
        return self._names[bucket]

    def exists(self, bucket: Bucket) -> bool:
        try:
            with s3_errors():
                self._client.head_bucket(Bucket=self._names[bucket])
        except BlobNotFound:
            return False
        return True

    def has_lock(self, bucket: Bucket) -> bool:
        """Return whether the server itself keeps retained objects (Object Lock)."""
        if bucket not in self._has_lock:
            answer = answer_if_supported(
                lambda: self._client.get_object_lock_configuration(Bucket=self._names[bucket])
            )
            configuration = answer.get("ObjectLockConfiguration", {}) if answer else {}
            self._has_lock[bucket] = configuration.get("ObjectLockEnabled") == "Enabled"
        return self._has_lock[bucket]

    def has_versions(self, bucket: Bucket) -> bool:
        """Return whether an object can have more than one version."""
        if bucket not in self._has_versions:
            answer = answer_if_supported(
                lambda: self._client.get_bucket_versioning(Bucket=self._names[bucket])
            )
            self._has_versions[bucket] = bool(answer and answer.get("Status"))
        return self._has_versions[bucket]

    def create(self, bucket: Bucket) -> None:
        """Make a bucket; the custody bucket with Object Lock, if the server has it."""
        name, place = self._names[bucket], self._place()
        if bucket is Bucket.CUSTODY:
            answer = answer_if_supported(
                lambda: self._client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True, **place)
            )
            if answer is not None:
                return
        with s3_errors():
            self._client.create_bucket(Bucket=name, **place)

    def enable_versions(self, bucket: Bucket) -> None:
        """Let objects have versions, if the server can."""
        answer_if_supported(
            lambda: self._client.put_bucket_versioning(
                Bucket=self._names[bucket], VersioningConfiguration={"Status": "Enabled"}
            )
        )
        self._has_versions.pop(bucket, None)

    def _place(self) -> _Place:
        if self._region in _UNNAMED_REGIONS:
            return {}
        region = cast("BucketLocationConstraintType", self._region)  # servers other than AWS have their own
        return {"CreateBucketConfiguration": {"LocationConstraint": region}}
