"""Private keys at rest: AES-256-GCM (NIST SP 800-38D) under the deployment's master key."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from astra.guard.errors import MasterKeyInvalid, SigningKeyUnreadable

MASTER_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class KeyCipher:
    """Encrypts small secrets under `master_key` (32 random bytes).

    `context` names what the secret belongs to; a ciphertext moved to another place does not open there.
    """

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != MASTER_KEY_BYTES:
            raise MasterKeyInvalid
        self._cipher = AESGCM(master_key)

    def encrypt(self, secret: bytes, context: str) -> bytes:
        """Return a random 96-bit nonce followed by the ciphertext and its tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, context.encode())

    def decrypt(self, encrypted: bytes, context: str) -> bytes:
        """Return the secret; `SigningKeyUnreadable` if the master key, the context or a bit differs."""
        nonce, ciphertext = encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, ciphertext, context.encode())
        except (InvalidTag, ValueError) as error:
            raise SigningKeyUnreadable from error
