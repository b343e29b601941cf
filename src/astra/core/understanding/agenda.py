"""The agenda as it is read, and the passage from one item to the next."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.numbers import NUMBER, ORDINAL, number_of, ordinal_of
from astra.core.understanding.people import OFFICE

_NOT_A_TITLE: Final = rf"(?!(?:,? ?(?:senora? )?{OFFICE}\b|del orden|de la agenda))"
_ITEM: Final = re.compile(
    rf"^(?:(?:punto|numeral)(?: numero)? (?P<number>{NUMBER})|(?P<listed>\d{{1,2}})(?=[.)-])"
    rf"|(?P<ordinal>{ORDINAL})"
    rf"(?: punto)?(?=[,:.]))\s*[,:.)-]*\s+{_NOT_A_TITLE}(?P<title>\S.{{3,}})$"
)
_AGENDA_NOUN: Final = re.compile(
    r"(?:acto|aprobacion|asuntos|audiencia|citacion|clausura|comunicaciones|consideracion"
    r"|correspondencia|debate"
    r"|designacion|discusion|eleccion|estudio|himnos?|homenaje|informe|instalacion|intervencion"
    r"|invitacion|lectura"
    r"|llamad[ao]|oracion|posesion|presentacion|primer debate|proposicion(?:es)?|proyectos?|reconocimiento"
    r"|segundo debate|socializacion|varios|verificacion|votacion)\b"
)
_PLACE: Final = (
    rf"(?:(?P<ordinal>{ORDINAL}) punto|punto(?: numero)? (?P<number>{NUMBER})|(?:siguiente|proximo) punto)"
)
_TITLE: Final = r"(?: del orden del dia)?(?:\s*[,:.]\s*(?P<title>[^,:.].*))?"
_MOVES: Final = re.compile(
    r"^(?:\w+[ ,]+){0,5}?(?:continuamos|continuemos|continuando|pasamos|pasemos|pasando|seguimos|sigamos"
    r"|seguidamente"
    r"|avanzamos|proseguimos|procedemos|entramos|vamos|damos paso|abordamos|iniciamos)"
    rf"(?: (?:ahora|entonces))?(?: (?:con|a|al|en|de))?(?: (?:el|la))? {_PLACE}{_TITLE}"
)
_CALLED: Final = re.compile(
    rf"^{_PLACE}(?: del orden del dia)?(?:,? (?:por favor|(?:senora? )?{OFFICE}))*[.]?$"
)
_VOCATIVE_ONLY: Final = re.compile(rf"^(?:por favor|(?:senora? )?{OFFICE})[.]?$")
_LAST_ITEM: Final = 60


def agenda_item(phrase: Phrase) -> Meaning | None:
    """Read "Punto tres, debate de control político sobre el acueducto veredal"."""
    match = _ITEM.match(phrase.plain)
    if match is None or (match["ordinal"] and not _AGENDA_NOUN.match(match["title"])):
        return None
    number = (
        ordinal_of(match["ordinal"]) if match["ordinal"] else number_of(match["number"] or match["listed"])
    )
    if number is None or not 1 <= number <= _LAST_ITEM:
        return None
    return Meaning(Intent.AGENDA_ITEM, said(NUMERO=number, TITULO=_title(phrase.written(match, "title"))))


def agenda_advance(phrase: Phrase) -> Meaning | None:
    """Read "Continuamos con el tercer punto del orden del día" or "Quinto punto, señor secretario"."""
    match = _CALLED.match(phrase.plain) or _MOVES.match(phrase.plain)
    if match is None:
        return None
    number = ordinal_of(match["ordinal"]) if match["ordinal"] else number_of(match["number"] or "")
    title = phrase.written(match, "title") if "title" in match.re.groupindex else ""
    if _VOCATIVE_ONLY.match(phrase.plain[len(phrase.plain) - len(title) :]):
        title = ""
    return Meaning(Intent.AGENDA_ADVANCE, said(NUMERO=number, TITULO=_title(title)))


def _title(text: str) -> str:
    """Return a title with a capital and without the final stop."""
    text = text.strip().rstrip(".;")
    return text[:1].upper() + text[1:]
