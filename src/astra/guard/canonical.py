"""Canonical JSON (RFC 8785): one value has exactly one serialisation, and only that one is read back."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

import rfc8785

from astra.guard.errors import SealMalformed, SealTooLarge
from astra.kernel.json_value import JsonValue

MAX_DEPTH: Final = 32


def canonical_json(value: JsonValue) -> bytes:
    """Serialise `value`.

    Raises:
        SealMalformed: a number is not finite or beyond ±(2⁵³-1), a key is not text, a text is not
            Unicode, or the nesting is deeper than `MAX_DEPTH`.
    """
    try:
        return rfc8785.dumps(_plain(value, MAX_DEPTH))
    except ValueError as error:
        raise SealMalformed(f"this cannot be written as canonical JSON: {error}") from error


def parse_canonical(raw: bytes, *, max_bytes: int, max_values: int) -> JsonValue:
    """Read JSON without decimals, refusing any bytes but its canonical serialisation.

    Raises:
        SealTooLarge: longer than `max_bytes`, or more than about `max_values` values.
        SealMalformed: not JSON, not canonical, or with a number that is not whole.
    """
    refuse_oversize(raw, max_bytes=max_bytes, max_values=max_values)
    try:
        value: JsonValue = json.loads(
            raw.decode("utf-8"), parse_float=_refuse_number, parse_constant=_refuse_number
        )
    except (ValueError, RecursionError) as error:
        raise SealMalformed("it is not the JSON that ASTRA writes") from error
    if canonical_json(value) != raw:
        raise SealMalformed("its bytes are not in the canonical form of RFC 8785")
    return value


def refuse_oversize(raw: bytes, *, max_bytes: int, max_values: int) -> None:
    """Raise `SealTooLarge` unless `raw` is short and simple enough to parse.

    Values are counted by the marks that separate them, so a text that holds such marks counts for more.
    """
    if len(raw) > max_bytes:
        raise SealTooLarge(f"{len(raw)} bytes are more than the {max_bytes} allowed")
    if sum(raw.count(mark) for mark in (b"{", b"[", b",")) > max_values:
        raise SealTooLarge(f"more than {max_values} values")


def refuse_decimals(value: JsonValue, path: str) -> None:
    """Raise `SealMalformed`, naming the place, if a number anywhere in `value` is not an integer.

    Languages disagree on how to write decimals, and a proof must be checkable from any of them.
    """
    match value:
        case float():
            raise SealMalformed(f"{path}: {value} is not whole; write it as text or in smaller units")
        case Mapping():
            for name, member in value.items():
                refuse_decimals(member, f"{path}.{name}")
        case Sequence() if not isinstance(value, str):
            for position, member in enumerate(value):
                refuse_decimals(member, f"{path}[{position}]")
        case _:
            pass


def _plain(value: JsonValue, depth: int) -> JsonValue:
    """Copy any mapping and sequence into the dict and list that the serialiser knows."""
    if value is None or isinstance(value, str | int | float):
        return value
    if depth == 0:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        return {name: _plain(member, depth - 1) for name, member in value.items()}
    return [_plain(member, depth - 1) for member in value]


def _refuse_number(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is not a whole number")
