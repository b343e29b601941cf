"""Tenants: creation, configuration in force, skeletons."""

import asyncio

from astra.kernel.clock import Clock
from astra.kernel.ids import TenantId
from astra.kernel.storage.blob_store import BlobNotFound, BlobRef, BlobStore, Bucket
from astra.orchestrator.tenants.errors import SkeletonNotFound
from astra.orchestrator.tenants.ports import TenantStore
from astra.orchestrator.tenants.values import Tenant, TenantConfig


class Tenants:
    """The tenant configuration service."""

    def __init__(self, *, store: TenantStore, blobs: BlobStore, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock

    async def create(self, tenant_id: TenantId, name: str, config: TenantConfig, by: str) -> Tenant:
        """Add a tenant; `TenantExists` if the identifier is taken."""
        tenant = Tenant(
            tenant_id=tenant_id,
            name=name,
            config=config,
            version=1,
            changed_at=self._clock.now(),
            changed_by=by,
        )
        await self._store.create(tenant)
        return tenant

    async def get(self, tenant_id: TenantId) -> Tenant:
        return await self._store.get(tenant_id)

    async def save(self, tenant_id: TenantId, name: str, config: TenantConfig, by: str) -> Tenant:
        """Put a new version in force; sessions already started keep theirs."""
        return await self._store.save(tenant_id, name, config, self._clock.now(), by)

    async def put_skeleton(self, tenant_id: TenantId, skeleton_id: str, docx: bytes) -> BlobRef:
        """Store a version of a skeleton."""
        key = skeleton_key(tenant_id, skeleton_id)
        return await asyncio.to_thread(self._blobs.put, Bucket.SKELETONS, key, docx)

    async def skeleton(self, tenant_id: TenantId, skeleton_id: str) -> BlobRef:
        """Return the newest version of a skeleton; `SkeletonNotFound`."""
        key = skeleton_key(tenant_id, skeleton_id)
        try:
            return await asyncio.to_thread(self._blobs.head, Bucket.SKELETONS, key)
        except BlobNotFound as error:
            raise SkeletonNotFound(
                f"there is no skeleton {skeleton_id!r} in this council; upload it first"
            ) from error


def skeleton_key(tenant_id: TenantId, skeleton_id: str) -> str:
    """Return where a tenant's skeleton lives in its bucket."""
    return f"{tenant_id}/{skeleton_id}.docx"
