"""Sentences read together: a name that is called, and the answer that follows it."""

from collections.abc import Sequence
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning
from astra.core.understanding.people import called_name
from astra.core.understanding.rules import understood

_ANSWERS: Final = frozenset({Intent.ROLL_CALL, Intent.VOTE_CAST})
_TREATMENTS: Final = ("honorable concejal ", "honorable concejala ", "concejal ", "concejala ")


def with_names_called(texts: Sequence[str]) -> list[Meaning | None]:
    """Return what each sentence does by rule; "Ana Zapata." before "Positivo." names who votes."""
    meanings = [understood(text) for text in texts]
    for index in range(1, len(texts)):
        answer, name = meanings[index], _called(texts[index - 1])
        is_nameless = answer is not None and answer.intent in _ANSWERS and "NOMBRE" not in answer.data
        if answer and is_nameless and meanings[index - 1] is None and name:
            meanings[index] = Meaning(answer.intent, {"NOMBRE": name, **answer.data})
    return meanings


def _called(text: str) -> str | None:
    """Return the name if the sentence is nothing but a name, with or without the office."""
    bare = text.strip(" ,.;:?¿!¡")
    office = next((office for office in _TREATMENTS if bare.lower().startswith(office)), "")
    return called_name(bare[len(office) :])
