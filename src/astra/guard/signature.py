"""Ed25519 signatures (RFC 8032): deterministic, so that sealing twice gives the same bytes."""

from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64


class Ed25519Signer:
    """A key pair held in memory."""

    def __init__(self, private_key: bytes) -> None:
        self._private_key = Ed25519PrivateKey.from_private_bytes(private_key)
        self._public_key = self._private_key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> Self:
        """Make a new key from the system's random source."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public_key(self) -> bytes:
        return self._public_key

    @property
    def private_key(self) -> bytes:
        """The 32 secret bytes, for storage under encryption only."""
        return self._private_key.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._private_key.sign(message)


def key_id(public_key: bytes) -> str:
    """Return a key's fingerprint: the SHA-256 (hex) of its 32 raw bytes."""
    return sha256(public_key).hexdigest()


def is_signed_by(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether `signature` is that of `message` under `public_key`; never raises on bad keys."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
