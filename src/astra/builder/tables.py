"""Tables with a physical id: each row clones the prototype row, whose content controls name the columns."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Final

from lxml import etree

from astra.builder.content_controls import set_text, settle, tag_of
from astra.builder.warnings import Warnings
from astra.builder.wordml import w

RESTRICTED_TEXT: Final = "[Fragmento reservado]"

Row = Mapping[str, str] | None
"""The cells of a row by column tag; None stands for rows that this edition may not show."""


def columns_of(table: etree._Element) -> tuple[str, ...]:
    """Return the column tags of a table's prototype row, in order; none if it has no such row."""
    row = _prototype(table)
    return () if row is None else tuple(tag_of(control) for control in _cells(row))


def fill_table(table: etree._Element, rows: Sequence[Row], warnings: Warnings) -> None:
    """Put a clone of the prototype row for each of `rows` in its place.

    `table` is the content control around the table; it must have columns (see `columns_of`). A cell that a
    row does not name stays empty, with a warning.
    """
    prototype = _prototype(table)
    parent = None if prototype is None else prototype.getparent()
    if prototype is None or parent is None:
        return
    settle(table)
    place = parent.index(prototype)
    parent[place : place + 1] = [_row(prototype, row, tag_of(table), warnings) for row in rows]


def _row(prototype: etree._Element, row: Row, table_tag: str, warnings: Warnings) -> etree._Element:
    clone = deepcopy(prototype)
    for number, control in enumerate(_cells(clone)):
        column = tag_of(control)
        if row is None:
            text = "" if number else RESTRICTED_TEXT
        else:
            text = row.get(column, "")
            if column not in row:
                warnings.add("missing_column", f"{table_tag}: {column}")
        set_text(control, text)
        _forget_id(control)
    return clone


def _forget_id(control: etree._Element) -> None:
    """Drop the control's id, which must be unique in a document; Word gives each clone its own."""
    for identifier in control.findall(f"{w('sdtPr')}/{w('id')}"):
        identifier.getparent().remove(identifier)  # type: ignore[union-attr]


def _prototype(table: etree._Element) -> etree._Element | None:
    return next((row for row in table.iter(w("tr")) if _cells(row)), None)


def _cells(row: etree._Element) -> list[etree._Element]:
    return [control for control in row.iter(w("sdt")) if tag_of(control)]
