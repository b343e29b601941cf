"""What GUARD needs from outside: keys that sign, and a log that only grows."""

from typing import Protocol

from astra.guard.values import LogPosition


class Signer(Protocol):
    """Signs with one Ed25519 key, wherever the key lives."""

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the public key (RFC 8032 §5.1.5)."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature; the same message always gives the same ones."""
        ...


class KeyRing(Protocol):
    """Holds one signing key for each owner. Safe to share between threads."""

    def signer(self, owner: str) -> Signer:
        """Return the owner's key, made at its first use and the same ever after.

        Raises `SigningKeyUnreadable` when the key cannot be opened.
        """
        ...


class TransparencyLog(Protocol):
    """An append-only list of leaf hashes under a Merkle tree (RFC 6962 §2.1). Safe to share between threads.

    Asking for a tree larger than the log, or for an entry outside the tree, raises `LogEntryNotFound`.
    """

    def append(self, leaf_hash: bytes) -> LogPosition:
        """Add a leaf, or find it if it is there already; indexes are contiguous from 0.

        Raises `SealMalformed` unless `leaf_hash` is 32 bytes.
        """
        ...

    def size(self) -> int:
        """Return how many leaves there are."""
        ...

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` leaves."""
        ...

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the path that proves leaf `index` to be in the tree of the first `size` leaves."""
        ...

    def consistency(self, first_size: int, second_size: int) -> tuple[bytes, ...]:
        """Return the path that proves the second tree to have only appended to the first (not empty)."""
        ...
