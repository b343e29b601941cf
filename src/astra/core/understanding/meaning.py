"""What a rule reads and what it gives.

Structured data by intent, as the JSON Schemas in `schemas` say it exactly (keys are the marks of the
templates; a key is absent where nothing was said of it):

| Intent | Data |
| --- | --- |
| OPENING | HORA "09:15", TIPO "ordinaria" |
| ROLL_CALL | NOMBRE, ASISTENCIA "Presente", "Ausente con excusa" or "Ausente" |
| QUORUM | CONTESTARON (int), CLASE "decisorio" or "deliberatorio" |
| AGENDA_ITEM | NUMERO (int), TITULO |
| AGENDA_ADVANCE | NUMERO (int), TITULO |
| READING | DOCUMENTO, CLASE "acta", "comunicación", … (see `reading`), NUMERO (int) |
| TURN | NOMBRE, TRATAMIENTO "la concejala" (may be empty), MINUTOS (int) |
| MOTION | NUMERO (int), TEXTO |
| MOTION_PROPOSER | NOMBRE, TRATAMIENTO (may be empty), COADYUVANTE |
| VOTE_OPEN | CLASE "nominal" or "ordinaria" |
| VOTE_CAST | NOMBRE, VOTO "Sí", "No" or "Abstención" |
| VOTE_RESULT | SI, NO, ABSTENCIONES (int), RESULTADO "aprobada" or "negada", VOTARON_SI, VOTARON_NO (names) |
| CLOSING | HORA |
| CONVOCATION | FECHA "23 de noviembre", HORA |
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from astra.core.understanding.intents import Intent
from astra.core.understanding.spelling import folded
from astra.kernel.json_value import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence, as written and folded; a position in one is the same position in the other."""

    text: str
    plain: str

    @classmethod
    def of(cls, text: str) -> "Phrase":
        return cls(text, folded(text))

    def written(self, match: re.Match[str], group: str) -> str:
        """Return a group of a match on `plain`, as it was written; empty if it took no part."""
        start, end = match.span(group)
        return self.text[start:end] if start >= 0 else ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """An intent with its structured data."""

    intent: Intent
    data: JsonObject = field(default_factory=dict)


Rule = Callable[[Phrase], Meaning | None]


def said(**values: JsonValue) -> JsonObject:
    """Return the data that was said; what is None or empty was not."""
    return {key: value for key, value in values.items() if value is not None and value != ""}
