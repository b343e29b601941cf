"""What only an S3 server can show: parts, its own lock, a server without lock or versions, wrong keys."""

import hashlib
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import ClientError

from astra.kernel.clock import SystemClock
from astra.kernel.storage.blob_store import (
    BlobNotFound,
    BlobRetained,
    Bucket,
    CustodyPromise,
    StoreUnavailable,
)
from astra.kernel.storage.s3_store import S3Store

pytestmark = pytest.mark.s3

MEBIBYTE = 1 << 20
YEARS = timedelta(days=3650)
StoreWith = Callable[..., S3Store]


@pytest.fixture(scope="module")
def client() -> Any:
    """The administrator's own way to the server, past ASTRA."""
    return Session().client(
        "s3",
        endpoint_url=os.environ["ASTRA_S3_ENDPOINT_URL"],
        region_name=os.environ["ASTRA_S3_REGION"],
        aws_access_key_id=os.environ["ASTRA_S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["ASTRA_S3_SECRET_KEY"],
        config=Config(s3={"addressing_style": "path"}),
    )


@pytest.fixture
def names() -> dict[Bucket, str]:
    run = uuid4().hex[:8]
    return {bucket: f"astra-{run}-{bucket}" for bucket in Bucket}


@pytest.fixture
def store_with(names: dict[Bucket, str]) -> StoreWith:
    """Make a store with some settings other than the usual ones."""

    def make(**changes: Any) -> S3Store:
        settings: dict[str, Any] = {
            "endpoint_url": os.environ["ASTRA_S3_ENDPOINT_URL"],
            "region": os.environ["ASTRA_S3_REGION"],
            "access_key": os.environ["ASTRA_S3_ACCESS_KEY"],
            "secret_key": os.environ["ASTRA_S3_SECRET_KEY"],
            "bucket_names": names,
            "clock": SystemClock(),
        }
        return S3Store(**settings | changes)

    return make


@pytest.fixture
def store(store_with: StoreWith) -> S3Store:
    made = store_with()
    made.ensure_buckets()
    return made


@pytest.fixture
def plain_store(store_with: StoreWith, names: dict[Bucket, str], client: Any) -> S3Store:
    """A store whose buckets have neither versions nor Object Lock, as Cloudflare R2's."""
    for name in names.values():
        client.create_bucket(Bucket=name)
    return store_with()


def years_away() -> datetime:
    return datetime.now(UTC) + YEARS


def test_buckets_are_made_once(store: S3Store) -> None:
    store.ensure_buckets()

    store.check()
    assert store.custody_promise is CustodyPromise.STORE
    assert not store.supports_object_lock(Bucket.RAW)


def test_missing_buckets_are_said(store_with: StoreWith) -> None:
    store = store_with()

    with pytest.raises(StoreUnavailable, match="bucket"):
        store.check()
    with pytest.raises(StoreUnavailable, match="bucket"):
        store.put(Bucket.RAW, "a", b"content")


def test_the_server_itself_refuses_to_delete_or_shorten_custody(
    store: S3Store, names: dict[Bucket, str], client: Any
) -> None:
    sealed = store.put(Bucket.CUSTODY, "acta.docx", b"sealed", retain_until=years_away())
    sound = store.put(Bucket.RAW, "000001.ogg", b"sound")
    copied = store.copy(sound, Bucket.CUSTODY, "000001.ogg", retain_until=years_away())

    for ref in (sealed, copied):
        at = {"Bucket": names[Bucket.CUSTODY], "Key": ref.key, "VersionId": ref.version_id}
        with pytest.raises(ClientError, match="AccessDenied"):
            client.delete_object(**at)
        with pytest.raises(ClientError, match="AccessDenied"):
            client.delete_object(**at, BypassGovernanceRetention=True)
        with pytest.raises(ClientError, match="AccessDenied"):
            client.put_object_retention(
                **at,
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=1)},
            )
        retention = client.get_object_retention(**at)["Retention"]
        assert retention["Mode"] == "COMPLIANCE"
        assert abs(retention["RetainUntilDate"] - years_away()) < timedelta(minutes=5)


