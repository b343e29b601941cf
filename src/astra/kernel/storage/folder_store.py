"""The object store in a folder: versions, retention and signed links without a server.

Layout: `<root>/<bucket>/<encoded key>@/<version id>.content` and `….json`. A version is written and made
durable under `<root>/.staging`, then renamed into place, its record last: a crash leaves it whole or absent.
Works on any POSIX file system with `flock`, and several processes may share the folder.
"""

import errno
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from astra.kernel.clock import Clock
from astra.kernel.ids import IdSource, Uuid7Ids
from astra.kernel.storage.blob_store import (
    BlobRef,
    BlobRetained,
    Bucket,
    CustodyPromise,
    StoreFull,
    StoreUnavailable,
)
from astra.kernel.storage.durable_files import (
    Digest,
    NewFile,
    chunks,
    locked_directory,
    make_directories,
    move_away,
    remove_empty_parents,
)
from astra.kernel.storage.folder_object import FolderObject, VersionRecord, following, keys_below
from astra.kernel.storage.object_keys import object_path
from astra.kernel.storage.signed_url import BlobUrlSigner

STAGING: Final = ".staging"
STALE_AFTER: Final = timedelta(hours=1)  # no writer pauses that long between two pieces
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_OURS: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBlob:
    """What a valid link gives: a version and its content, a seekable file that the caller closes."""

    ref: BlobRef
    content: BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class _Staging:
    """Where a version is made before it is moved into place."""

    content: Path
    record: Path


