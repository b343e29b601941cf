"""What a council has configured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from astra.kernel.blocks import Speaker, Templates
from astra.kernel.ids import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantConfig:
    """A tenant's configuration; a session pins it whole at its start."""

    skeleton_id: str
    style_map: Mapping[str, str] = field(default_factory=dict)  # semantic role -> skeleton style
    templates: Templates = field(default_factory=dict)
    placeholder_map: Mapping[str, str] = field(default_factory=dict)  # template_id -> placeholder
    table_map: Mapping[str, str] = field(default_factory=dict)  # intent -> TBL_ID
    entities_dictionary: Mapping[str, str] = field(default_factory=dict)  # heard -> written
    people: tuple[Speaker, ...] = ()
    adapter_id: str | None = None  # LoRA adapter of the language model
    custody_years: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A council and the version of its configuration in force."""

    tenant_id: TenantId
    name: str  # as the acta prints it
    config: TenantConfig
    version: int  # 1, 2, … ; every change is a new version
    changed_at: datetime
    changed_by: str
