"""Filling the content controls of one part of the skeleton: the document, a header, a footer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from astra.builder.content_controls import (
    Kind,
    content_of,
    controls,
    holds_blocks,
    kind_of,
    remove,
    set_text,
    settle,
    tag_of,
)
from astra.builder.tables import Row, columns_of, fill_table
from astra.builder.warnings import Warnings
from astra.builder.wordml import parsed, w


@dataclass(slots=True)
class Story:
    """The content controls of a part, sorted by what they stand for."""

    root: etree._Element
    zones: dict[str, etree._Element] = field(default_factory=dict)
    tables: dict[str, etree._Element] = field(default_factory=dict)
    fields: list[etree._Element] = field(default_factory=list)
    sections: list[etree._Element] = field(default_factory=list)

    @classmethod
    def read(cls, root: etree._Element, targets: frozenset[str | None], warnings: Warnings) -> "Story":
        """Find the controls; one whose tag is among `targets` takes blocks though its tag says nothing of it.

        A zone or table that comes a second time is taken out, with a warning.
        """
        story = cls(root)
        for control in list(controls(root)):
            story._sort_in(control, targets, warnings)
        return story

    @property
    def is_empty(self) -> bool:
        return not (self.zones or self.tables or self.fields or self.sections)

    def fill(
        self,
        *,
        rows: Mapping[str, Sequence[Row]],
        render: Callable[[str], str],
        values: Mapping[str, str],
        warnings: Warnings,
    ) -> None:
        """Fill tables, zones and fields by tag; take out the tables, zones and sections that receive nothing.

        `render` makes a zone's paragraphs as XML. A field without a value is emptied, with a warning.
        """
        landed = [
            *self._fill_tables(rows, warnings),
            *self._fill_zones(render),
            *(control for control in self.fields if values.get(tag_of(control))),
        ]
        self._drop_sections(landed)
        self._fill_fields(values, warnings)

    def _fill_tables(self, rows: Mapping[str, Sequence[Row]], warnings: Warnings) -> Iterator[etree._Element]:
        for tag, control in self.tables.items():
            if rows.get(tag):
                fill_table(control, rows[tag], warnings)
                yield control
            else:
                remove(control)

    def _fill_zones(self, render: Callable[[str], str]) -> Iterator[etree._Element]:
        for tag, control in self.zones.items():
            content = content_of(control)
            paragraphs = parsed(render(tag))
            if content is not None and paragraphs:
                settle(control)
                content[:] = paragraphs
                yield control
            else:
                remove(control)

    def _drop_sections(self, landed: Sequence[etree._Element]) -> None:
        kept = {outer for control in landed for outer in control.iterancestors(w("sdt"))}
        for section in self.sections:
            if section not in kept:
                remove(section)

    def _fill_fields(self, values: Mapping[str, str], warnings: Warnings) -> None:
        for control in self.fields:
            tag = tag_of(control)
            if tag not in values and self.root in control.iterancestors():
                warnings.add("missing_field", tag)
            set_text(control, values.get(tag, ""))

    def _sort_in(self, control: etree._Element, targets: frozenset[str | None], warnings: Warnings) -> None:
        tag, kind = tag_of(control), kind_of(control)
        taken = {*self.zones.values(), *self.tables.values()}
        if kind is not Kind.COLUMN and not taken.isdisjoint(control.iterancestors(w("sdt"))):
            warnings.add("nested_placeholder", tag)
        elif kind is Kind.SECTION:
            self.sections.append(control)
        elif kind is Kind.TABLE:
            self._add_once(self.tables, control, warnings)
        elif kind is Kind.ZONE or (kind is Kind.FIELD and tag in targets and holds_blocks(control)):
            self._add_once(self.zones, control, warnings)
        elif kind is Kind.FIELD:
            self.fields.append(control)

    def _add_once(
        self, known: dict[str, etree._Element], control: etree._Element, warnings: Warnings
    ) -> None:
        tag = tag_of(control)
        if tag in known:
            warnings.add("duplicate_placeholder", tag)
            remove(control)
        else:
            known[tag] = control


def usable_tables(story: Story, warnings: Warnings) -> tuple[str, ...]:
    """Return the tags of the tables that have a prototype row; the others are reported."""
    usable = []
    for tag, control in story.tables.items():
        if columns_of(control):
            usable.append(tag)
        else:
            warnings.add("table_without_columns", tag)
    return tuple(usable)
