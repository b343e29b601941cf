"""What BUILDER takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from astra.kernel.blocks import Block, Templates
from astra.kernel.ids import AssetId, SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ActaRequest:
    """Everything an acta is made of; the same request always gives the same bytes."""

    session_id: SessionId
    title: str  # the document's title property
    skeleton: bytes  # the council's DOCX
    style_map: Mapping[str, str]  # semantic role (see `roles.Role`) -> name of a style of the skeleton
    templates: Templates
    fields: Mapping[str, str]  # tag of a content control -> plain text (cover, heading, signatures)
    blocks: tuple[Block, ...]  # in the order of the acta; `target_placeholder` is a tag of the skeleton
    created_at: datetime  # goes into the document's properties instead of the machine's time
    images: Mapping[AssetId, bytes] = field(default_factory=dict)  # PNG or JPEG; block.data["asset_id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildWarning:
    """Something that degraded to plain text instead of failing."""

    code: str  # "unknown_placeholder", "unknown_style", "missing_field", …
    detail: str  # names and ids, never what was said


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What was built and what had to give way."""

    blocks_by_type: Mapping[str, int]
    restricted_blocks: int
    warnings: tuple[BuildWarning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acta:
    """The finished document."""

    docx: bytes
    report: BuildReport


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """A table of a skeleton: its tag and the tags of its columns, in order."""

    tag: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkeletonSummary:
    """What a skeleton offers to be filled; each name once, in the document's order."""

    fields: tuple[str, ...]
    zones: tuple[str, ...]
    tables: tuple[TableSummary, ...]
    sections: tuple[str, ...]  # taken out when nothing lands in them
    styles: tuple[str, ...]  # names of paragraph styles


@dataclass(frozen=True, slots=True, kw_only=True)
class SkeletonConfiguration:
    """The tenant's data that goes with a skeleton."""

    style_map: Mapping[str, str]  # semantic role -> style name
    templates: Templates
    placeholder_map: Mapping[str, str]  # template_id -> zone
    table_map: Mapping[str, str]  # intent -> table