def test_what_the_server_locked_is_retained_though_the_clock_here_is_wrong(
    store: S3Store, store_with: StoreWith
) -> None:
    class Ahead:
        def now(self) -> datetime:
            return years_away() + YEARS

    store.put(Bucket.CUSTODY, "acta.docx", b"sealed", retain_until=years_away())

    with pytest.raises(BlobRetained):
        store_with(clock=Ahead()).delete(Bucket.CUSTODY, "acta.docx")
    assert store.get(Bucket.CUSTODY, "acta.docx") == b"sealed"


def test_a_large_object_is_uploaded_and_locked_in_parts(
    store: S3Store, names: dict[Bucket, str], client: Any
) -> None:
    content = os.urandom(MEBIBYTE) * 17

    ref = store.put(Bucket.CUSTODY, "day.wav", content, retain_until=years_away())

    answer = client.head_object(Bucket=names[Bucket.CUSTODY], Key="day.wav", VersionId=ref.version_id)
    assert answer["ETag"].strip('"').endswith("-3")
    assert answer["ObjectLockMode"] == "COMPLIANCE"
    assert store.head(Bucket.CUSTODY, "day.wav") == ref
    assert store.get(Bucket.CUSTODY, "day.wav", ref.version_id) == content


def test_a_large_object_is_copied_and_locked_in_parts(
    store: S3Store, store_with: StoreWith, names: dict[Bucket, str], client: Any
) -> None:
    content = os.urandom(MEBIBYTE) * 13
    source = store.put(Bucket.RAW, "día 1.wav", content)
    in_parts = store_with(copy_part_bytes=5 * MEBIBYTE)

    ref = in_parts.copy(source, Bucket.CUSTODY, "día 1.wav", retain_until=years_away())

    answer = client.head_object(Bucket=names[Bucket.CUSTODY], Key=ref.key, VersionId=ref.version_id)
    assert answer["ETag"].strip('"').endswith("-3")
    assert answer["ObjectLockMode"] == "COMPLIANCE"
    assert (ref.size_bytes, ref.sha256) == (source.size_bytes, source.sha256)
    assert store.get(Bucket.CUSTODY, ref.key, ref.version_id) == content
    assert (
        in_parts.copy(source, Bucket.CUSTODY, ref.key, retain_until=years_away()).version_id == ref.version_id
    )


def test_an_upload_that_breaks_leaves_no_parts(
    store: S3Store, names: dict[Bucket, str], client: Any, tmp_path: Path
) -> None:
    class Changing:
        """A file that is written to while it is being stored."""

        def __init__(self, path: Path) -> None:
            self.file = path.open("r+b")

        def read(self, size: int = -1) -> bytes:
            content = self.file.read(size)
            if not content:
                self.file.seek(0)
                self.file.write(os.urandom(16))
            return content

        def seekable(self) -> bool:
            return True

        def tell(self) -> int:
            return self.file.tell()

        def seek(self, position: int) -> int:
            return self.file.seek(position)

    path = tmp_path / "growing.wav"
    path.write_bytes(os.urandom(MEBIBYTE) * 17)
    changing = Changing(path)

    with pytest.raises(Exception, match="changed while it was being stored"):
        store.put(Bucket.RAW, "growing.wav", changing)  # type: ignore[arg-type]

    changing.file.close()
    assert client.list_multipart_uploads(Bucket=names[Bucket.RAW]).get("Uploads", []) == []
    assert list(store.keys(Bucket.RAW, "")) == []


def test_an_object_that_another_program_stored_is_read_through_for_its_digest(
    store: S3Store, names: dict[Bucket, str], client: Any
) -> None:
    client.put_object(Bucket=names[Bucket.RAW], Key="upload.ogg", Body=b"sound")

    assert store.head(Bucket.RAW, "upload.ogg").sha256 == hashlib.sha256(b"sound").hexdigest()


