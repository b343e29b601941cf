"""A council with ASTRA's default skeleton, ready to hold sessions."""

from collections.abc import Mapping
from typing import Final

from astra.bootstrap.container import Application
from astra.builder.skeletons import default_configuration, default_skeleton
from astra.kernel.blocks import Speaker
from astra.kernel.ids import TenantId
from astra.orchestrator.tenants.errors import TenantExists
from astra.orchestrator.tenants.values import TenantConfig

SKELETON_ID: Final = "concejo"


def default_tenant_config(
    people: tuple[Speaker, ...] = (), entities_dictionary: Mapping[str, str] | None = None
) -> TenantConfig:
    """Return the configuration that goes with the default skeleton."""
    configuration = default_configuration()
    return TenantConfig(
        skeleton_id=SKELETON_ID,
        style_map=configuration.style_map,
        templates=configuration.templates,
        placeholder_map=configuration.placeholder_map,
        table_map=configuration.table_map,
        entities_dictionary=entities_dictionary or {},
        people=people,
    )


async def ensure_council(
    application: Application,
    tenant_id: TenantId,
    name: str,
    config: TenantConfig,
    skeleton: bytes | None = None,
) -> None:
    """Make the council unless it exists; its skeleton is there in the end even after a crash midway."""
    try:
        await application.tenants.create(tenant_id, name, config, by="astra")
    except TenantExists:
        await application.tenants.save(tenant_id, name, config, by="astra")
    await application.tenants.put_skeleton(tenant_id, config.skeleton_id, skeleton or default_skeleton())
