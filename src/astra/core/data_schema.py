"""JSON Schemas of structured data: which are safe to use, whether data keeps to one, and their strict form.

JSON Schema is draft 2020-12 (https://json-schema.org/draft/2020-12). The strict form is the subset that
OpenAI's structured outputs take, and with them vLLM: every property required, one that may be missing is
null instead, nothing beyond the properties, no `default` and no lengths.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from astra.kernel.json_value import JsonObject, JsonValue

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_STRICT_KEYWORDS: Final = frozenset({"type", "enum", "const", "description", "title"})
# A pattern can be made to take for ever, and a reference would be fetched from wherever it points.
_UNSAFE_KEYWORDS: Final = frozenset({"pattern", "patternProperties", "$ref", "$dynamicRef"})
_MOST_LEVELS: Final = 16


def flaw_of(schema: JsonObject) -> str | None:
    """Return why a schema that somebody else wrote cannot be used, None if it can."""
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415  # slow to import

    unsafe = next((keyword for keyword in _keywords(schema, 0) if keyword in _UNSAFE_KEYWORDS), None)
    if unsafe:
        return f"it uses {unsafe!r}; say it with `type` and `enum`"
    if schema.get("type") != "object":
        return "its type is not 'object'"
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"it is no JSON Schema, see {error.json_path}"
    return None


def violation_of(data: JsonObject, schema: JsonObject) -> str | None:
    """Return where data breaks a schema and which keyword, never its text; None if it keeps to it."""
    error = next(_validator(schema).iter_errors(data), None)
    return f"{error.json_path}: {error.validator}" if error else None


def strict_form(schema: JsonObject) -> JsonObject:
    """Return the schema in the strict form; whatever keeps to the schema has a counterpart in it."""
    return _strict(schema, is_required=True)


def _validator(schema: JsonObject) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # slow to import
    from referencing import Registry  # noqa: PLC0415

    return Draft202012Validator(schema, registry=Registry())  # an empty registry fetches nothing


def _keywords(value: JsonValue, level: int) -> Iterator[str]:
    """Yield every key of a schema; beyond a depth that no schema needs, `$ref` stands for the rest."""
    if level > _MOST_LEVELS:
        yield "$ref"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _keywords(inner, level + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _keywords(inner, level + 1)


def _strict(schema: JsonObject, *, is_required: bool) -> JsonObject:
    kept: dict[str, JsonValue] = {key: value for key, value in schema.items() if key in _STRICT_KEYWORDS}
    properties, items = schema.get("properties"), schema.get("items")
    if schema.get("type") == "object" or isinstance(properties, Mapping):
        kept |= _strict_properties(properties if isinstance(properties, Mapping) else {}, schema)
    if isinstance(items, Mapping):
        kept["items"] = _strict(items, is_required=True)
    return kept if is_required else _nullable(kept)


def _strict_properties(properties: JsonObject, schema: JsonObject) -> JsonObject:
    required = schema.get("required")
    needed = required if isinstance(required, list | tuple) else ()
    return {
        "properties": {
            name: _strict(inner, is_required=name in needed)
            for name, inner in properties.items()
            if isinstance(inner, Mapping)
        },
        "required": list(properties),
        "additionalProperties": False,
    }


def _nullable(schema: dict[str, JsonValue]) -> JsonObject:
    kind, choices = schema.get("type"), schema.get("enum")
    if isinstance(choices, list | tuple):
        schema["enum"] = [*choices, None]
    if isinstance(kind, str):
        schema["type"] = [kind, "null"]
    return schema
