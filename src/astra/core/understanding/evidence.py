"""Whether a value was said: what cannot be found in the sentence must not get into an acta."""

import re
from collections.abc import Mapping
from typing import Final

from astra.core.understanding.meaning import Phrase
from astra.core.understanding.numbers import numbers_in
from astra.core.understanding.spelling import folded
from astra.core.understanding.times import date_in, time_in
from astra.kernel.json_value import JsonObject, JsonValue

_TOKEN: Final = re.compile(r"\w+")
_STEM: Final = 5  # letters that "aprobada" and "aprobado" share


def said_only(data: JsonObject, text: str, schema: JsonObject) -> JsonObject:
    """Return the data without whatever was not said in the sentence.

    A text must be in the sentence word for word, but for case, accents and punctuation; a number, a time and
    a date must be said, in digits or in words; one of a closed list must share the beginning of a word.
    """
    evidence = Evidence(text)
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    kept = {key: evidence.supported(value, _is_choice(known.get(key))) for key, value in data.items()}
    return {key: value for key, value in kept.items() if value is not None}


def _is_choice(schema: JsonValue) -> bool:
    return isinstance(schema, Mapping) and "enum" in schema


class Evidence:
    """What one sentence says."""

    def __init__(self, text: str) -> None:
        self._phrase = Phrase.of(text)
        self._words = " ".join(_TOKEN.findall(self._phrase.plain))
        self._numbers = frozenset(numbers_in(self._phrase.plain))

    def supported(self, value: JsonValue, is_choice: bool = False) -> JsonValue:  # noqa: FBT001, FBT002
        """Return the part of a value that was said, None if nothing of it was."""
        if isinstance(value, str):
            return value if self._says(value) or (is_choice and self._hints_at(value)) else None
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float):
            return value if value in self._numbers else None
        if isinstance(value, Mapping):
            inner = {key: self.supported(item) for key, item in value.items()}
            return {key: item for key, item in inner.items() if item is not None} or None
        return [item for item in map(self.supported, value) if item is not None] or None

    def _says(self, value: str) -> bool:
        words = " ".join(_TOKEN.findall(folded(value)))
        if not words:
            return False
        is_spoken = f" {words} " in f" {self._words} "
        return is_spoken or value in {time_in(self._phrase.plain), date_in(self._phrase.plain)}

    def _hints_at(self, value: str) -> bool:
        stems = [word[:_STEM] for word in _TOKEN.findall(folded(value)) if len(word) >= _STEM]
        return bool(stems) and all(f" {stem}" in f" {self._words}" for stem in stems)
