"""What every object store does with ordinary objects."""

import hashlib
import io
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from astra.kernel.storage.blob_store import BlobNotFound, BlobStore, Bucket

MEBIBYTE = 1 << 20


class Tone(io.RawIOBase):
    """A stream of made-up sound that is never whole in memory and cannot go back."""

    def __init__(self, size_bytes: int) -> None:
        self._left = size_bytes
        self._number = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        self._number += 1
        pattern = self._number.to_bytes(8, "big") * (len(buffer) // 8 + 1)
        count = min(self._left, len(buffer))
        buffer[:count] = pattern[:count]
        self._left -= count
        return count


def tone(size_bytes: int) -> io.BufferedReader:
    return io.BufferedReader(Tone(size_bytes), buffer_size=MEBIBYTE)


def digest(stream: BinaryIO) -> str:
    hasher = hashlib.sha256()
    while chunk := stream.read(MEBIBYTE):
        hasher.update(chunk)
    return hasher.hexdigest()


def test_what_is_put_is_what_is_read(store: BlobStore, prefix: str) -> None:
    ref = store.put(Bucket.RAW, f"{prefix}/000001.ogg", b"sound")

    assert ref.size_bytes == 5
    assert ref.sha256 == hashlib.sha256(b"sound").hexdigest()
    assert store.get(Bucket.RAW, ref.key) == b"sound"
    assert store.head(Bucket.RAW, ref.key) == ref
    with store.open(Bucket.RAW, ref.key) as stream:
        assert stream.read(2) == b"so"
        assert stream.read() == b"und"


def test_a_stream_may_begin_anywhere(store: BlobStore, prefix: str) -> None:
    content = bytes(range(256)) * 4096
    ref = store.put(Bucket.RAW, f"{prefix}/000001.ogg", content)

    for start in (0, 1, 700_001, len(content) - 1, len(content), len(content) + 9):
        for version_id in (None, ref.version_id):
            with store.open(Bucket.RAW, ref.key, version_id, start=start) as stream:
                assert stream.read() == content[start:]


def test_an_empty_object_has_nothing_from_any_byte_on(store: BlobStore, prefix: str) -> None:
    ref = store.put(Bucket.RAW, f"{prefix}/empty", b"")
    for start in (0, 1):
        with store.open(Bucket.RAW, ref.key, start=start) as stream:
            assert stream.read() == b""


def test_a_missing_object_is_missing_from_any_byte_on(store: BlobStore, prefix: str) -> None:
    with pytest.raises(BlobNotFound):
        store.open(Bucket.RAW, f"{prefix}/nothing", start=5)


def test_an_object_may_be_empty(store: BlobStore, prefix: str) -> None:
    ref = store.put(Bucket.RAW, f"{prefix}/empty", b"")

    assert ref.size_bytes == 0
    assert store.get(Bucket.RAW, ref.key) == b""


def test_each_put_is_a_version_that_can_still_be_read(store: BlobStore, prefix: str) -> None:
    key = f"{prefix}/skeleton.docx"
    first = store.put(Bucket.SKELETONS, key, b"first")
    second = store.put(Bucket.SKELETONS, key, b"second, longer")

    assert first.version_id != second.version_id
    assert store.get(Bucket.SKELETONS, key) == b"second, longer"
    assert store.get(Bucket.SKELETONS, key, first.version_id) == b"first"
    assert store.head(Bucket.SKELETONS, key, first.version_id) == first
    with store.open(Bucket.SKELETONS, key, first.version_id) as stream:
        assert stream.read() == b"first"


def test_the_same_content_again_is_a_version_too(store: BlobStore, prefix: str) -> None:
    refs = [store.put(Bucket.RAW, f"{prefix}/a", b"same") for _ in range(5)]

    assert len({ref.version_id for ref in refs}) == 5
    assert store.head(Bucket.RAW, f"{prefix}/a") == refs[-1]


def test_a_key_that_was_never_put_is_not_found(store: BlobStore, prefix: str) -> None:
    for read in (store.get, store.open, store.head):
        with pytest.raises(BlobNotFound):
            read(Bucket.RAW, f"{prefix}/nothing")


@pytest.mark.parametrize(
    "version_id", ["", "nonsense", "../../etc/passwd", "019a0000-0000-7000-8000-000000000000"]
)
def test_a_version_that_was_never_put_is_not_found(store: BlobStore, prefix: str, version_id: str) -> None:
    store.put(Bucket.RAW, f"{prefix}/a", b"content")

    for read in (store.get, store.open, store.head):
        with pytest.raises(BlobNotFound):
            read(Bucket.RAW, f"{prefix}/a", version_id)


def test_keys_come_in_order_and_only_below_their_prefix(store: BlobStore, prefix: str) -> None:
    names = ["a", "a/b", "a-b", "a/b/c", "ab", "á", "a b", "B"]
    for name in names:
        store.put(Bucket.RAW, f"{prefix}/{name}", b"x")
    store.put(Bucket.RAW, f"{prefix}x/other", b"x")
    store.put(Bucket.FAILOVER, f"{prefix}/elsewhere", b"x")

    assert list(store.keys(Bucket.RAW, f"{prefix}/")) == sorted(f"{prefix}/{name}" for name in names)
    assert list(store.keys(Bucket.RAW, f"{prefix}/a/")) == [f"{prefix}/a/b", f"{prefix}/a/b/c"]
    assert list(store.keys(Bucket.RAW, f"{prefix}/a/b")) == [f"{prefix}/a/b", f"{prefix}/a/b/c"]
    assert list(store.keys(Bucket.RAW, f"{prefix}/nothing")) == []


def test_a_deleted_object_is_gone_with_all_its_versions(store: BlobStore, prefix: str) -> None:
    key = f"{prefix}/a"
    first = store.put(Bucket.RAW, key, b"first")
    store.put(Bucket.RAW, key, b"second")
    store.put(Bucket.RAW, f"{key}/below", b"stays")
    store.put(Bucket.RAW, f"{key}b", b"stays")

    store.delete(Bucket.RAW, key)

    for version_id in (None, first.version_id):
        with pytest.raises(BlobNotFound):
            store.get(Bucket.RAW, key, version_id)
    assert list(store.keys(Bucket.RAW, prefix)) == [f"{key}/below", f"{key}b"]


def test_deleting_what_is_not_there_is_no_error(store: BlobStore, prefix: str) -> None:
    store.delete(Bucket.RAW, f"{prefix}/nothing")


def test_a_deleted_key_can_be_put_again(store: BlobStore, prefix: str) -> None:
    store.put(Bucket.RAW, f"{prefix}/a", b"old")
    store.delete(Bucket.RAW, f"{prefix}/a")

    store.put(Bucket.RAW, f"{prefix}/a", b"new")

    assert store.get(Bucket.RAW, f"{prefix}/a") == b"new"


def test_a_copy_outlives_its_source(store: BlobStore, prefix: str) -> None:
    source = store.put(Bucket.RAW, f"{prefix}/a b.ogg", b"sound")

    copy = store.copy(source, Bucket.CUSTODY, f"{prefix}/ñ.ogg")
    store.delete(Bucket.RAW, source.key)

    assert (copy.bucket, copy.key) == (Bucket.CUSTODY, f"{prefix}/ñ.ogg")
    assert (copy.size_bytes, copy.sha256) == (source.size_bytes, source.sha256)
    assert store.get(Bucket.CUSTODY, copy.key) == b"sound"


def test_a_copy_is_of_the_version_asked_for(store: BlobStore, prefix: str) -> None:
    old = store.put(Bucket.RAW, f"{prefix}/a", b"old")
    store.put(Bucket.RAW, f"{prefix}/a", b"new")

    store.copy(old, Bucket.RAW, f"{prefix}/b")

    assert store.get(Bucket.RAW, f"{prefix}/b") == b"old"


def test_copying_the_same_content_twice_is_one_object(store: BlobStore, prefix: str) -> None:
    source = store.put(Bucket.RAW, f"{prefix}/a", b"sound")

    first = store.copy(source, Bucket.RAW, f"{prefix}/b")

    assert store.copy(source, Bucket.RAW, f"{prefix}/b") == first


def test_a_copy_of_nothing_is_not_found(store: BlobStore, prefix: str) -> None:
    source = store.put(Bucket.RAW, f"{prefix}/a", b"sound")

    with pytest.raises(BlobNotFound):
        store.copy(replace(source, key=f"{prefix}/nothing"), Bucket.RAW, f"{prefix}/b")
    store.delete(Bucket.RAW, source.key)
    with pytest.raises(BlobNotFound):
        store.copy(source, Bucket.RAW, f"{prefix}/b")


def test_large_content_streams_in_and_out_in_little_memory(store: BlobStore, prefix: str) -> None:
    size_bytes = 50 * MEBIBYTE + 1
    expected = digest(tone(size_bytes))

    tracemalloc.start()
    ref = store.put(Bucket.RAW, f"{prefix}/day.wav", tone(size_bytes))
    with store.open(Bucket.RAW, ref.key, ref.version_id) as stream:
        read = digest(stream)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (ref.size_bytes, ref.sha256, read) == (size_bytes, expected, expected)
    assert peak_bytes < 40 * MEBIBYTE


def test_a_file_is_stored_from_where_it_is(store: BlobStore, prefix: str, tmp_path: Path) -> None:
    source = tmp_path / "sesión.wav"
    source.write_bytes(b"RIFF" * MEBIBYTE * 5)

    ref = store.upload_file(source, Bucket.RAW, f"{prefix}/session.wav")

    assert ref.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert store.get(Bucket.RAW, ref.key) == source.read_bytes()


def test_a_stream_is_stored_from_where_it_stands(store: BlobStore, prefix: str) -> None:
    stream = io.BytesIO(b"header and sound")
    stream.seek(11)

    store.put(Bucket.RAW, f"{prefix}/a", stream)

    assert store.get(Bucket.RAW, f"{prefix}/a") == b"sound"


def test_a_stream_that_breaks_leaves_nothing(store: BlobStore, prefix: str) -> None:
    class Broken(Tone):
        def readinto(self, buffer: bytearray) -> int:
            if self._left < 10 * MEBIBYTE:
                raise ConnectionResetError("the sender went away")
            return super().readinto(buffer)

    with pytest.raises(ConnectionResetError):
        store.put(Bucket.RAW, f"{prefix}/a", io.BufferedReader(Broken(30 * MEBIBYTE)))

    assert list(store.keys(Bucket.RAW, prefix)) == []


def test_a_store_in_order_passes_its_check(store: BlobStore) -> None:
    store.check()
    store.check()

    assert list(store.keys(Bucket.RAW, ".")) == []
