"""The shape of anything that travels as JSON."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypeAliasType

JsonValue = TypeAliasType(
    "JsonValue",
    "str | int | float | bool | None | Sequence[JsonValue] | Mapping[str, JsonValue]",
)
JsonObject = Mapping[str, JsonValue]
