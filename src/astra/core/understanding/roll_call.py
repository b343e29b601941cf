"""The roll call and the quorum."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.numbers import NUMBER, number_of
from astra.core.understanding.people import GREETING, NAME, OFFICE, VOCATIVE, is_office, name_in
from astra.core.understanding.reported import is_told
from astra.kernel.json_value import JsonObject

_EXCUSED: Final = re.compile(r"(?<!sin )(?<!no )\b(?:excusa|excusad[oa]|justificad[oa]|permiso|licencia)\b")
_PRESENCE: Final = r"presente|asiste|asistio|aqui(?: presente)?"
_ABSENCE: Final = (
    r"(?:se encuentra |esta )?(?:ausente|excusad[oa])(?: (?:con|sin) (?:excusa|justificacion|permiso"
    r"|licencia))?"
    r"|con excusa|sin excusa|presento excusa|(?:no (?:asiste|asistio|contesta|contesto|responde|respondio))"
    r"(?: (?:y presento|con|sin) excusa)?"
)
_ANSWER: Final = re.compile(
    rf"^(?:(?:(?:el|la) )?(?:h\. ?c\. |{OFFICE} ))?(?P<name>{NAME})\s*[,:.;-]?\s+"
    rf"(?:(?P<here>{_PRESENCE})|(?P<away>{_ABSENCE})){VOCATIVE}{GREETING}[.!]?$"
)
_NAMELESS: Final = re.compile(
    rf"^(?:(?:muy )?buen[oa]s (?:dias|tardes|noches)(?: a todos)?, |gracias, )?(?:(?:senora? )?{OFFICE}, )?"
    rf"(?:{_PRESENCE}){VOCATIVE}{GREETING}[.!]?$"
)
_RECORDED_ABSENCE: Final = re.compile(rf"\bausencia (?:del|de la|de) (?:{OFFICE} )?(?P<name>{NAME})")

_COUNCILLORS: Final = r"(?:(?:honorables )?(?:concejal(?:es|as)|ediles|corporados|miembros|integrantes))"
_HAS_QUORUM: Final = re.compile(
    r"\b(?:hay|existe|tenemos|contamos con|se cuenta con|se tiene|se registra"
    r"|se verifica|se confirma"
    r"|se conforma|existiendo|habiendo)(?: el)? (?:quorum|cuorum)\b"
)
_DECIDES: Final = re.compile(r"\bdecisorio\b|\bpara (?:deliberar y )?decidir\b|\bdeliberar y decidir\b")
_DELIBERATES: Final = re.compile(r"\bdeliberatorio\b|\bpara deliberar\b")
_ANSWERED: Final = re.compile(
    rf"\b(?:contestaron|contestado|respondieron|respondido)\b(?: al llamado| a lista"
    rf"|,)* (?P<count>{NUMBER}) {_COUNCILLORS}"
    rf"|\bcon (?:la (?:presencia|asistencia) de )?(?P<present>{NUMBER}) {_COUNCILLORS}"
)


def roll_call(phrase: Phrase) -> Meaning | None:
    """Read "Ana Zapata, presente.", "Ricardo Pineda, ausente con excusa." or a nameless "Presente."."""
    if _NAMELESS.match(phrase.plain):
        return Meaning(Intent.ROLL_CALL, said(ASISTENCIA="Presente"))
    match = _ANSWER.match(phrase.plain)
    if match is None:
        return _recorded_absence(phrase)
    name = name_in(phrase.written(match, "name"))
    if name is None or is_office(name):
        return None
    attendance = "Presente" if match["here"] else _absence(match["away"])
    return Meaning(Intent.ROLL_CALL, said(NOMBRE=name, ASISTENCIA=attendance))


def _recorded_absence(phrase: Phrase) -> Meaning | None:
    match = _RECORDED_ABSENCE.search(phrase.plain)
    name = name_in(phrase.written(match, "name")) if match else None
    if name is None or "constancia" not in phrase.plain:
        return None
    return Meaning(Intent.ROLL_CALL, said(NOMBRE=name, ASISTENCIA=_absence(phrase.plain)))


def _absence(plain: str) -> str:
    return "Ausente con excusa" if _EXCUSED.search(plain) else "Ausente"


def quorum(phrase: Phrase) -> Meaning | None:
    """Read "Hay quórum decisorio con siete concejales presentes"; the lack of a quorum is none of it."""
    has_quorum = _HAS_QUORUM.search(phrase.plain)
    answered = _ANSWERED.search(phrase.plain)
    if not has_quorum and not (answered and answered["count"]):
        return None
    if re.search(r"\bno (?:hay|existe|tenemos|se (?:tiene|cuenta))\b", phrase.plain):
        return None
    if has_quorum and is_told(phrase, has_quorum.start()):
        return None
    return Meaning(Intent.QUORUM, quorum_data(phrase))


def quorum_data(phrase: Phrase) -> JsonObject:
    """Return how many answered and what for they suffice, as far as it is said."""
    answered = _ANSWERED.search(phrase.plain)
    count = number_of(answered["count"] or answered["present"]) if answered else None
    return said(CONTESTARON=count, CLASE=_kind(phrase.plain))


def _kind(plain: str) -> str | None:
    if _DECIDES.search(plain):
        return "decisorio"
    return "deliberatorio" if _DELIBERATES.search(plain) else None
