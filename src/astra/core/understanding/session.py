"""Opening, closing and convocation."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.times import date_in, time_in

_KINDS: Final = ("extraordinaria", "ordinaria", "plenaria", "permanente", "inaugural", "solemne")
_SESSION: Final = r"(?:(?:la|esta|presente|nuestra) ){0,2}(?:reunion|sesion|plenaria)\b"
_OPENS: Final = re.compile(
    r"\b(?:se abre|abrimos|abro|queda abierta|declaro (?:formalmente )?abierta|se declara "
    r"(?:formalmente )?abierta"
    r"|declaramos abierta|se da inicio a|damos inicio a|doy inicio a|iniciamos|damos apertura a"
    r"|se da apertura a"
    rf"|se instala|instalamos|declaro instalada|queda instalada) (?:formalmente )?{_SESSION}"
)
_CLOSES: Final = re.compile(
    r"(?<!no )(?<!cuando )\b(?:se levanta|levanto|levantamos|se cierra|se clausura|queda (?:clausurada"
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
    if not _OPENS.search(phrase.plain):
        return None
    kind = next((kind for kind in _KINDS if re.search(rf"\b{kind}\b", phrase.plain)), None)
    return Meaning(Intent.OPENING, said(HORA=time_in(phrase.plain), TIPO=kind))


def closing(phrase: Phrase) -> Meaning | None:
    """Read "Agotado el orden del día, se levanta la sesión siendo las 10:42 horas"."""
    if not _CLOSES.search(phrase.plain):
        return None
    return Meaning(Intent.CLOSING, said(HORA=time_in(phrase.plain)))


def convocation(phrase: Phrase) -> Meaning | None:
    """Read "Se cita para el día veintitrés de noviembre a las nueve"; an official's citation is none."""
    match = _CONVOKES.search(phrase.plain)
    if match is None:
        return None
    rest = phrase.plain[match.start() :]
    data = said(FECHA=date_in(rest), HORA=time_in(rest))
    return Meaning(Intent.CONVOCATION, data) if data else None
