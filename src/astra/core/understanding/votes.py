"""Votes: their opening and each one cast."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.people import NAME, OFFICE, VOCATIVE, called_name, is_office, name_in
from astra.core.understanding.reported import is_told
from astra.kernel.json_value import JsonObject

_OPENS: Final = re.compile(
    r"\b(?:sirvase|favor|proceda a|procedo a|procedemos a|vamos a|se) (?:\w+ )?(?:abrir|abra|abre"
    r"|iniciar|inicie|inicia) "
    r"(?:el registro|la votacion)"
    r"|^(?:abra|abrase|abrimos|iniciamos|damos inicio a|se da inicio a)(?: entonces)? (?:el registro"
    r"|la votacion)"
    r"|\b(?:se somete|someto|sometemos|vamos a someter)\b.*\b(?:a|en) votacion\b"
    r"|\b(?:vamos|procedemos|pasamos) a (?:votar|la votacion)\b|\bqueda abierta la votacion\b"
    r"|\bllame a (?:votar|votacion)\b"
)
_ASKS: Final = re.compile(
    r"(?:^|¿)\s*(?:(?:y|entonces),? )?(?:aprueba|aprueban) (?:el (?:honorable )?concejo"
    r"|la (?:plenaria|corporacion|comision)|(?:los|las) (?:honorables )?concejal\w+)"
    r"(?!.*\b(?:unanimidad|siempre|cada)\b)"
)
_YES: Final = r"si|positivo|afirmativo|a favor|aprobado|apruebo"
_NO: Final = r"no|negativo|en contra|negado|desapruebo"
_ABSTAINS: Final = r"abstencion|me abstengo|en blanco|abstenid[oa]"
_CHOICE: Final = rf"(?:(?P<yes>{_YES})|(?P<no>{_NO})|(?P<none>{_ABSTAINS}))"
_VOTES: Final = r"(?:(?:mi )?voto(?: es)?|vota|votamos)(?: por el)?[,:]?"
_CAST: Final = re.compile(
    rf"^(?:(?:el |la )?(?:h\. ?c\. |{OFFICE} ))?(?P<name>{NAME}?)\s*[,:.;-]?\s+"
    rf"(?:{_VOTES} )?{_CHOICE}{VOCATIVE}[.!]?$"
)
_OWN: Final = re.compile(rf"^(?:(?:senora? )?{OFFICE}, )?(?:yo )?{_VOTES} {_CHOICE}{VOCATIVE}[.!]?$")

_ALONE: Final = re.compile(
    rf"^(?:(?P<yes>positivo|afirmativo|a favor)|(?P<no>negativo|en contra)|(?P<none>{_ABSTAINS}))"
    rf"{VOCATIVE}[.!]?$"
    r"|^(?:(?P<si>si)|no),? (?:senora? )?secretari[oa][.!]?$"
)


def vote_open(phrase: Phrase) -> Meaning | None:
    """Read "Sírvase abrir el registro para la votación nominal" or "¿Aprueba el Concejo el acta?"."""
    match = _ASKS.search(phrase.plain) or _OPENS.search(phrase.plain)
    if match is None or is_told(phrase, match.start()):
        return None
    return Meaning(Intent.VOTE_OPEN, vote_open_data(phrase))


def vote_open_data(phrase: Phrase) -> JsonObject:
    """Return the kind of vote; one that is put as a question is a voice vote."""
    kinds = ("nominal", "ordinaria")
    kind = next((kind for kind in kinds if re.search(rf"\b{kind}(?:mente)?\b", phrase.plain)), None)
    return said(CLASE="ordinaria" if _ASKS.search(phrase.plain) and not kind else kind)


def vote_cast(phrase: Phrase) -> Meaning | None:
    """Read "Ana Zapata, voto positivo." or, without a name, "Mi voto es sí, señor presidente."."""
    own = _OWN.match(phrase.plain)
    if own:
        return Meaning(Intent.VOTE_CAST, said(VOTO=_choice(own)))
    alone = _ALONE.match(phrase.plain)
    if alone:
        return Meaning(Intent.VOTE_CAST, said(VOTO="Sí" if alone["si"] else _choice(alone)))
    match = _CAST.match(phrase.plain)
    name = name_in(phrase.written(match, "name")) if match else None
    if match is None or name is None or not _names_a_voter(phrase, name):
        return None
    return Meaning(Intent.VOTE_CAST, said(NOMBRE=name, VOTO=_choice(match)))


def _names_a_voter(phrase: Phrase, name: str) -> bool:
    """Tell a voter from an ordinary "Claro que sí.": an office, the word vote, or a name as it is called."""
    if is_office(name):
        return False
    if re.search(rf"\bvot[oa]\b|^(?:(?:el|la) )?(?:{OFFICE}) ", phrase.plain):
        return not re.match(rf"(?:senora?|{OFFICE}|el|la|mi|por|no|si)\b", Phrase.of(name).plain)
    return called_name(name) is not None


def _choice(match: re.Match[str]) -> str:
    if match["yes"]:
        return "Sí"
    return "Abstención" if match["none"] else "No"
