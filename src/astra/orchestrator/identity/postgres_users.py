"""Users in PostgreSQL."""

from dataclasses import asdict

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from astra.kernel.ids import TenantId, UserId
from astra.orchestrator.identity.errors import UserExists
from astra.orchestrator.identity.values import Role, User
from astra.orchestrator.postgres_database import PostgresDatabase
from astra.orchestrator.postgres_schema import users


class PostgresUsers:
    """`UserStore` over the table `users`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def add(self, user: User) -> None:
        try:
            async with self._database.begin() as connection:
                await connection.execute(insert(users).values(**asdict(user)))
        except IntegrityError as error:
            raise UserExists(f"there is a user with the e-mail {user.email!r} already") from error

    async def by_email(self, email: str) -> User | None:
        async with self._database.connect() as connection:
            row = (await connection.execute(select(users).where(users.c.email == email))).one_or_none()
        if row is None:
            return None
        return User(
            user_id=UserId(row.user_id),
            tenant_id=TenantId(row.tenant_id),
            email=row.email,
            password_hash=row.password_hash,
            role=Role(row.role),
            created_at=row.created_at,
        )
