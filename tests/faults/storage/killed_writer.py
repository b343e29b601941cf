"""A process that works on a folder store and dies by SIGKILL.

    killed_writer.py ROOT loop            put versions of one object, and others, until somebody kills it
    killed_writer.py ROOT OPERATION STEP  do one operation, and die just before its STEPth file-system call

Prints `ready` before it starts, and `done` if an operation is over before its step comes.
"""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import FrameType

from astra.kernel.clock import SystemClock
from astra.kernel.storage.blob_store import Bucket
from astra.kernel.storage.folder_store import FolderStore

KEY = "session/1/000001.ogg"
CALLS = {"open", "write", "fsync", "close", "mkdir", "rename", "unlink", "rmdir", "link", "scandir"}


def content(number: int) -> bytes:
    return number.to_bytes(4, "big") * 60_000


def work(store: FolderStore) -> None:
    for number in count(1):
        ref = store.put(Bucket.RAW, KEY, content(number))
        store.put(Bucket.RAW, f"session/2/{number:06}.ogg", content(number))
        store.copy(ref, Bucket.CUSTODY, f"session/1/{number:06}.ogg")
        store.delete(Bucket.RAW, f"session/2/{number:06}.ogg")


def operate(store: FolderStore, operation: str) -> None:
    if operation == "put":
        store.put(Bucket.RAW, KEY, content(2))
    elif operation == "copy":
        store.copy(store.head(Bucket.RAW, KEY), Bucket.CUSTODY, KEY)
    elif operation == "prolong":
        years_away = datetime.now(UTC) + timedelta(days=3650)
        store.copy(store.head(Bucket.RAW, KEY), Bucket.SKELETONS, KEY, retain_until=years_away)
    elif operation == "delete":
        store.delete(Bucket.RAW, KEY)


def die_at(step: int) -> None:
    """Let the process die just before a call of the operating system's module."""
    left = step

    def before_call(_frame: FrameType, event: str, function: object) -> None:
        nonlocal left
        if event == "c_call" and getattr(function, "__module__", "") == "posix":
            left -= function.__name__ in CALLS  # type: ignore[attr-defined]
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(before_call)


def main(root: str, operation: str, step: str = "0") -> None:
    store = FolderStore(Path(root), b"k" * 32, "http://127.0.0.1:8000", SystemClock())
    print("ready", flush=True)
    if operation == "loop":
        work(store)
    die_at(int(step))
    operate(store, operation)
    sys.setprofile(None)
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
