"""Opening, closing and convocation."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.kinds import SESSIONS
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.reported import is_told
from astra.core.understanding.times import date_in, time_in
from astra.kernel.json_value import JsonObject

_SESSION: Final = r"(?:(?:la|esta|presente|nuestra) ){0,2}(?:reunion|sesion|plenaria)\b"
_OPENS: Final = re.compile(
    r"\b(?:se abre|abrimos|abro|queda abierta|declaro (?:formalmente )?abierta|se declara "
    r"(?:formalmente )?abierta"
    r"|declaramos abierta|se da inicio a|damos inicio a|doy inicio a|iniciamos|damos apertura a"
    r"|se da apertura a"
    rf"|se instala|instalamos|declaro instalada|queda instalada) (?:formalmente )?{_SESSION}"
)
_CLOSES: Final = re.compile(
    r"\b(?:se levanta|levanto|levantamos|se cierra|se clausura|queda (?:clausurada"
    r"|cerrada|levantada)"
    r"|(?:damos|doy|se da|queda) por (?:terminada|finalizada|concluida|clausurada|levantada)"
    rf"|declaro (?:cerrada|levantada|terminada)) (?:formalmente )?{_SESSION}"
)
_COUNCILLORS: Final = r"(?:a (?:todos )?(?:los|las) (?:honorables )?concejal[ae]s?(?: y concejalas)? )?"
_CONVOKES: Final = re.compile(
    rf"\b(?:se (?:les )?(?:cita|convoca)|(?:les )?(?:cito|convoco)|(?:los )?(?:citamos"
    rf"|convocamos)) {_COUNCILLORS}"
    r"(?:a (?:la )?(?:proxima )?(?:sesion|plenaria)(?: \w+)? )?(?:para|el)\b"
    r"|\bquedan? (?:citad|convocad)[oa]s? (?:\w+ ){0,4}?para\b"
    r"|\bla (?:proxima|siguiente) (?:sesion|plenaria)(?: \w+)? (?:sera|es|se realizara|queda)\b"
)


def opening(phrase: Phrase) -> Meaning | None:
    """Read "Siendo las nueve y quince de la mañana, se abre la sesión ordinaria"."""
    match = _OPENS.search(phrase.plain)
    if match is None or is_told(phrase, match.start()):
        return None
    return Meaning(Intent.OPENING, opening_data(phrase))


def opening_data(phrase: Phrase) -> JsonObject:
    """Return the time and the kind of session that an opening says."""
    kind = next((kind for kind in SESSIONS if re.search(rf"\b{kind}\b", phrase.plain)), None)
    return said(HORA=time_in(phrase.plain), TIPO=kind)


def closing(phrase: Phrase) -> Meaning | None:
    """Read "Agotado el orden del día, se levanta la sesión siendo las 10:42 horas"."""
    match = _CLOSES.search(phrase.plain)
    if match is None or is_told(phrase, match.start()):
        return None
    return Meaning(Intent.CLOSING, closing_data(phrase))


def closing_data(phrase: Phrase) -> JsonObject:
    """Return the time that a closing says."""
    return said(HORA=time_in(phrase.plain))


def convocation(phrase: Phrase) -> Meaning | None:
    """Read "Se cita para el día veintitrés de noviembre a las nueve"; an official's citation is none."""
    match = _CONVOKES.search(phrase.plain)
    if match is None or is_told(phrase, match.start()):
        return None
    data = convocation_data(Phrase.of(phrase.text[match.start() :]))
    return Meaning(Intent.CONVOCATION, data) if data else None


def convocation_data(phrase: Phrase) -> JsonObject:
    """Return the date and the time that a convocation says."""
    return said(FECHA=date_in(phrase.plain), HORA=time_in(phrase.plain))
