"""What the tenant service needs from outside."""

from datetime import datetime
from typing import Protocol

from astra.kernel.ids import TenantId
from astra.orchestrator.tenants.values import Tenant, TenantConfig


class TenantStore(Protocol):
    """Keeps every version of every tenant's configuration."""

    async def create(self, tenant: Tenant) -> None:
        """Add a tenant with its first version; `TenantExists` if the identifier is taken."""
        ...

    async def get(self, tenant_id: TenantId) -> Tenant:
        """Return the version in force; `TenantNotFound`."""
        ...

    async def save(
        self, tenant_id: TenantId, name: str, config: TenantConfig, at: datetime, by: str
    ) -> Tenant:
        """Add a new version under this name and return it; `TenantNotFound`."""
        ...
