"""The skeleton's styles: found by the name people see, with their outline levels."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from astra.builder.package import DocxPackage
from astra.builder.roles import DEFAULT_STYLES, Role
from astra.builder.warnings import Warnings
from astra.builder.wordml import w

_MAX_ANCESTRY: Final = 20
_HEADING_LEVELS: Final = frozenset("012345678")  # 9 is body text (ECMA-376 part 1, 17.3.1.20)


class Stylesheet:
    """Paragraph styles of a DOCX by name; names are compared without regard to case, as Word does."""

    def __init__(self, styles: etree._Element | None) -> None:
        self._by_id: dict[str, etree._Element] = {}
        self._id_by_name: dict[str, str] = {}
        for style in () if styles is None else styles.iter(w("style")):
            self._add(style)

    @classmethod
    def of(cls, package: DocxPackage) -> "Stylesheet":
        """Read a package's styles; a package without any has an empty stylesheet."""
        name = package.related("styles")
        return cls(package.xml(name) if name and name in package.parts else None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the paragraph styles, in the document's order."""
        return tuple(_value(style, "name") for style in self._by_id.values())

    def id_of(self, name: str) -> str | None:
        """Return the id of the style called `name` (or with that id), None if there is none."""
        return self._id_by_name.get(name.casefold()) or (name if name in self._by_id else None)

    def outline_level(self, style_id: str) -> int | None:
        """Return the heading level of a style, own or inherited, 0 being the highest; None for body text."""
        for _ in range(_MAX_ANCESTRY):
            style = self._by_id.get(style_id)
            if style is None:
                return None
            level = style.find(f"{w('pPr')}/{w('outlineLvl')}")
            if level is not None:
                value = str(level.get(w("val"), ""))
                return int(value) if value in _HEADING_LEVELS else None
            style_id = _value(style, "basedOn")
        return None

    def _add(self, style: etree._Element) -> None:
        if style.get(w("type")) != "paragraph":
            return
        style_id = str(style.get(w("styleId"), ""))
        self._by_id[style_id] = style
        self._id_by_name.setdefault(_value(style, "name").casefold(), style_id)


class RoleStyles:
    """Each role's style: from the tenant's style map, else the usual one, else the document's default."""

    def __init__(self, stylesheet: Stylesheet, style_map: Mapping[str, str], warnings: Warnings) -> None:
        self._ids: dict[Role, str | None] = {}
        self._stylesheet = stylesheet
        self._style_map = style_map
        self._warnings = warnings

    def id_of(self, role: Role) -> str | None:
        """Return the style id for a role, None if the skeleton has no such style (with a warning)."""
        if role not in self._ids:
            self._ids[role] = self._resolved(role)
        return self._ids[role]

    def _resolved(self, role: Role) -> str | None:
        name = self._style_map.get(role) or DEFAULT_STYLES[role]
        style_id = self._stylesheet.id_of(name)
        if style_id is None:
            self._warnings.add("unknown_style", f"{role}: {name}")
        return style_id


def _value(style: etree._Element, child: str) -> str:
    found = style.find(w(child))
    return "" if found is None else str(found.get(w("val"), ""))
