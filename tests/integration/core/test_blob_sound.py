"""Recordings in the object store: the same samples as from the file, in bounded memory."""

import io
import os
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np
import pytest

from astra.core.errors import AudioUnreadable
from astra.core.retries import Retries
from astra.core.sound.blob_sound import BlobSound
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.url_sound import UrlSound
from astra.core.values import Pcm16k
from astra.kernel.clock import SystemClock
from astra.kernel.storage.blob_store import BlobRef, BlobStore, Bucket, StoreUnavailable
from astra.kernel.storage.folder_store import FolderStore
from astra.kernel.storage.s3_store import S3Store
from astra.samples import load_sample

SMALL = 16 * 1024
MEBIBYTE = 1 << 20


class Faulty(FolderStore):
    """A folder store whose disk or network fails: before it opens, or after some bytes."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, b"a signing key of 32 bytes at least", "http://127.0.0.1:8000", SystemClock())
        self.cuts: list[int] = []
        self.starts: list[int] = []

    def open(self, bucket: Bucket, key: str, version_id: str | None = None, *, start: int = 0) -> BinaryIO:
        self.starts.append(start)
        content = super().open(bucket, key, version_id, start=start)
        if not self.cuts:
            return content
        left = self.cuts.pop(0)
        if not left:
            content.close()
            raise StoreUnavailable
        return io.BufferedReader(Cut(content, left), 1024)


class Cut(io.RawIOBase):
    """A stream that breaks off."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        self._stream = stream
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            raise StoreUnavailable
        content = self._stream.read(min(len(buffer), self._left))
        buffer[: len(content)] = content
        self._left -= len(content)
        return len(content)

    def close(self) -> None:
        self._stream.close()
        super().close()


@pytest.fixture
def folder(tmp_path: Path) -> Faulty:
    return Faulty(tmp_path / "objects")


@pytest.fixture
def s3() -> S3Store:
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
def store(request: pytest.FixtureRequest) -> BlobStore:
    found: BlobStore = request.getfixturevalue(request.param)
    return found


def sound_of(store: BlobStore, ref: BlobRef, **changes: Any) -> BlobSound:
    return BlobSound(store, ref, **{"buffer_bytes": SMALL, "sleep": lambda _: None} | changes)


def heard(source: bytes | BlobSound | UrlSound) -> Pcm16k:
    pieces: Iterator[Any] = PyAvDecoder().pieces(source)
    return np.concatenate(list(pieces))


def test_an_object_gives_the_samples_of_the_file(store: BlobStore) -> None:
    recording = load_sample().audio
    ref = store.put(Bucket.RAW, "session/000001.ogg", recording)

    assert np.array_equal(heard(sound_of(store, ref)), heard(recording))
    assert PyAvDecoder().duration_ms(sound_of(store, ref)) == PyAvDecoder().duration_ms(recording)


@pytest.mark.s3
def test_a_link_to_an_object_gives_the_samples_of_the_file(s3: S3Store) -> None:
    recording = load_sample().audio
    s3.put(Bucket.RAW, "session/día 1.ogg", recording)
    link = s3.generate_presigned_url(Bucket.RAW, "session/día 1.ogg", timedelta(minutes=5))

    assert np.array_equal(heard(UrlSound(link, buffer_bytes=SMALL)), heard(recording))
    with pytest.raises(AudioUnreadable, match="make a new link"):
        UrlSound(link[:-4] + "0000").open()


def test_the_version_named_is_read_though_there_is_a_newer_one(store: BlobStore) -> None:
    ref = store.put(Bucket.RAW, "session/a", b"the old sound")
    store.put(Bucket.RAW, "session/a", b"a newer, longer sound")
    with sound_of(store, ref).open() as file:
        assert file.read() == b"the old sound"


def test_seeks_read_what_the_object_has_there(store: BlobStore) -> None:
    content = bytes(np.random.default_rng(5).integers(0, 256, 300_000, dtype=np.uint8))
    ref = store.put(Bucket.RAW, "session/a", content)
    with sound_of(store, ref).open() as file:
        for place in (299_000, 0, 150_000, 150_010, 299_999, 300_000):
            file.seek(place)
            assert file.read(500) == content[place : place + 500]
        assert file.seek(-5, io.SEEK_END) == 299_995
        assert file.read() == content[-5:]


def test_a_store_that_breaks_off_is_read_on_at_the_byte(folder: Faulty) -> None:
    recording = load_sample().audio
    ref = folder.put(Bucket.RAW, "session/000001.ogg", recording)
    folder.cuts = [50_000, 0, 0, 100_000, 1]

    assert np.array_equal(heard(sound_of(folder, ref)), heard(recording))
    assert folder.cuts == []
    assert 0 < folder.starts[1] <= 50_000


def test_a_store_that_stays_away_is_said_to_be_unavailable(folder: Faulty) -> None:
    ref = folder.put(Bucket.RAW, "session/a", b"sound")
    folder.cuts = [0] * 9
    with pytest.raises(StoreUnavailable):
        sound_of(folder, ref, retries=Retries(attempts=3)).open()
    assert len(folder.starts) == 3


def test_an_object_that_was_deleted_is_no_recording(folder: Faulty) -> None:
    ref = folder.put(Bucket.RAW, "session/a", b"sound")
    folder.delete(Bucket.RAW, "session/a")
    with pytest.raises(AudioUnreadable, match="upload it again"):
        sound_of(folder, ref).open()


def test_a_long_object_is_never_held_whole(folder: Faulty) -> None:
    ref = folder.put(Bucket.RAW, "session/a", bytes(32 * MEBIBYTE))
    tracemalloc.start()
    try:
        with BlobSound(folder, ref).open() as file:
            count = sum(len(piece) for piece in iter(lambda: file.read(1 << 18), b""))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == ref.size_bytes
    assert peak < 5 * MEBIBYTE