class FolderStore:
    """A `BlobStore` in a folder.

    Args:
        root: the store's folder, made when it is first written.
        signing_key: signs links; at least 32 bytes, the same in every process that serves this folder.
        base_url: scheme and authority of the API that serves the links, or what returns it.
        clock: tells when retention ends and links expire.
        ids: makes version ids.
    """

    def __init__(
        self,
        root: Path,
        signing_key: bytes,
        base_url: str | Callable[[], str],
        clock: Clock,
        ids: IdSource | None = None,
    ) -> None:
        self._root = root
        self._signer = BlobUrlSigner(signing_key=signing_key, base_url=base_url, clock=clock)
        self._clock = clock
        self._ids = ids or Uuid7Ids()
        self._is_swept = False

    @property
    def custody_promise(self) -> CustodyPromise:
        return CustodyPromise.ASTRA

    def put(
        self,
        bucket: Bucket,
        key: str,
        content: bytes | BinaryIO,
        *,
        retain_until: datetime | None = None,
    ) -> BlobRef:
        target = self._object(bucket, key)
        with self._staging() as staging:
            digest = self._write(staging.content, content)
            return self._commit(staging, digest, target, retain_until, is_copy=False)

    def get(self, bucket: Bucket, key: str, version_id: str | None = None) -> bytes:
        with self.open(bucket, key, version_id) as stream, self._disk_errors():
            return stream.read()

    def open(self, bucket: Bucket, key: str, version_id: str | None = None, *, start: int = 0) -> BinaryIO:
        target = self._object(bucket, key)
        with self._disk_errors():
            content = target.open(target.resolve(version_id))
            content.seek(start)
            return content

    def head(self, bucket: Bucket, key: str, version_id: str | None = None) -> BlobRef:
        target = self._object(bucket, key)
        with self._disk_errors():
            chosen = target.resolve(version_id)
            return target.ref(chosen, target.record(chosen))

    def keys(self, bucket: Bucket, prefix: str) -> Iterator[str]:
        with self._disk_errors():
            yield from keys_below(self._root / bucket, "", prefix)

    def delete(self, bucket: Bucket, key: str) -> None:
        target = self._object(bucket, key)
        with self._disk_errors():
            if not target.path.exists():
                return
            with locked_directory(target.path):
                if any(record.is_retained(self._clock.now()) for record in target.records()):
                    raise BlobRetained
                self._remove(target)

    def copy(
        self, source: BlobRef, bucket: Bucket, key: str, *, retain_until: datetime | None = None
    ) -> BlobRef:
        origin, target = self._object(source.bucket, source.key), self._object(bucket, key)
        with self._staging() as staging:
            with self._disk_errors():
                version_id = origin.resolve(source.version_id)
                record = origin.record(version_id)
                content = origin.open(version_id)
            with content:
                if not self._link(origin.content_path(version_id), staging.content):
                    self._write(staging.content, content)
            return self._commit(staging, record.digest(), target, retain_until, is_copy=True)

    def upload_file(self, path: Path, bucket: Bucket, key: str) -> BlobRef:
        with path.open("rb") as content:
            return self.put(bucket, key, content)

    def generate_presigned_url(self, bucket: Bucket, key: str, expiration: timedelta) -> str:
        return self._signer.sign(self.head(bucket, key), expiration)

    def open_signed(self, bucket: str, key: str, params: Mapping[str, str]) -> SignedBlob:
        """Open what a link made by `generate_presigned_url` points to, as it comes in a request.

        Args:
            bucket: the path's part after `/v1/blobs/`.
            key: the rest of the path, percent-decoded.
            params: the query's parameters, decoded.

        Raises:
            BlobUrlRefused: the link was altered, is incomplete or has expired.
            BlobNotFound: the object is no longer there.
        """
        target = self._signer.verify(bucket, key, params)
        ref = self.head(target.bucket, target.key, target.version_id)
        return SignedBlob(ref=ref, content=self.open(target.bucket, target.key, target.version_id))

    def check(self) -> None:
        with self._staging() as staging:
            self._write(staging.content, b"astra")
            with self._disk_errors():
                staging.content.read_bytes()

    def _object(self, bucket: Bucket, key: str) -> FolderObject:
        return FolderObject(bucket=bucket, key=key, path=self._root / bucket / object_path(key))

    def _commit(
        self,
        staging: _Staging,
        digest: Digest,
        target: FolderObject,
        retain_until: datetime | None,
        *,
        is_copy: bool,
    ) -> BlobRef:
        with self._disk_errors(), locked_directory(target.path):
            try:
                if held := self._already_held(digest, target, is_copy=is_copy):
                    return self._retained(staging, target, held, retain_until)
                record = self._new_record(digest, retain_until)
                self._write(staging.record, record.to_json())
                version_id = following(self._ids.new(), target.latest())
                target.add(version_id, staging.content, staging.record)
                return target.ref(version_id, record)
            finally:
                remove_empty_parents(target.path, self._root / target.bucket)

    def _already_held(self, digest: Digest, target: FolderObject, *, is_copy: bool) -> str | None:
        """Return the version that makes a new one needless; `BlobRetained` if it forbids a new one."""
        latest = target.latest()
        if latest is None:
            return None
        record = target.record(latest)
        is_same = record.sha256 == digest.sha256
        is_retained = record.is_retained(self._clock.now())
        if is_retained and not is_same:
            raise BlobRetained
        return latest if is_same and (is_copy or is_retained) else None

    def _retained(
        self, staging: _Staging, target: FolderObject, version_id: str, retain_until: datetime | None
    ) -> BlobRef:
        """Keep a version that is there until the later of its date and `retain_until`."""
        record = target.record(version_id)
        if retain_until and (record.retain_until is None or record.retain_until < retain_until):
            record = replace(record, retain_until=retain_until)
            self._write(staging.record, record.to_json())
            target.replace_record(version_id, staging.record)
        return target.ref(version_id, record)

    def _new_record(self, digest: Digest, retain_until: datetime | None) -> VersionRecord:
        return VersionRecord(
            size_bytes=digest.size_bytes,
            sha256=digest.sha256,
            created_at=self._clock.now(),
            retain_until=retain_until,
        )

    def _remove(self, target: FolderObject) -> None:
        """Make all versions vanish at once, then free their room."""
        grave = self._root / STAGING / self._ids.new()
        make_directories(grave.parent)
        move_away(target.path, grave)
        shutil.rmtree(grave, ignore_errors=True)
        remove_empty_parents(target.path.parent, self._root / target.bucket)

    def _write(self, path: Path, content: bytes | BinaryIO) -> Digest:
        """Write a new file. Only the disk's errors are translated, not those of reading `content`."""
        with self._disk_errors():
            file = NewFile(path)
        with closing(file):
            for chunk in chunks(content):
                with self._disk_errors():
                    file.write(chunk)
            with self._disk_errors():
                return file.finish()

    def _link(self, source: Path, target: Path) -> bool:
        """Give immutable content a second name; false where the file system cannot."""
        try:
            target.hardlink_to(source)
        except OSError:
            return False
        return True

    @contextmanager
    def _staging(self) -> Iterator[_Staging]:
        """Yield the paths of a version in the making, and leave nothing there."""
        folder, name = self._root / STAGING, self._ids.new()
        with self._disk_errors():
            make_directories(folder)
            self._sweep(folder)
        staging = _Staging(content=folder / f"{name}.content", record=folder / f"{name}.json")
        try:
            yield staging
        finally:
            for path in (staging.content, staging.record):
                with suppress(OSError):
                    path.unlink()

    def _sweep(self, folder: Path) -> None:
        """Remove, once, what killed writers left behind."""
        if self._is_swept:
            return
        oldest = (self._clock.now() - STALE_AFTER).timestamp()
        for path in folder.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_ctime >= oldest:
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()
        self._is_swept = True

    @contextmanager
    def _disk_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _translated(error, self._root) from error


def _translated(error: OSError, root: Path) -> StoreFull | StoreUnavailable:
    if error.errno in _NO_ROOM:
        return StoreFull(f"The disk of the object store is full ({root}); free some space and try again.")
    if error.errno in _NOT_OURS:
        return StoreUnavailable(
            f"The object store's folder cannot be read and written ({error.strerror}): {root}; "
            "let the user that runs ASTRA own it."
        )
    return StoreUnavailable(f"The object store's folder fails ({error.strerror}): {root}")
