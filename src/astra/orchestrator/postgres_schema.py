"""The orchestrator's tables. Alembic's migrations are checked against this metadata."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata: Final = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "ix": "%(table_name)s_%(column_0_name)s_idx",
    }
)

Instant = DateTime(timezone=True)

tenants: Final = Table(
    "tenants",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False),
)

tenant_configs: Final = Table(
    "tenant_configs",
    metadata,
    Column("tenant_id", ForeignKey("tenants.tenant_id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("config", JSONB, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False),
)

users: Final = Table(
    "users",
    metadata,
    Column("user_id", String(36), primary_key=True),
    Column("tenant_id", ForeignKey("tenants.tenant_id"), nullable=False),
    Column("email", String(320), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("email"),
)

finalizations: Final = Table(
    "finalizations",
    metadata,
    Column("session_id", String(36), primary_key=True),
    Column("tenant_id", ForeignKey("tenants.tenant_id"), nullable=False),
    Column("snapshot_id", String(36), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("requested_by", String(200), nullable=False),
    Column("step", String(20), nullable=False),
    Column("results", JSONB, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", String(500), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("lease_until", Instant, nullable=False),
    Index("finalizations_step_lease_idx", "step", "lease_until"),
)
