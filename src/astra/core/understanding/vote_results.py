"""The result of a vote: totals, names and outcome, of a roll call or by voice."""

import re
from collections.abc import Iterator
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.numbers import NUMBER, number_of
from astra.core.understanding.people import VOCATIVE, capitalised_prefix, name_in
from astra.core.understanding.reported import is_told
from astra.core.understanding.stance import is_turned
from astra.kernel.json_value import JsonObject

_VOTERS: Final = r"(?: votos?| concejal(?:es|as)?)?"
_N: Final = NUMBER
_NONE: Final = r"ningun[oa]?|sin|cero"
_FOR: Final = r"(?:a favor|por el si|positivos?|afirmativos?|por la afirmativa)"
_AGAINST: Final = r"(?:contra|el no|negativos?|la negativa|ella)"
_VOTED_BY: Final = r"(?:(?:votaron|votan|han votado|hay|son|fueron) )?"
_COUNTS: Final = (
    re.compile(
        rf"\b(?P<yes>{_N}){_VOTERS} {_FOR}\b[^.]*?\b(?P<no>{_NONE}|{_N}){_VOTERS}(?: en| por)? {_AGAINST}\b"
    ),
    re.compile(
        rf"\b(?:por el si|votos (?:positivos|afirmativos|a favor)|a favor)[,:]? {_VOTED_BY}(?P<yes>{_N})"
        rf"{_VOTERS}[^.]*?\b(?:por el no|(?:votos )?(?:negativos|en contra))[,:]? {_VOTED_BY}"
        rf"(?P<no>{_NONE}|{_N})\b"
    ),
)
_ANNOUNCED: Final = re.compile(
    rf"^(?:(?:senora? )?\w+, )?(?:hay|se (?:registran|registraron)|tenemos|son) (?P<yes>{_N}) votos? {_FOR}"
    rf"{VOCATIVE}[.!]?$"
)
_ONLY_YES: Final = re.compile(rf"\b(?P<yes>{_N}) votos? {_FOR}\b")
_UNANIMOUS: Final = re.compile(rf"\b(?P<yes>{_N}) (?:votos?|concejal(?:es|as))\b")
_ABSTAINED: Final = re.compile(
    rf"\b(?P<none>{_NONE}|{_N})(?: votos?)?(?: de)? (?:abstenci\w+|en blanco)\b"
    rf"|\babstenciones[,:]? (?P<listed>{_N})\b"
)
_DECIDED: Final = re.compile(
    r"\b(?:ha sido|han sido|ha quedado|fue|es|queda|resulta|resulto|sido|se da por)(?: \w+mente)? "
    r"(?P<outcome>(?:aprobad|negad|improbad|rechazad|archivad|hundid)[oa]s?)\b"
    r"|\bse (?P<now>aprueban?|niegan?)\b"
    r"|^(?:si,? )?(?P<first>(?:aprobad|negad)[oa]s?)\b(?! por el\b| en la)"
)
_VOICE: Final = re.compile(
    r"^(?:(?:si,? )(?:se )?(?:lo |la |los |las )?(?P<yes>aprueban?)|asi (?:lo|la) (?P<so>aprueban?)"
    r"|no (?:se )?(?:lo|la|los|las) (?P<no>aprueban?)"
    r"|(?:el (?:honorable )?concejo|la (?:plenaria|corporacion))(?: municipal)?,? (?:si |asi )?(?:lo |la )"
    r"?(?P<body>aprueba)(?= por unanimidad|[.!]?$))\b"
)
_MATTER: Final = re.compile(
    r"\b(?:proposicion(?:es)?|proyecto|actas?|orden del dia|informe|ponencia|articul\w+|titulo|mocion"
    r"|unanimidad|votos?|presidente|presidenta|excusas?|enmienda|impedimentos?)\b"
    r"|^(?:(?:si,?|queda|fue|ha sido) )?\w+[.!]?$"
)
_PAST: Final = re.compile(  # or of every day
    r"\b(?:ayer|ano pasado|mes pasado|semana pasada|en (?:19|20)\d\d|hace|hubo|habia|habian|siempre|nunca"
    r"|cada (?:ano|mes|semana|vez|sesion|vigencia|periodo)|tod[oa]s l[oa]s (?:anos|meses|sesiones|vigencias)"
    r"|(?<!acta de )en (?:la|el) (?:sesion|plenaria|votacion|reunion|mes) (?:de|del) (?!hoy|dia de hoy)"
    r"|en (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
    r"|(?<!acta )(?<!actas )(?<!acta de la sesion )(?:anterior|anteriores))\b"
)
_FALLS_SHORT: Final = re.compile(r"\bno (?:\w+ )?(?:alcanz\w+|basta\w*|son suficientes|es suficiente)\b")
_VOTED: Final = r"\b(?:votaron|votan|han votado)(?: por el)? "
_CHOICES: Final = {
    "VOTARON_SI": re.compile(rf"{_VOTED}(?:si|a favor|positiv\w+|afirmativ\w+)\b(?P<names>.*)$"),
    "VOTARON_NO": re.compile(
        rf"(?:{_VOTED}(?:no|en contra|negativ\w+)|(?:[;,.]| y)(?: y)? (?:por el no|en contra))\b"
        r"(?P<names>.*)$"
    ),
}
_NAMES_END: Final = re.compile(
    rf"[.;]|,? y {_VOTED}|{_VOTED}|(?:,|,? y) (?:por el (?:no|si)|en contra|a favor)\b"
)
_AGAINST_IS_SAID: Final = re.compile(r"\b(?:por el no|en contra)\b")
_BETWEEN_NAMES: Final = re.compile(r",\s*|\s+y\s+|\s+e\s+(?=I)")
_NO_NAME: Final = re.compile(
    r"^(?:[,:]|\s|\b(?:los|las|el|la|honorables?|concejal(?:es|as|a)?)\b)*", re.IGNORECASE
)


