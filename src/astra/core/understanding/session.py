"""Opening, closing and convocation."""

import re
from itertools import pairwise
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.kinds import SESSIONS
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.reported import is_told
from astra.core.understanding.spelling import folded
from astra.core.understanding.times import HOUR, date_in, times_in
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
    rf"|\bse (?:les )?(?:cita|convoca) a las? {HOUR}\b[^,;.]{{0,40}}? para\b"
    r"|\bquedan? (?:citad|convocad)[oa]s? (?:\w+ ){0,4}?para\b"
    r"|\bla (?:proxima|siguiente) (?:sesion|plenaria)(?: \w+)? (?:sera|es|se realizara|queda)\b"
)

_BEGINS: Final = re.compile(r"\bsiendo\b")
_NEXT: Final = (  # where the second of two formulas begins, in what stands between their verbs
    re.compile(r"(?:(?<=[;.])|[,;.]?(?= y\b)) (?P<next>(?:y )?(?:\w+ )?)$"),
    re.compile(r"(?:[,;.]|(?= y\b)) (?P<next>(?:y )?siendo\b)"),
    re.compile(r", (?P<next>(?:\w+ )?)$"),
)
_ANOTHER_SESSION: Final = re.compile(
    r"(?<!la )\bmanana\b|\b(?:proxim\w+|lunes|martes|miercoles|jueves|viernes|sabado|domingo|cit\w+|convoc\w+"
    r"|reanud\w+|vemos)\b"
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
    return said(HORA=_hour(phrase, _OPENS), TIPO=kind)


def closing(phrase: Phrase) -> Meaning | None:
    """Read "Agotado el orden del día, se levanta la sesión siendo las 10:42 horas"."""
    match = _CLOSES.search(phrase.plain)
    if match is None or is_told(phrase, match.start()):
        return None
    return Meaning(Intent.CLOSING, closing_data(phrase))


def closing_data(phrase: Phrase) -> JsonObject:
    """Return the time that a closing says."""
    return said(HORA=_hour(phrase, _CLOSES))


def convocation(phrase: Phrase) -> Meaning | None:
    """Read "Se cita para el día veintitrés de noviembre a las nueve"; an official's citation is none."""
    match = _CONVOKES.search(phrase.plain)
    if match is None or is_told(phrase, match.start()):
        return None
    end = next((end for start, end in _spans(phrase.plain) if start <= match.start() < end), match.end())
    data = convocation_data(Phrase.of(phrase.text[match.start() : end]))
    return Meaning(Intent.CONVOCATION, data) if data else None


def convocation_data(phrase: Phrase) -> JsonObject:
    """Return the date and the time that a convocation says; of several times none is sure."""
    times = times_in(phrase.plain)
    return said(FECHA=date_in(phrase.plain), HORA=times[0] if len(times) == 1 else None)


def formulas_apart(text: str) -> list[str]:
    """Return a sentence with an opening, a closing or a convocation and another of these in its parts."""
    return [text[start:end].strip() for start, end in _spans(folded(text))] or [text]


def _spans(plain: str) -> list[tuple[int, int]]:
    """Return from where to where each formula of the session goes; none where that is not clear."""
    verbs = sorted(
        (match for pattern in (_OPENS, _CLOSES, _CONVOKES) for match in pattern.finditer(plain)),
        key=lambda match: match.start(),
    )
    cuts = [_cut(plain, before.end(), after.start()) for before, after in pairwise(verbs)]
    edges = [0, *(cut for cut in cuts if cut is not None), len(plain)]
    return list(pairwise(edges)) if len(edges) == len(cuts) + 2 else []


def _cut(plain: str, start: int, end: int) -> int | None:
    between = plain[start:end]
    match = next((match for pattern in _NEXT if (match := pattern.search(between))), None)
    return start + match.start("next") if match else None


def _hour(phrase: Phrase, verb: re.Pattern[str]) -> str | None:
    """Return the time in the part of the sentence that has the verb, None if it may be another's."""
    match = verb.search(phrase.plain)
    at = match.start() if match else 0
    part = next((phrase.plain[start:end] for start, end in _spans(phrase.plain) if start <= at < end), "")
    begins = _BEGINS.search(part)
    if begins is None and _ANOTHER_SESSION.search(part):
        return None
    times = times_in(part[begins.start() if begins else 0 :])
    return times[0] if times and (begins or len(times) == 1) else None
