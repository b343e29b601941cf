"""Signing keys that live as long as their process."""

from threading import Lock

from astra.guard.ports import Signer
from astra.guard.signature import Ed25519Signer


class MemoryKeys:
    """`KeyRing` in memory."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._signers: dict[str, Signer] = {}

    def signer(self, owner: str) -> Signer:
        with self._lock:
            if owner not in self._signers:
                self._signers[owner] = Ed25519Signer.generate()
            return self._signers[owner]
