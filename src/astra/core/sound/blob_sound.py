"""`SoundSource` over the object store: one version of an object, read in parts and never held whole."""

import time
from typing import BinaryIO, Final

from astra.core.errors import AudioUnreadable
from astra.core.retries import Retries, Sleep
from astra.core.sound.remote_file import BUFFER_BYTES, ByteStream, Interrupted, open_remote
from astra.kernel.storage.blob_store import BlobNotFound, BlobRef, BlobStore, StoreUnavailable

_RETRIES: Final = Retries()


class BlobSound:
    """A recording in the object store.

    Args:
        store: where it is.
        ref: the version, as `BlobStore.put` or `head` gave it.
        buffer_bytes: how much of the recording is held.
        retries: for a store that does not answer; counted anew after each byte.
        sleep: waits between them.
    """

    def __init__(
        self,
        store: BlobStore,
        ref: BlobRef,
        *,
        buffer_bytes: int = BUFFER_BYTES,
        retries: Retries = _RETRIES,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._store = store
        self._ref = ref
        self._buffer_bytes = buffer_bytes
        self._retries = retries
        self._sleep = sleep

    def open(self) -> BinaryIO:
        """Return the recording as a file; reading it raises what opening raises.

        Raises:
            AudioUnreadable: the object is not there any more.
            StoreUnavailable: the store does not answer.
        """
        return open_remote(
            _BlobBytes(self._store, self._ref),
            buffer_bytes=self._buffer_bytes,
            retries=self._retries,
            sleep=self._sleep,
        )


class _BlobBytes:
    """`RemoteBytes` over a store."""

    can_start_anywhere = True

    def __init__(self, store: BlobStore, ref: BlobRef) -> None:
        self._store = store
        self._ref = ref

    @property
    def size_bytes(self) -> int:
        return self._ref.size_bytes

    def open_at(self, start: int) -> ByteStream:
        try:
            stream = self._store.open(self._ref.bucket, self._ref.key, self._ref.version_id, start=start)
        except BlobNotFound as error:
            raise AudioUnreadable(
                "The recording is not in the object store any more; upload it again."
            ) from error
        except StoreUnavailable as error:
            raise Interrupted(error) from error
        return _BlobStream(stream)

    def close(self) -> None:
        """The store stays open: others use it."""


class _BlobStream:
    """A stream of the store; what breaks it off may pass."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except StoreUnavailable as error:
            raise Interrupted(error) from error

    def close(self) -> None:
        self._stream.close()
