"""What identity needs from outside."""

from datetime import datetime
from typing import Protocol

from astra.orchestrator.identity.values import Principal, User


class UserStore(Protocol):
    """Keeps users."""

    async def add(self, user: User) -> None:
        """Add a user; `UserExists` if the e-mail is taken."""
        ...

    async def by_email(self, email: str) -> User | None: ...


class PasswordHasher(Protocol):
    """Turns passwords into something safe to keep."""

    def hash(self, password: str) -> str: ...

    def matches(self, password: str, password_hash: str) -> bool: ...


class TokenIssuer(Protocol):
    """Issues and reads access tokens."""

    def issue(self, principal: Principal, expires_at: datetime) -> str: ...

    def read(self, token: str, now: datetime) -> Principal:
        """Return who holds the token; `TokenInvalid`."""
        ...
