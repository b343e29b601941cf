"""What is the folder store's own: its files, its locks, its versions when the clock goes back."""

import io
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from astra.kernel.storage.blob_store import (
    BlobNotFound,
    BlobRetained,
    Bucket,
    CustodyPromise,
    StoreUnavailable,
)
from astra.kernel.storage.folder_object import BlobDamaged
from astra.kernel.storage.folder_store import FolderStore

NOBODY = 65534
SIGNING_KEY = b"k" * 32


@dataclass
class SteppedClock:
    passed: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.passed


class BackwardIds:
    """Ids of a machine whose clock goes back an hour each time."""

    def __init__(self) -> None:
        self._instant_ms = 1_800_000_000_000

    def new(self) -> str:
        self._instant_ms -= 3_600_000
        return f"{self._instant_ms >> 16:08x}-{self._instant_ms & 0xFFFF:04x}-7000-8000-000000000000"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def store(root: Path, clock: SteppedClock) -> FolderStore:
    return FolderStore(root, SIGNING_KEY, "http://127.0.0.1:8000", clock)


def files_in(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@contextmanager
def unprivileged() -> Iterator[None]:
    """Act as an ordinary user when the tests run as root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_nothing_is_written_before_the_first_object(store: FolderStore, root: Path) -> None:
    with pytest.raises(BlobNotFound):
        store.get(Bucket.RAW, "a")

    assert list(store.keys(Bucket.RAW, "")) == []
    assert not root.exists()


def test_files_are_private_and_contents_read_only(store: FolderStore, root: Path) -> None:
    store.put(Bucket.RAW, "session/1/000001.ogg", b"sound")

    content, record = files_in(root)
    assert stat.S_IMODE(content.stat().st_mode) == 0o400
    assert stat.S_IMODE(record.stat().st_mode) == 0o400
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in content.parents if root in path.parents)
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


def test_a_copy_takes_no_room(store: FolderStore, root: Path) -> None:
    source = store.put(Bucket.RAW, "a", b"sound")

    store.copy(source, Bucket.CUSTODY, "a")

    contents = [path.stat().st_ino for path in files_in(root) if path.suffix == ".content"]
    assert len(contents) == 2
    assert len(set(contents)) == 1


def test_deleting_leaves_no_empty_folders(store: FolderStore, root: Path) -> None:
    store.put(Bucket.RAW, "session/1/000001.ogg", b"sound")

    store.delete(Bucket.RAW, "session/1/000001.ogg")

    assert list((root / Bucket.RAW).iterdir()) == []
    assert list((root / ".staging").iterdir()) == []


def test_the_newest_version_is_the_last_put_though_the_clock_goes_back(
    root: Path, clock: SteppedClock
) -> None:
    store = FolderStore(root, SIGNING_KEY, "http://127.0.0.1:8000", clock, BackwardIds())

    refs = [store.put(Bucket.RAW, "a", content) for content in (b"first", b"second", b"third")]

    assert store.get(Bucket.RAW, "a") == b"third"
    assert [ref.version_id for ref in refs] == sorted({ref.version_id for ref in refs})


def test_a_cut_content_is_said_and_not_given(store: FolderStore, root: Path) -> None:
    ref = store.put(Bucket.RAW, "a", b"sound")
    content = next(path for path in files_in(root) if path.suffix == ".content")
    content.chmod(0o600)
    content.write_bytes(b"sou")

    with pytest.raises(BlobDamaged):
        store.get(Bucket.RAW, "a")
    with pytest.raises(BlobDamaged):
        store.copy(ref, Bucket.CUSTODY, "a")
    content.unlink()
    with pytest.raises(BlobDamaged):
        store.open(Bucket.RAW, "a")


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b"{}", b'{"size_bytes": "x"}', b"\xff"])
def test_a_record_that_is_none_is_said(store: FolderStore, root: Path, record: bytes) -> None:
    store.put(Bucket.RAW, "a", b"sound")
    path = next(path for path in files_in(root) if path.suffix == ".json")
    path.chmod(0o600)
    path.write_bytes(record)

    with pytest.raises(BlobDamaged):
        store.head(Bucket.RAW, "a")


def test_what_killed_writers_left_is_swept_after_an_hour(
    store: FolderStore, root: Path, clock: SteppedClock
) -> None:
    left = root / ".staging" / "left.content"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half of a sou")
    (root / ".staging" / "deleted").mkdir()

    store.check()
    assert left.exists()
    clock.passed = timedelta(hours=2)
    FolderStore(root, SIGNING_KEY, "http://127.0.0.1:8000", clock).check()

    assert list(left.parent.iterdir()) == []


def test_a_folder_that_belongs_to_another_is_said(store: FolderStore, root: Path) -> None:
    store.put(Bucket.RAW, "a", b"sound")
    root.chmod(0o500)

    with unprivileged(), pytest.raises(StoreUnavailable, match=r"Permission denied.*own it"):
        store.check()
    with unprivileged(), pytest.raises(StoreUnavailable, match="own it"):
        FolderStore(root / "new", SIGNING_KEY, "", SteppedClock()).put(Bucket.RAW, "b", b"sound")


def test_a_file_in_the_place_of_the_folder_is_said(store: FolderStore, root: Path) -> None:
    root.write_bytes(b"")

    for call in (store.check, lambda: store.put(Bucket.RAW, "a", b"x"), lambda: store.get(Bucket.RAW, "a")):
        with pytest.raises(StoreUnavailable, match="Not a directory"):
            call()


def test_custody_is_astra_s_promise_alone(store: FolderStore) -> None:
    assert store.custody_promise is CustodyPromise.ASTRA
    assert "cannot" in store.custody_promise.statement


def test_a_signed_link_gives_the_version_and_its_content(store: FolderStore) -> None:
    ref = store.put(Bucket.RAW, "a", b"sound")
    query = store.generate_presigned_url(Bucket.RAW, "a", timedelta(hours=1)).partition("?")[2]
    params = dict(pair.split("=") for pair in query.split("&"))

    signed = store.open_signed("raw", "a", params)

    assert signed.ref == ref
    with signed.content as content:
        assert content.seekable()
        assert content.read() == b"sound"


def test_writers_at_once_each_leave_a_whole_version(store: FolderStore) -> None:
    contents = [bytes([number]) * 100_000 for number in range(40)]

    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(lambda content: store.put(Bucket.RAW, "a", io.BytesIO(content)), contents))

    assert len({ref.version_id for ref in refs}) == len(contents)
    assert [store.get(Bucket.RAW, "a", ref.version_id) for ref in refs] == contents
    assert store.head(Bucket.RAW, "a").version_id == max(ref.version_id for ref in refs)


def test_of_writers_into_custody_at_once_one_wins(store: FolderStore, clock: SteppedClock) -> None:
    years_away = clock.now() + timedelta(days=3650)

    def seal(number: int) -> str:
        try:
            return store.put(Bucket.CUSTODY, "acta", b"%d" % (number % 2), retain_until=years_away).version_id
        except BlobRetained:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(seal, range(32)))

    assert len(set(outcomes)) == 2
    assert outcomes.count("refused") == 16


def test_writers_and_deleters_at_once_leave_the_folder_whole(store: FolderStore, root: Path) -> None:
    def work(number: int) -> None:
        store.put(Bucket.RAW, "s/1/a", b"x")
        if number % 2:
            store.delete(Bucket.RAW, "s/1/a")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(200)))

    store.delete(Bucket.RAW, "s/1/a")
    assert list((root / Bucket.RAW).iterdir()) == []
