"""Passwords by Argon2id with the library's defaults (RFC 9106, second recommended option)."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


class Argon2Passwords:
    """`PasswordHasher` by Argon2id. A missing hash costs as much time as a wrong password."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._decoy = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash or self._decoy, password) and bool(password_hash)
        except (Argon2Error, InvalidHashError):
            return False
