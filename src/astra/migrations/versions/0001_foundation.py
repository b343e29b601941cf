"""Tenants, users, finalizations, the transparency log with its keys, and Procrastinate's queue."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)

DROP_PROCRASTINATE = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\\_%'
    LOOP EXECUTE format('DROP TABLE %I CASCADE', name); END LOOP;
    FOR name IN SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'procrastinate\\_%'
    LOOP EXECUTE 'DROP FUNCTION ' || name || ' CASCADE'; END LOOP;
    FOR name IN SELECT typname FROM pg_type
        WHERE typnamespace = current_schema()::regnamespace
        AND typname LIKE 'procrastinate\\_%' AND typtype IN ('c', 'e')
    LOOP EXECUTE format('DROP TYPE %I CASCADE', name); END LOOP;
END $$
"""


def upgrade() -> None:
    """Make the first tables."""
    create_tenants()
    create_finalizations()
    create_guard()
    run(SchemaManager.get_schema())


def downgrade() -> None:
    """Drop everything."""
    run(DROP_PROCRASTINATE)
    for table in (
        "guard_signing_keys",
        "guard_log_leaves",
        "finalizations",
        "users",
        "tenant_configs",
        "tenants",
    ):
        op.drop_table(table)


def create_tenants() -> None:
    """Make the tables of councils and their people."""
    op.create_table(
        "tenants",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="tenants_pkey"),
    )
    op.create_table(
        "tenant_configs",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("config", JSONB(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], "tenant_configs_tenant_id_fkey"),
        sa.PrimaryKeyConstraint("tenant_id", "version", name="tenant_configs_pkey"),
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], "users_tenant_id_fkey"),
        sa.PrimaryKeyConstraint("user_id", name="users_pkey"),
        sa.UniqueConstraint("email", name="users_email_key"),
    )


def create_finalizations() -> None:
    """Make the table of durable finalizations."""
    op.create_table(
        "finalizations",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("snapshot_id", sa.String(36), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("results", JSONB(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(500), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], "finalizations_tenant_id_fkey"),
        sa.PrimaryKeyConstraint("session_id", name="finalizations_pkey"),
    )
    op.create_index("finalizations_step_lease_idx", "finalizations", ["step", "lease_until"])


def create_guard() -> None:
    """Make GUARD's tables."""
    op.create_table(
        "guard_log_leaves",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("leaf_index >= 0", name="ck_guard_log_leaves_leaf_index"),
        sa.CheckConstraint("octet_length(leaf_hash) = 32", name="ck_guard_log_leaves_leaf_hash"),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_guard_log_leaves"),
        sa.UniqueConstraint("leaf_hash", name="uq_guard_log_leaves_leaf_hash"),
    )
    op.create_table(
        "guard_signing_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("encrypted_private_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_guard_signing_keys"),
        sa.UniqueConstraint("owner", name="uq_guard_signing_keys_owner"),
    )


def run(script: str) -> None:
    """Run a script of several statements as it is (SQLAlchemy would take its % for parameters)."""
    connection = op.get_bind().connection.driver_connection
    if connection is not None:
        connection.execute(script)