def vote_result(phrase: Phrase) -> Meaning | None:
    """Read "Con cinco votos a favor y dos en contra, ha sido aprobada la proposición" or "Aprobado."."""
    start = _start(phrase)
    if (
        start is None
        or _PAST.search(phrase.plain)
        or is_told(phrase, start)
        or is_turned(phrase.plain[:start])
    ):
        return None
    decided = _DECIDED.search(phrase.plain)
    if (decided and is_told(phrase, decided.start())) or _FALLS_SHORT.search(phrase.plain):
        return None
    data = vote_result_data(phrase)
    lacks_losers = "VOTARON_SI" in data and not data.keys() & {"VOTARON_NO", "NO"}
    if lacks_losers and _AGAINST_IS_SAID.search(phrase.plain):
        return None
    return Meaning(Intent.VOTE_RESULT, data)


def vote_result_data(phrase: Phrase) -> JsonObject:
    """Return the totals, the outcome and the names that a result says."""
    counts = _counts(phrase)
    outcome = _outcome(phrase)
    yes = counts or _yes_alone(phrase)
    no = _count(counts["no"]) if counts else (0 if yes and _is_unanimous(phrase) else None)
    abstained = _ABSTAINED.search(phrase.plain)
    return said(
        SI=_count(yes["yes"]) if yes else None,
        NO=no,
        ABSTENCIONES=_count(abstained["none"] or abstained["listed"]) if abstained else None,
        RESULTADO=outcome,
        **{key: names for key in _CHOICES if (names := list(_names(phrase, key)))},
    )


def _start(phrase: Phrase) -> int | None:
    """Return where the result begins, None if the sentence holds none."""
    counts = _counts(phrase)
    if counts:
        return counts.start()
    decided = _DECIDED.search(phrase.plain)
    if decided and _MATTER.search(phrase.plain):
        return decided.start()
    voice = _VOICE.match(phrase.plain)
    if voice or _ANNOUNCED.match(phrase.plain):
        return 0
    named = next((match for key in _CHOICES if (match := _CHOICES[key].search(phrase.plain))), None)
    return named.start() if named and any(any(_names(phrase, key)) for key in _CHOICES) else None


def _counts(phrase: Phrase) -> re.Match[str] | None:
    return next(filter(None, (pattern.search(phrase.plain) for pattern in _COUNTS)), None)


def _yes_alone(phrase: Phrase) -> re.Match[str] | None:
    if _is_unanimous(phrase):
        return _UNANIMOUS.search(phrase.plain)
    announced = _ANNOUNCED.match(phrase.plain)
    return announced or (_ONLY_YES.search(phrase.plain) if _DECIDED.search(phrase.plain) else None)


def _is_unanimous(phrase: Phrase) -> bool:
    return re.search(r"\bunanim", phrase.plain) is not None


def _count(text: str) -> int | None:
    return 0 if re.fullmatch(_NONE, text) else number_of(text)


def _outcome(phrase: Phrase) -> str | None:
    decided = _DECIDED.search(phrase.plain)
    if decided:
        word = decided["outcome"] or decided["now"] or decided["first"]
        return "aprobada" if word.startswith(("aprob", "aprueb")) else "negada"
    voice = _VOICE.match(phrase.plain)
    if voice:
        return "negada" if voice["no"] else "aprobada"
    return None


def _names(phrase: Phrase, choice: str) -> Iterator[str]:
    """Yield the full names of those of whom it is said that they voted so."""
    match = _CHOICES[choice].search(phrase.plain)
    if match is None:
        return
    end = _NAMES_END.search(match["names"])
    listed = phrase.written(match, "names")[: end.start() if end else None]
    for piece in _BETWEEN_NAMES.split(listed):
        name = capitalised_prefix(_NO_NAME.sub("", piece))
        if " " in name and name_in(name):
            yield name
