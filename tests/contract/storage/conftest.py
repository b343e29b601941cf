"""The adapters of the object store, each with the means to let time pass and to follow its links."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4

import pytest

from astra.kernel.clock import SystemClock
from astra.kernel.storage.blob_store import BlobStore, BlobUrlRefused, Bucket
from astra.kernel.storage.folder_store import FolderStore
from astra.kernel.storage.s3_store import S3Store

SIGNING_KEY = b"a signing key of 32 bytes at least"


class StoreCase(Protocol):
    """A store under test."""

    @property
    def store(self) -> BlobStore: ...

    def now(self) -> datetime: ...

    def pass_time(self, duration: timedelta) -> None: ...

    def fetch(self, url: str) -> bytes:
        """Read a link as its holder would; `BlobUrlRefused` if the store refuses it."""
        ...


class SteppedClock:
    """The machine's clock, and the time that a test let pass."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.passed


class FolderCase:
    def __init__(self, root: Path) -> None:
        self._clock = SteppedClock()
        self.store = FolderStore(root, SIGNING_KEY, "http://127.0.0.1:8000", self._clock)

    def now(self) -> datetime:
        return self._clock.now()

    def pass_time(self, duration: timedelta) -> None:
        self._clock.passed += duration

    def fetch(self, url: str) -> bytes:
        parts = urlsplit(url)
        bucket, _, key = parts.path.removeprefix("/v1/blobs/").partition("/")
        with self.store.open_signed(bucket, unquote(key), dict(parse_qsl(parts.query))).content as content:
            return content.read()


class S3Case:
    def __init__(self, store: S3Store) -> None:
        self.store = store

    def now(self) -> datetime:
        return datetime.now(UTC)

    def pass_time(self, duration: timedelta) -> None:
        time.sleep(duration.total_seconds())

    def fetch(self, url: str) -> bytes:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310 - the store's own http URL
                content: bytes = response.read()
                return content
        except urllib.error.HTTPError as error:
            error.close()
            raise BlobUrlRefused from error


@pytest.fixture(scope="session")
def s3_store() -> S3Store:
    run = uuid4().hex[:8]
    store = S3Store(
        endpoint_url=os.environ["ASTRA_S3_ENDPOINT_URL"],
        region=os.environ["ASTRA_S3_REGION"],
        access_key=os.environ["ASTRA_S3_ACCESS_KEY"],
        secret_key=os.environ["ASTRA_S3_SECRET_KEY"],
        bucket_names={bucket: f"astra-{run}-{bucket}" for bucket in Bucket},
        clock=SystemClock(),
    )
    store.ensure_buckets()
    return store


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> StoreCase:
    if request.param == "folder":
        return FolderCase(tmp_path / "blobs")
    return S3Case(request.getfixturevalue("s3_store"))


@pytest.fixture
def store(case: StoreCase) -> BlobStore:
    return case.store


@pytest.fixture
def pass_time(case: StoreCase) -> Callable[[timedelta], None]:
    return case.pass_time


@pytest.fixture
def fetch(case: StoreCase) -> Callable[[str], bytes]:
    return case.fetch


@pytest.fixture
def prefix() -> str:
    """A folder of keys of this test's own, as S3 buckets outlive a test."""
    return f"session/{uuid4()}"


@pytest.fixture
def soon(case: StoreCase) -> datetime:
    """A retention date that a test can outwait."""
    return case.now() + timedelta(seconds=4)


@pytest.fixture
def years_away(case: StoreCase) -> datetime:
    return case.now() + timedelta(days=3650)
