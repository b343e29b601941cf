"""Identity: users, sign-in, and who holds a token."""

import asyncio
from datetime import timedelta

from astra.kernel.clock import Clock
from astra.kernel.ids import IdSource, TenantId, UserId
from astra.orchestrator.identity.errors import PasswordTooShort, SignInRefused
from astra.orchestrator.identity.ports import PasswordHasher, TokenIssuer, UserStore
from astra.orchestrator.identity.values import Principal, Role, User

MIN_PASSWORD_LENGTH = 12


class Identity:
    """The built-in issuer, for a deployment without an identity provider of its own."""

    def __init__(
        self,
        *,
        users: UserStore,
        passwords: PasswordHasher,
        tokens: TokenIssuer,
        clock: Clock,
        ids: IdSource,
        token_lifetime: timedelta,
    ) -> None:
        self._users = users
        self._passwords = passwords
        self._tokens = tokens
        self._clock = clock
        self._ids = ids
        self._token_lifetime = token_lifetime

    @property
    def token_lifetime(self) -> timedelta:
        return self._token_lifetime

    async def create_user(self, tenant_id: TenantId, email: str, password: str, role: Role) -> User:
        """Add a person; `UserExists`, `PasswordTooShort`."""
        if len(password) < MIN_PASSWORD_LENGTH:
            raise PasswordTooShort
        user = User(
            user_id=UserId(self._ids.new()),
            tenant_id=tenant_id,
            email=normalised(email),
            password_hash=await asyncio.to_thread(self._passwords.hash, password),
            role=role,
            created_at=self._clock.now(),
        )
        await self._users.add(user)
        return user

    async def knows(self, email: str) -> bool:
        """Tell whether there is a user with that e-mail."""
        return await self._users.by_email(normalised(email)) is not None

    async def sign_in(self, email: str, password: str) -> str:
        """Return an access token; `SignInRefused` without telling which of the two was wrong."""
        user = await self._users.by_email(normalised(email))
        password_hash = user.password_hash if user else ""
        matches = await asyncio.to_thread(self._passwords.matches, password, password_hash)
        if user is None or not matches:
            raise SignInRefused
        return self.issue(principal_of(user))

    def issue(self, principal: Principal) -> str:
        """Return an access token for somebody already identified."""
        return self._tokens.issue(principal, self._clock.now() + self._token_lifetime)

    def authenticate(self, token: str) -> Principal:
        """Return who holds the token; `TokenInvalid`."""
        return self._tokens.read(token, self._clock.now())


def principal_of(user: User) -> Principal:
    """Return the user as a token carries them."""
    return Principal(user_id=user.user_id, tenant_id=user.tenant_id, email=user.email, role=user.role)


def normalised(email: str) -> str:
    """Return the form under which an e-mail address is unique."""
    return email.strip().lower()
