"""Votes: their opening, each one cast, and their result."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.numbers import NUMBER, number_of
from astra.core.understanding.people import NAME, OFFICE, VOCATIVE, name_in

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
    r"^[¿]?\s*(?:(?:y )?(?:aprueba|aprueban) (?:el concejo|la plenaria|la corporacion|(?:los|las) "
    r"(?:honorables )?concejal\w+))"
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
_OWN: Final = re.compile(rf"^(?:(?:senora? )?{OFFICE}, )?{_VOTES} {_CHOICE}{VOCATIVE}[.!]?$")

_VOTERS: Final = r"(?: votos?| concejal(?:es|as)?)?"
_N: Final = NUMBER
_COUNTS: Final = (
    re.compile(
        rf"\b(?P<yes>{_N}){_VOTERS} (?:a favor|por el si|positivos?|afirmativos?|por la afirmativa)\b"
        rf"[^.]*?\b(?P<no>{_N}|ningun){_VOTERS}(?: en| por)? (?:contra|el no|negativos?|la negativa|ella)\b"
    ),
    re.compile(
        rf"\b(?:por el si|votos (?:positivos|afirmativos|a favor)|a favor)[,:]? (?P<yes>{_N})(?: votos?)?"
        rf"[^.]*?\b(?:por el no|(?:votos )?(?:negativos|en contra))[,:]? (?P<no>{_N})\b"
    ),
)
_UNANIMOUS: Final = re.compile(rf"\b(?P<yes>{_N}) votos (?:a favor|positivos|afirmativos|por el si)\b")
_DECIDED: Final = re.compile(
    r"(?<!no )\b(?:ha sido|ha quedado|fue|es|queda|resulta|resulto|sido|se da por)(?: \w+mente)? "
    r"(?P<outcome>aprobad[oa]|negad[oa]|improbad[oa]|rechazad[oa]|archivad[oa]|hundid[oa])\b"
    r"|^(?P<first>aprobad[oa]|negad[oa])\b(?! por el\b| en la)"
)
_MATTER: Final = re.compile(
    r"\b(?:proposicion|proyecto|acta|orden del dia|informe|ponencia|articul\w+|titulo|mocion|unanimidad"
    r"|votos?|presidente|presidenta)\b"
)
_PAST: Final = re.compile(r"\b(?:ayer|ano pasado|mes pasado|semana pasada|anterior|en (?:19|20)\d\d|hace)\b")


def vote_open(phrase: Phrase) -> Meaning | None:
    """Read "Sírvase abrir el registro para la votación nominal" or "¿Aprueba el Concejo el acta?"."""
    asks = _ASKS.match(phrase.plain)
    if not asks and not _OPENS.search(phrase.plain):
        return None
    kinds = ("nominal", "ordinaria")
    kind = next((kind for kind in kinds if re.search(rf"\b{kind}(?:mente)?\b", phrase.plain)), None)
    return Meaning(Intent.VOTE_OPEN, said(CLASE="ordinaria" if asks and not kind else kind))


def vote_cast(phrase: Phrase) -> Meaning | None:
    """Read "Ana Zapata, voto positivo." or, without a name, "Mi voto es sí, señor presidente."."""
    own = _OWN.match(phrase.plain)
    if own:
        return Meaning(Intent.VOTE_CAST, said(VOTO=_choice(own)))
    match = _CAST.match(phrase.plain)
    name = name_in(phrase.written(match, "name")) if match else None
    if match is None or name is None or not _names_a_voter(phrase, name):
        return None
    return Meaning(Intent.VOTE_CAST, said(NOMBRE=name, VOTO=_choice(match)))


def _names_a_voter(phrase: Phrase, name: str) -> bool:
    """Tell a voter from an ordinary "Claro que sí.": an office, the word vote, or a full name in capitals."""
    if re.search(rf"\bvot[oa]\b|^(?:(?:el|la) )?(?:{OFFICE}) ", phrase.plain):
        return not re.match(rf"(?:senora?|{OFFICE}|el|la|mi|por|no|si)\b", Phrase.of(name).plain)
    return " " in name and all(word[0].isupper() for word in name.split())


def _choice(match: re.Match[str]) -> str:
    if match["yes"]:
        return "Sí"
    return "No" if match["no"] else "Abstención"


def vote_result(phrase: Phrase) -> Meaning | None:
    """Read "Con cinco votos a favor y dos en contra, ha sido aprobada la proposición"."""
    counts = next(filter(None, (pattern.search(phrase.plain) for pattern in _COUNTS)), None)
    decided = _DECIDED.search(phrase.plain)
    is_decided = decided is not None and _MATTER.search(phrase.plain) is not None
    if (not counts and not is_decided) or _PAST.search(phrase.plain):
        return None
    outcome = _outcome(decided) if decided else None
    yes = counts or (_UNANIMOUS.search(phrase.plain) if "unanimidad" in phrase.plain else None)
    no = _count(counts["no"]) if counts else (0 if yes else None)
    return Meaning(Intent.VOTE_RESULT, said(SI=_count(yes["yes"]) if yes else None, NO=no, RESULTADO=outcome))


def _count(text: str) -> int | None:
    return 0 if text == "ningun" else number_of(text)


def _outcome(match: re.Match[str]) -> str:
    return "aprobada" if (match["outcome"] or match["first"]).startswith("aprob") else "negada"