def test_a_key_that_is_only_marked_as_deleted_is_deleted(
    store: S3Store, names: dict[Bucket, str], client: Any
) -> None:
    ref = store.put(Bucket.RAW, "a", b"content")
    client.delete_object(Bucket=names[Bucket.RAW], Key="a")

    store.delete(Bucket.RAW, "a")

    with pytest.raises(BlobNotFound):
        store.get(Bucket.RAW, "a", ref.version_id)
    assert "DeleteMarkers" not in client.list_object_versions(Bucket=names[Bucket.RAW], Prefix="a")


def test_more_objects_than_a_page_holds_are_all_listed(
    store: S3Store, names: dict[Bucket, str], client: Any
) -> None:
    keys = [f"session/{number:06}.ogg" for number in range(1005)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: client.put_object(Bucket=names[Bucket.FAILOVER], Key=key, Body=b""), keys))

    assert list(store.keys(Bucket.FAILOVER, "session/")) == keys


def test_without_versions_an_overwritten_object_is_not_found_by_its_version(plain_store: S3Store) -> None:
    old = plain_store.put(Bucket.SKELETONS, "a", b"old")
    new = plain_store.put(Bucket.SKELETONS, "a", b"new")

    assert plain_store.get(Bucket.SKELETONS, "a", new.version_id) == b"new"
    assert plain_store.head(Bucket.SKELETONS, "a", new.version_id) == new
    for read in (plain_store.get, plain_store.open, plain_store.head):
        with pytest.raises(BlobNotFound):
            read(Bucket.SKELETONS, "a", old.version_id)
    with pytest.raises(BlobNotFound):
        plain_store.copy(old, Bucket.RAW, "a")


def test_without_object_lock_astra_keeps_custody_and_says_so(
    plain_store: S3Store, names: dict[Bucket, str], client: Any
) -> None:
    assert plain_store.custody_promise is CustodyPromise.ASTRA
    ref = plain_store.put(
        Bucket.CUSTODY, "acta.docx", b"sealed", retain_until=datetime.now(UTC) + timedelta(seconds=2)
    )
    source = plain_store.put(Bucket.RAW, "000001.ogg", b"sound")
    copied = plain_store.copy(source, Bucket.CUSTODY, "000001.ogg", retain_until=years_away())

    assert plain_store.put(Bucket.CUSTODY, ref.key, b"sealed", retain_until=years_away()) == ref
    time.sleep(3)
    for key in (ref.key, copied.key):
        with pytest.raises(BlobRetained):
            plain_store.delete(Bucket.CUSTODY, key)
        with pytest.raises(BlobRetained):
            plain_store.put(Bucket.CUSTODY, key, b"altered")
    assert plain_store.get(Bucket.CUSTODY, ref.key, ref.version_id) == b"sealed"
    client.delete_object(Bucket=names[Bucket.CUSTODY], Key=ref.key)
    assert list(plain_store.keys(Bucket.CUSTODY, "")) == [copied.key]


def test_without_versions_large_objects_are_copied_in_parts(
    plain_store: S3Store, store_with: StoreWith
) -> None:
    content = os.urandom(MEBIBYTE) * 11
    source = plain_store.put(Bucket.RAW, "a", content)
    in_parts = store_with(copy_part_bytes=5 * MEBIBYTE)

    copied = in_parts.copy(source, Bucket.RAW, "b")

    assert plain_store.get(Bucket.RAW, "b", copied.version_id) == content
    with pytest.raises(BlobNotFound):
        in_parts.copy(replace(source, version_id="etag:0"), Bucket.RAW, "c")


def test_wrong_keys_are_said(store_with: StoreWith) -> None:
    for changes in ({"secret_key": "wrong"}, {"access_key": "NOBODY"}):
        with pytest.raises(StoreUnavailable, match="denies access"):
            store_with(**changes).put(Bucket.RAW, "a", b"content")


def test_a_server_that_is_not_there_is_said(store_with: StoreWith) -> None:
    store = store_with(endpoint_url="http://127.0.0.1:9")

    for call in (store.check, lambda: store.put(Bucket.RAW, "a", b"x"), lambda: store.get(Bucket.RAW, "a")):
        with pytest.raises(StoreUnavailable, match="does not answer"):
            call()
