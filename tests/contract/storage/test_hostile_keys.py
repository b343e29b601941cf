"""Keys that no store takes, and strange ones that every store must."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from astra.kernel.storage.blob_store import BlobKeyInvalid, BlobStore, Bucket

REFUSED = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../other",
    "a/../../etc/passwd",
    "a/..",
    "./a",
    "a/./b",
    "a//b",
    "a/",
    "nul\0byte",
    "line\nbreak",
    "delete\x7f",
    "lone surrogate \ud800",
    "x" * 241,
    "ñ" * 41,
    "/".join(["x" * 200] * 6),
]
TAKEN = [
    "...",
    "a/...",
    ".hidden",
    "with space ",
    "%2e%2e",
    "a@",
    "a@/b",
    "back\\slash",
    "C:\\windows",
    "~root",
    "-rf",
    "$(reboot)`'\"",
    "?version=1&a=b#c",
    "a+b=c;d,e",
    "*",
    "concejo de Itagüí",
    "日本",
    "🎙",
    "e\u0301",
    "x" * 240,
    "con.json",
]


@pytest.mark.parametrize("key", REFUSED, ids=range(len(REFUSED)))
def test_a_key_that_could_escape_or_not_fit_is_refused(store: BlobStore, key: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.put(Bucket.RAW, key, b"x"),
        lambda: store.get(Bucket.RAW, key),
        lambda: store.open(Bucket.RAW, key),
        lambda: store.head(Bucket.RAW, key),
        lambda: store.delete(Bucket.RAW, key),
        lambda: store.generate_presigned_url(Bucket.RAW, key, timedelta(hours=1)),
    ]
    for call in calls:
        with pytest.raises(BlobKeyInvalid):
            call()


def test_a_copy_to_a_hostile_key_is_refused(store: BlobStore, prefix: str) -> None:
    source = store.put(Bucket.RAW, f"{prefix}/a", b"x")

    with pytest.raises(BlobKeyInvalid):
        store.copy(source, Bucket.CUSTODY, "../a")


@pytest.mark.parametrize("prefix_of_keys", ["..", "../", "/", "/etc/", "a/../../", "\0", "\ud800"])
def test_a_hostile_prefix_finds_nothing(store: BlobStore, prefix_of_keys: str) -> None:
    assert list(store.keys(Bucket.RAW, prefix_of_keys)) == []


@pytest.mark.parametrize("name", TAKEN, ids=range(len(TAKEN)))
def test_a_strange_key_is_only_a_name(store: BlobStore, prefix: str, name: str) -> None:
    key = f"{prefix}/{name}"

    ref = store.put(Bucket.RAW, key, name.encode())

    assert ref.key == key
    assert list(store.keys(Bucket.RAW, prefix)) == [key]
    assert store.get(Bucket.RAW, key) == name.encode()
    copy = store.copy(ref, Bucket.SKELETONS, key)
    assert store.get(Bucket.SKELETONS, key, copy.version_id) == name.encode()
    store.delete(Bucket.RAW, key)
    assert list(store.keys(Bucket.RAW, prefix)) == []
