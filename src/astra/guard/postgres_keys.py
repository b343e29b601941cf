"""Signing keys in PostgreSQL, encrypted at rest."""

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.postgresql import insert

from astra.guard.errors import SealStoreUnavailable
from astra.guard.key_encryption import KeyCipher
from astra.guard.ports import Signer
from astra.guard.postgres_tables import signing_keys, translated_errors
from astra.guard.signature import Ed25519Signer, key_id


class PostgresKeys:
    """`KeyRing` over the table `guard_signing_keys`, encrypted under `master_key` (32 random bytes)."""

    def __init__(self, engine: Engine, master_key: bytes) -> None:
        # A key that another process stored first must be seen, for that one counts.
        self._engine = engine.execution_options(isolation_level="READ COMMITTED")
        self._cipher = KeyCipher(master_key)

    def signer(self, owner: str) -> Signer:
        with translated_errors(), self._engine.begin() as connection:
            stored = _stored(connection, owner)
            if stored is None:
                self._store_new(connection, owner)
                stored = _stored(connection, owner)
        if stored is None:
            raise SealStoreUnavailable
        return self._opened(owner, stored)

    def _store_new(self, connection: Connection, owner: str) -> None:
        signer = Ed25519Signer.generate()
        identifier = key_id(signer.public_key)
        encrypted = self._cipher.encrypt(signer.private_key, _context(owner, identifier))
        connection.execute(
            insert(signing_keys)
            .values(key_id=identifier, owner=owner, encrypted_private_key=encrypted)
            .on_conflict_do_nothing(index_elements=[signing_keys.c.owner])
        )

    def _opened(self, owner: str, stored: tuple[str, bytes]) -> Signer:
        identifier, encrypted = stored
        return Ed25519Signer(self._cipher.decrypt(encrypted, _context(owner, identifier)))


def _stored(connection: Connection, owner: str) -> tuple[str, bytes] | None:
    columns = select(signing_keys.c.key_id, signing_keys.c.encrypted_private_key)
    row = connection.execute(columns.where(signing_keys.c.owner == owner)).one_or_none()
    return None if row is None else (row.key_id, row.encrypted_private_key)


def _context(owner: str, identifier: str) -> str:
    return f"{owner}\n{identifier}"
