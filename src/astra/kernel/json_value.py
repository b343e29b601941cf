"""The shape of anything that travels as JSON."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypeAliasType

JsonValue = TypeAliasType(
    "JsonValue",
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None",
)
JsonObject = Mapping[str, JsonValue]
