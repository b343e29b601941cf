"""Tenants in PostgreSQL: one row for each version of a configuration, never changed once written."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from astra.kernel.ids import TenantId
from astra.orchestrator.postgres_database import PostgresDatabase
from astra.orchestrator.postgres_schema import tenant_configs, tenants
from astra.orchestrator.tenants.errors import TenantExists, TenantNotFound
from astra.orchestrator.tenants.values import Tenant, TenantConfig

CONFIG = TypeAdapter(TenantConfig)


class PostgresTenants:
    """`TenantStore` over the tables `tenants` and `tenant_configs`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def create(self, tenant: Tenant) -> None:
        try:
            async with self._database.begin() as connection:
                await connection.execute(
                    insert(tenants).values(
                        tenant_id=tenant.tenant_id, name=tenant.name, version=tenant.version
                    )
                )
                await connection.execute(insert(tenant_configs).values(**config_row(tenant)))
        except IntegrityError as error:
            raise TenantExists(f"the tenant {tenant.tenant_id!r} exists already") from error

    async def get(self, tenant_id: TenantId) -> Tenant:
        query = (
            select(tenants.c.name, tenant_configs)
            .join(tenant_configs, tenants.c.tenant_id == tenant_configs.c.tenant_id)
            .where(tenants.c.tenant_id == tenant_id, tenants.c.version == tenant_configs.c.version)
        )
        async with self._database.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise TenantNotFound(f"there is no tenant {tenant_id!r}; create it first")
        return Tenant(
            tenant_id=tenant_id,
            name=row.name,
            config=CONFIG.validate_python(row.config),
            version=row.version,
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        )

    async def save(
        self, tenant_id: TenantId, name: str, config: TenantConfig, at: datetime, by: str
    ) -> Tenant:
        async with self._database.begin() as connection:
            bump = (
                update(tenants)
                .where(tenants.c.tenant_id == tenant_id)
                .values(version=tenants.c.version + 1, name=name)
                .returning(tenants.c.name, tenants.c.version)
            )
            row = (await connection.execute(bump)).one_or_none()
            if row is None:
                raise TenantNotFound(f"there is no tenant {tenant_id!r}; create it first")
            tenant = Tenant(
                tenant_id=tenant_id,
                name=row.name,
                config=config,
                version=row.version,
                changed_at=at,
                changed_by=by,
            )
            await connection.execute(insert(tenant_configs).values(**config_row(tenant)))
        return tenant


def config_row(tenant: Tenant) -> dict[str, object]:
    """Return the row that keeps this version of the tenant's configuration."""
    return {
        "tenant_id": tenant.tenant_id,
        "version": tenant.version,
        "config": CONFIG.dump_python(tenant.config, mode="json"),
        "changed_at": tenant.changed_at,
        "changed_by": tenant.changed_by,
    }
