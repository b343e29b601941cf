"""Fill the small disk at ROOT with a folder store; exits with 0 if the store says so and leaves nothing."""

import io
import sys
from pathlib import Path

from astra.kernel.clock import SystemClock
from astra.kernel.storage.blob_store import Bucket, StoreFull
from astra.kernel.storage.folder_store import FolderStore

MEBIBYTE = 1 << 20


def main(root: Path) -> int:
    store = FolderStore(root / "blobs", b"k" * 32, "http://127.0.0.1:8000", SystemClock())
    kept = store.put(Bucket.RAW, "kept.ogg", b"sound" * 1000)
    for content in (io.BytesIO(b"x" * 8 * MEBIBYTE), b"x" * 8 * MEBIBYTE):
        for key in ("kept.ogg", "session/1/new.ogg"):
            try:
                store.put(Bucket.RAW, key, content)
            except StoreFull as error:
                print(error)
            else:
                return 1
    files = sorted(path.suffix for path in root.rglob("*") if path.is_file())
    folders = [path.name for path in root.rglob("*") if path.is_dir()]
    assert files == [".content", ".json"], files
    assert "session" not in folders, folders
    assert store.get(Bucket.RAW, "kept.ogg") == b"sound" * 1000
    assert store.put(Bucket.RAW, "small.ogg", b"fits").size_bytes == 4
    assert store.head(Bucket.RAW, "kept.ogg") == kept
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
