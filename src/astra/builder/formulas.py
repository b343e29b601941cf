"""Formulas: the council's fixed sentences with {FIELD} marks, filled in one pass by plain substitution."""

import re
from collections.abc import Mapping
from typing import Final

from astra.kernel.json_value import JsonValue

TURN_TEMPLATE: Final = "TPL_INTERVENCION"
_MARK: Final = re.compile(r"\{([A-Z0-9_]+)\}( ?)")


def missing_fields(formula: str, values: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """Return the marks of a formula for which `values` holds neither text nor number, in order."""
    return tuple(mark[1] for mark in _MARK.finditer(formula) if not _is_printable(values.get(mark[1])))


def filled(formula: str, values: Mapping[str, JsonValue]) -> str:
    """Return the formula with each {FIELD} replaced by its value; values are never looked into for marks.

    A value that is empty, such as the treatment of a person without one, takes the space after it along. A
    mark without a value stays: see `missing_fields`.
    """

    def value_of(mark: re.Match[str]) -> str:
        value = values.get(mark[1])
        if not _is_printable(value):
            return mark[0]
        return f"{value}{mark[2]}" if value != "" else ""

    return _MARK.sub(value_of, formula)


def _is_printable(value: JsonValue) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
