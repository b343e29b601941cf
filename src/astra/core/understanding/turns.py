"""The chair gives somebody the floor."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.numbers import NUMBER, number_of
from astra.core.understanding.people import OFFICE, capitalised_prefix, name_in, treatment_of
from astra.core.understanding.reported import is_told

_OF: Final = r"(?: (?:de la|de los|de las|del|de) (?P<of>[\w ]+?)(?=,|\.|$| hasta\b))?"
_FLOOR: Final = r"(?:el uso de )?la palabra"
_TO: Final = re.compile(
    rf"(?<!que )\b(?:tiene {_FLOOR}|(?:se |le |te )?(?:le )?(?:concede|concedo|concedemos|da|doy"
    rf"|damos|otorga|otorgo) {_FLOOR}"
    rf"|en (?:el )?uso de la palabra|{_FLOOR} (?:la tiene|es para|para)|interviene|intervino|adelante"
    rf"|le concedo la interpelacion)"
    rf",? (?P<rest>.+)$"
)
_PERSON: Final = re.compile(
    rf"^(?P<article>al|a la|a|el|la)?\s*(?:(?P<office>{OFFICE})\b{_OF})?,?\s*(?P<name>.*)$"
)
_HAS: Final = re.compile(
    rf"^(?:(?P<article>el|la) )?(?:(?P<office>{OFFICE}) )(?P<name>[^,.]+),? (?:tiene(?: usted)?|queda en"
    rf"|esta en) {_FLOOR}"
)
_MINUTES: Final = re.compile(rf"\b(?:hasta )?por (?:espacio de )?(?P<minutes>{NUMBER}) minutos?\b")


def turn(phrase: Phrase) -> Meaning | None:
    """Read "Tiene el uso de la palabra el concejal Julián Ospina hasta por cinco minutos"."""
    direct = _HAS.match(phrase.plain)
    if direct:
        return _given(phrase, direct, name_in(phrase.written(direct, "name")), "")
    given = _TO.search(phrase.plain)
    if given is None or is_told(phrase, given.start()):
        return None
    rest = Phrase.of(phrase.written(given, "rest"))
    person = _PERSON.match(rest.plain)
    if person is None:
        return None
    name = capitalised_prefix(rest.written(person, "name")) or None
    return _given(rest, person, name, rest.written(person, "of"))


def _given(phrase: Phrase, match: re.Match[str], name: str | None, of: str) -> Meaning | None:
    if name is None and not of:
        return None
    office = phrase.written(match, "office")
    link = phrase.text[match.end("office") : match.start("of")].strip() if of else ""
    treatment = treatment_of(" ".join(part for part in (office, link, of) if part), match["article"] or "")
    minutes = _MINUTES.search(phrase.plain)
    return Meaning(
        Intent.TURN,
        {
            **said(NOMBRE=name, MINUTOS=number_of(minutes["minutes"]) if minutes else None),
            "TRATAMIENTO": treatment,
        },
    )
