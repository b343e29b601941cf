"""One object of the folder store: a folder with two files a version, its content and its record."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from astra.kernel.errors import IntegrityError
from astra.kernel.storage.blob_store import BlobNotFound, BlobRef, Bucket
from astra.kernel.storage.durable_files import Digest, sync_directory
from astra.kernel.storage.object_keys import OBJECT_MARK, decoded_name

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CONTENT_SUFFIX: Final = ".content"
RECORD_SUFFIX: Final = ".json"


class BlobDamaged(IntegrityError):
    """A file of the object store was changed or cut from outside; restore it from a backup."""

    code = "blob_damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    """What is known of a version besides its content. A version exists if and only if its record does."""

    size_bytes: int
    sha256: str
    created_at: datetime
    retain_until: datetime | None

    def digest(self) -> Digest:
        return Digest(size_bytes=self.size_bytes, sha256=self.sha256)

    def is_retained(self, now: datetime) -> bool:
        return self.retain_until is not None and self.retain_until > now

    def to_json(self) -> bytes:
        """Return the record's file: one JSON object, instants in UTC."""
        record = {
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "created_at": self.created_at.astimezone(UTC).isoformat(),
            "retain_until": self.retain_until and self.retain_until.astimezone(UTC).isoformat(),
        }
        return json.dumps(record, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "VersionRecord":
        """Read a record's file; `BlobDamaged` if it is not one."""
        try:
            record = json.loads(content)
            retain_until = record["retain_until"]
            return cls(
                size_bytes=int(record["size_bytes"]),
                sha256=str(record["sha256"]),
                created_at=datetime.fromisoformat(record["created_at"]),
                retain_until=datetime.fromisoformat(retain_until) if retain_until else None,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BlobDamaged from error


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderObject:
    """The versions of one key, ordered by version id. Whoever writes holds the lock on `path`."""

    bucket: Bucket
    key: str
    path: Path

    def version_ids(self) -> list[str]:
        """Return the ids of the versions, oldest first."""
        try:
            return sorted(path.stem for path in self.path.iterdir() if path.suffix == RECORD_SUFFIX)
        except FileNotFoundError:
            return []

    def latest(self) -> str | None:
        return max(self.version_ids(), default=None)

    def resolve(self, version_id: str | None) -> str:
        """Return the version asked for, or the latest; `BlobNotFound` if there is none."""
        chosen = version_id if version_id is not None else self.latest()
        if chosen is None or not _UUID.fullmatch(chosen):
            raise BlobNotFound
        return chosen

    def record(self, version_id: str) -> VersionRecord:
        try:
            return VersionRecord.from_json(self.record_path(version_id).read_bytes())
        except FileNotFoundError as error:
            raise BlobNotFound from error

    def records(self) -> Iterator[VersionRecord]:
        yield from map(self.record, self.version_ids())

    def open(self, version_id: str) -> BinaryIO:
        """Open a version's content; `BlobDamaged` if it has not the length of its record."""
        record = self.record(version_id)
        try:
            content = self.content_path(version_id).open("rb")
        except FileNotFoundError as error:
            if self.record_path(version_id).exists():
                raise BlobDamaged from error
            raise BlobNotFound from error
        if os.fstat(content.fileno()).st_size != record.size_bytes:
            content.close()
            raise BlobDamaged
        return content

    def add(self, version_id: str, content: Path, record: Path) -> None:
        """Move a finished content and record in. The record's name is what makes the version exist."""
        self._remove_unfinished()
        content.rename(self.content_path(version_id))
        self.replace_record(version_id, record)

    def replace_record(self, version_id: str, record: Path) -> None:
        record.rename(self.record_path(version_id))
        sync_directory(self.path)

    def content_path(self, version_id: str) -> Path:
        return self.path / (version_id + CONTENT_SUFFIX)

    def record_path(self, version_id: str) -> Path:
        return self.path / (version_id + RECORD_SUFFIX)

    def ref(self, version_id: str, record: VersionRecord) -> BlobRef:
        return BlobRef(
            bucket=self.bucket,
            key=self.key,
            version_id=version_id,
            size_bytes=record.size_bytes,
            sha256=record.sha256,
        )

    def _remove_unfinished(self) -> None:
        """Remove contents whose writer was killed just before their record came."""
        complete = set(self.version_ids())
        for content in self.path.glob("*" + CONTENT_SUFFIX):
            if content.name.removesuffix(CONTENT_SUFFIX) not in complete:
                content.unlink()


def following(version_id: str, latest: str | None) -> str:
    """Return `version_id`, or the next id after `latest` when the clock went back since then."""
    if latest is None or version_id > latest:
        return version_id
    return str(UUID(int=UUID(latest).int + 1))


def keys_below(folder: Path, base: str, prefix: str) -> Iterator[str]:
    """Yield, in order, the keys that start with `prefix` in `folder`, whose keys all start with `base`."""
    try:
        names = sorted((path.name for path in folder.iterdir()), key=decoded_name)
    except FileNotFoundError:  # removed meanwhile, or never made
        return
    for name in names:
        key = base + decoded_name(name)
        if name.endswith(OBJECT_MARK):
            if key.startswith(prefix) and _has_versions(folder / name):
                yield key
        elif key.startswith(prefix) or prefix.startswith(key):
            yield from keys_below(folder / name, key, prefix)


def _has_versions(folder: Path) -> bool:
    try:
        return any(path.suffix == RECORD_SUFFIX for path in folder.iterdir())
    except FileNotFoundError:
        return False
