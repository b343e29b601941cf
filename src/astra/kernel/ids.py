"""Identifiers: UUIDv7 strings (RFC 9562), one `NewType` for each kind of thing."""

from typing import NewType, Protocol

from uuid_utils import uuid7

TenantId = NewType("TenantId", str)
SessionId = NewType("SessionId", str)
BlockId = NewType("BlockId", str)
AssetId = NewType("AssetId", str)
UserId = NewType("UserId", str)
SnapshotId = NewType("SnapshotId", str)


class IdSource(Protocol):
    """Makes identifiers; injected so that tests can foresee them."""

    def new(self) -> str:
        """Return a new identifier, greater than every earlier one of this source."""
        ...


class Uuid7Ids:
    """Identifiers ordered by the time of their making."""

    def new(self) -> str:
        return str(uuid7())
