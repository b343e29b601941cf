"""However a writer is killed, each object is its old version or its new one, whole."""

import hashlib
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from astra.kernel.clock import SystemClock
from astra.kernel.storage.blob_store import BlobRetained, Bucket
from astra.kernel.storage.folder_store import FolderStore

WRITER = Path(__file__).with_name("killed_writer.py")
KEY = "session/1/000001.ogg"
MAX_STEPS = 60


def open_store(root: Path) -> FolderStore:
    return FolderStore(root, b"k" * 32, "http://127.0.0.1:8000", SystemClock())


def content(number: int) -> bytes:
    return number.to_bytes(4, "big") * 60_000


def start(root: Path, *arguments: str) -> "subprocess.Popen[str]":
    writer = subprocess.Popen([sys.executable, WRITER, root, *arguments], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def finishes(writer: "subprocess.Popen[str]") -> bool:
    """Return whether the writer lived to do all of its work."""
    rest, _ = writer.communicate(timeout=20)
    assert writer.returncode in {0, -signal.SIGKILL}
    return rest == "done\n"


def assert_whole(store: FolderStore) -> None:
    """Read every object and every version that is there."""
    for bucket in Bucket:
        for key in store.keys(bucket, ""):
            ref = store.head(bucket, key)
            read = store.get(bucket, key, ref.version_id)
            assert len(read) == ref.size_bytes
            assert hashlib.sha256(read).hexdigest() == ref.sha256
            assert read == read[:4] * 60_000


def test_a_writer_killed_at_random_leaves_no_torn_object(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    store = open_store(tmp_path / "blobs")
    last = 0
    for _ in range(12):
        writer = start(tmp_path / "blobs", "loop")
        time.sleep(chance.uniform(0.01, 0.25))
        writer.kill()
        writer.communicate()
        assert_whole(store)
        if KEY in store.keys(Bucket.RAW, KEY):
            last = len(list((tmp_path / "blobs" / "raw" / (KEY + "@")).glob("*.json")))
    assert last > 12
    store.put(Bucket.RAW, KEY, content(1))
    store.delete(Bucket.RAW, KEY)


@pytest.mark.parametrize("operation", ["put", "copy", "prolong", "delete"])
def test_a_writer_killed_before_any_of_its_steps_leaves_the_old_or_the_new(
    tmp_path: Path, operation: str
) -> None:
    outcomes = []
    for step in range(1, MAX_STEPS):
        root = tmp_path / str(step)
        store = open_store(root)
        store.put(Bucket.RAW, KEY, content(1))
        store.put(Bucket.SKELETONS, KEY, content(1))
        is_done = finishes(start(root, operation, str(step)))
        assert_whole(store)
        outcomes.append(state_after(store, operation))
        if is_done:
            break

    assert is_done
    assert outcomes[0] == "old"
    assert outcomes == sorted(outcomes, reverse=True)  # once new, always new
    assert outcomes[-1] == "new"
    assert len(outcomes) > 5


def state_after(store: FolderStore, operation: str) -> str:
    """Name what is there, then see that the store still works on it."""
    if operation == "put":
        state = {content(1): "old", content(2): "new"}[store.get(Bucket.RAW, KEY)]
    elif operation == "copy":
        state = "new" if list(store.keys(Bucket.CUSTODY, "")) else "old"
        store.copy(store.head(Bucket.RAW, KEY), Bucket.CUSTODY, KEY)
    elif operation == "prolong":
        state = "new" if is_retained(store) else "old"
    else:
        state = "old" if list(store.keys(Bucket.RAW, "")) else "new"
    store.put(Bucket.RAW, KEY, content(3))
    assert store.get(Bucket.RAW, KEY) == content(3)
    store.generate_presigned_url(Bucket.RAW, KEY, timedelta(hours=1))
    return state


def is_retained(store: FolderStore) -> bool:
    try:
        store.put(Bucket.SKELETONS, KEY, content(9))
    except BlobRetained:
        return True
    return False
