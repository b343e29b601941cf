"""Where each block goes: its own zone or table, or the debate when the skeleton does not have that place."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from astra.builder.tables import Row
from astra.builder.warnings import Warnings
from astra.kernel.blocks import Block, BlockType, Visibility

FALLBACK_ZONE: Final = "ZONE_DEBATE"
END_OF_BODY: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The blocks of each zone and the rows of each table, by tag, in the order of the acta."""

    zones: Mapping[str, list[Block]]  # `END_OF_BODY` holds what no zone took
    tables: Mapping[str, list[Row]]


def place(
    blocks: Iterable[Block], *, zones: Collection[str], tables: Collection[str], warnings: Warnings
) -> Placement:
    """Send each block to its place among the skeleton's `zones` and `tables`."""
    fallback = FALLBACK_ZONE if FALLBACK_ZONE in zones else END_OF_BODY
    by_zone: dict[str, list[Block]] = defaultdict(list)
    rows: dict[str, list[Row]] = defaultdict(list)
    for block in blocks:
        target = block.target_placeholder
        is_row = block.type is BlockType.TABLE_ROW
        if is_row and target and target in tables and _add_row(rows[target], block):
            continue
        if not is_row and target and target in zones:
            by_zone[target].append(block)
            continue
        if target or fallback == END_OF_BODY:
            warnings.add("unknown_placeholder", f"{target or FALLBACK_ZONE} {block.block_id}")
        by_zone[fallback].append(block)
    return Placement(zones=by_zone, tables=rows)


def _add_row(rows: list[Row], block: Block) -> bool:
    """Add a row's cells; False if the block has none. A run of reserved rows becomes one."""
    if block.visibility is Visibility.RESTRICTED:
        if not rows or rows[-1] is not None:
            rows.append(None)
        return True
    columns = block.data.get("columns")
    if not isinstance(columns, Mapping):
        return False
    rows.append({name: "" if value is None else str(value) for name, value in columns.items()})
    return True
