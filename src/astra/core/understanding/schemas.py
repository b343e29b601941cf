"""The JSON Schema of each intent's structured data: what a rule gives and what a model may give."""

from collections.abc import Mapping
from typing import Final

from astra.core.data_schema import violation_of
from astra.core.understanding.intents import Intent
from astra.core.understanding.kinds import DOCUMENTS, SESSIONS
from astra.core.understanding.meaning import Meaning
from astra.kernel.json_value import JsonObject, JsonValue

_TEXT: Final[JsonObject] = {"type": "string", "minLength": 1}
_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 0}
_NAMES: Final[JsonObject] = {"type": "array", "items": _TEXT, "minItems": 1}
_CLOCK: Final[JsonObject] = {
    "type": "string",
    "pattern": r"^([01]\d|2[0-3]):[0-5]\d$",
    "description": "HH:MM",
}
_DATE: Final[JsonObject] = {"type": "string", "pattern": r"^\d{1,2} de [a-z]+( de \d{4})?$"}
_TREATMENT: Final[JsonObject] = {
    "type": "string",
    "default": "",
}  # article and office; empty where none was said


def _choice(*values: str) -> JsonObject:
    return {"type": "string", "enum": list(values)}


def _object(required: str = "", *, minimum: int = 0, **properties: JsonValue) -> JsonObject:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "minProperties": minimum,
        "additionalProperties": False,
    }


SCHEMAS: Final[Mapping[Intent, JsonObject]] = {
    Intent.OPENING: _object(HORA=_CLOCK, TIPO=_choice(*SESSIONS)),
    Intent.ROLL_CALL: _object(
        "ASISTENCIA", NOMBRE=_TEXT, ASISTENCIA=_choice("Presente", "Ausente con excusa", "Ausente")
    ),
    Intent.QUORUM: _object(CONTESTARON=_COUNT, CLASE=_choice("decisorio", "deliberatorio")),
    Intent.AGENDA_ITEM: _object("NUMERO TITULO", NUMERO=_COUNT, TITULO=_TEXT),
    Intent.AGENDA_ADVANCE: _object(NUMERO=_COUNT, TITULO=_TEXT),
    Intent.READING: _object(
        "DOCUMENTO", DOCUMENTO=_TEXT, CLASE=_choice(*dict.fromkeys(DOCUMENTS.values())), NUMERO=_COUNT
    ),
    Intent.TURN: {
        **_object("TRATAMIENTO", NOMBRE=_TEXT, TRATAMIENTO=_TREATMENT, MINUTOS=_COUNT),
        "anyOf": [{"required": ["NOMBRE"]}, {"properties": {"TRATAMIENTO": _TEXT}}],
    },
    Intent.MOTION: _object("TEXTO", NUMERO=_COUNT, TEXTO=_TEXT),
    Intent.MOTION_PROPOSER: _object(
        "NOMBRE TRATAMIENTO", NOMBRE=_TEXT, TRATAMIENTO=_TREATMENT, COADYUVANTE=_TEXT
    ),
    Intent.VOTE_OPEN: _object(CLASE=_choice("nominal", "ordinaria")),
    Intent.VOTE_CAST: _object("VOTO", NOMBRE=_TEXT, VOTO=_choice("Sí", "No", "Abstención")),
    Intent.VOTE_RESULT: _object(
        minimum=1,
        SI=_COUNT,
        NO=_COUNT,
        ABSTENCIONES=_COUNT,
        RESULTADO=_choice("aprobada", "negada"),
        VOTARON_SI=_NAMES,
        VOTARON_NO=_NAMES,
    ),
    Intent.CLOSING: _object(HORA=_CLOCK),
    Intent.CONVOCATION: _object(minimum=1, FECHA=_DATE, HORA=_CLOCK),
}


def is_valid(meaning: Meaning) -> bool:
    """Tell whether a meaning's data keeps to the schema of its intent."""
    return violation_of(meaning.data, SCHEMAS[meaning.intent]) is None
