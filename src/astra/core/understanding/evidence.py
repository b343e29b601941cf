"""Whether a value was said: what cannot be found in the sentence must not get into an acta."""

import re
from collections.abc import Mapping
from typing import Final

from astra.core.understanding.numbers import numbers_in
from astra.core.understanding.spelling import folded
from astra.core.understanding.stance import clauses_of, is_asked_or_retold, is_turned
from astra.core.understanding.times import date_in, time_in
from astra.kernel.json_value import JsonObject, JsonValue

_TOKEN: Final = re.compile(r"\w+")
_STEM: Final = 5  # letters that "aprobada" and "aprobado" share
_NOUN: Final = ("cion", "ciones")  # "aprobación" is no approval


def said_only(data: JsonObject, text: str, schema: JsonObject) -> JsonObject:
    """Return the data without whatever was not said in the sentence.

    A text must be in the sentence word for word, but for case, accents and punctuation, and not after a
    denial in its clause; a number, a time and a date must be said, in digits or in words; one of a closed
    list must share the beginning of a word. Of these four nothing counts that stands in a clause which
    denies, wishes or supposes it, in a question, or in what is only retold.
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
        self._plain = folded(text)
        self._clauses = list(clauses_of(text))
        sound = [] if is_asked_or_retold(text) else [one for one in self._clauses if not is_turned(one)]
        self._sound = ", ".join(sound)
        self._words = _TOKEN.findall(self._sound)
        self._numbers = frozenset(numbers_in(self._sound))

    def supported(self, value: JsonValue, is_choice: bool = False) -> JsonValue:  # noqa: FBT001, FBT002
        """Return the part of a value that was said, None if nothing of it was."""
        if isinstance(value, str):
            is_said = self._is_chosen(value) if is_choice else self._says(value)
            return value if is_said else None
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float):
            return value if value in self._numbers else None
        if isinstance(value, Mapping):
            inner = {key: self.supported(item) for key, item in value.items()}
            return {key: item for key, item in inner.items() if item is not None} or None
        return [item for item in map(self.supported, value) if item is not None] or None

    def _says(self, value: str) -> bool:
        words = _TOKEN.findall(folded(value))
        if not words:
            return False
        if value in {time_in(self._sound), date_in(self._sound)}:
            return True
        spoken = re.compile(r"(?<!\w)" + r"\W+".join(words) + r"(?!\w)")
        inside = [(one, match) for one in self._clauses for match in spoken.finditer(one)]
        if inside:
            return any(not is_turned(one[: match.start()]) for one, match in inside)
        return spoken.search(self._plain) is not None

    def _is_chosen(self, value: str) -> bool:
        words = _TOKEN.findall(folded(value))
        if words and f" {' '.join(words)} " in f" {' '.join(self._words)} ":
            return True
        long = [word for word in words if len(word) >= _STEM]
        return bool(long) and all(any(_is_form(said, word) for said in self._words) for word in long)


def _is_form(said: str, word: str) -> bool:
    return said.startswith(word[:_STEM]) and (word.endswith(_NOUN) or not said.endswith(_NOUN))
