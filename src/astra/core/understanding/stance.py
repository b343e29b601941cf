"""Whether two sentences that are alike say the same: both affirm, deny, ask, wish or tell it.

Likeness counts shared letters, so that "no es aprobada" is most like "es aprobada". What turns a sentence
round is compared here by itself; where it differs, or cannot be known, the two do not say the same.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from astra.core.understanding.meaning import Phrase
from astra.core.understanding.numbers import numbers_in
from astra.core.understanding.reported import is_retold
from astra.core.understanding.spelling import folded

_NEGATION: Final = re.compile(
    r"\b(?P<negation>no(?! ?\.? ?\d)|ni|nunca|jamas|tampoco|sin|salvo|excepto|menos|apenas|casi"
    r"|nada|nadie|ningun[oa]?s?)\b"
    r"(?: (?:se|lo|la|los|las|le|les|me|nos|te|el|un|una|ha|han|haya|he|hemos|habia|es|son|fue|fueron|era"
    r"|sido|ser|esta|estan|estuvo|queda|quedo|en|de)\b)*(?: (?P<denied>\w{1,3}))?"
)
_MODALITIES: Final[Mapping[str, re.Pattern[str]]] = {
    "question": re.compile(r"[¿?]"),
    "wish": re.compile(
        r"\b(?:propon\w+|propuse|propuso|pido|pide|piden|pedimos|pedi|pidio|pidieron|solicit\w+|sugier\w+"
        r"|quier\w+|queremos|quisier\w+|dese[oa]\w*|esper(?:o|a|amos)|exij\w+|exhort\w+|recomiend\w+|ojala"
        r"|debe\w*|deberia\w*|hay que|ten(?:go|emos) que|tienen? que|pued\w+|podemos|podr\w+"
        r"|quizas?|tal vez|acaso|posiblemente|supuestamente|presuntamente|pretend\w+|intent\w+)\b"
    ),
    "order": re.compile(r"\b(?:sirvase|sirvanse|favor|ordene|proceda|hagame|haga)\b"),
    "condition": re.compile(
        r"\b(?:cuando|antes de|hasta que|a menos que|siempre (?:que|y cuando)|en caso de|con tal|como si"
        r"|hubier\w+|hubies\w+|haya|hayan|habria\w*|pendientes?|falta\w*|necesit\w+|requier\w+|requer\w+"
        r"|al menos|por lo menos|como (?:minimo|maximo))\b"
    ),
    "future": re.compile(
        r"\b(?:voy|va|vamos|van|iba|iban|ibamos) a \w+[aei]r(?:se|lo|la|le|les|los|las)?\b"
        r"|\b(?:despues|mas tarde|luego|proximamente|(?:pasado )?manana(?! del?\b))\b(?<!la manana)"
    ),
}
_WHETHER: Final = re.compile(r"\bsi\b(?=,? \w)", re.IGNORECASE)
_INFLECTED: Final[Mapping[str, re.Pattern[str]]] = {  # on the text as written: the accent tells the tense
    "future": re.compile(r"\b\w+[aeid]r(?:á|án|é)\b", re.IGNORECASE),
    "condition": re.compile(
        r"\b(?!(?:secret|not|comis|M)aría)\w+[aid]ría(?:n|mos)?\b|\bserían?\b", re.IGNORECASE
    ),
}
_REFUSALS: Final = (
    r"neg(?:ad|ar|ab|amos|o\b|ativ)|nieg|improb|rechaz|archiv|hund|desaprob|desaprueb|revoc|anul"
    r"|devuel|devolv|desist|rehus|deneg|derrot|retir|aplaz|absten|abstuv"
)
_OPPOSED: Final[Mapping[str, tuple[str, str]]] = {  # what is affirmed, and what turns it round
    "approval": (
        "aprob|aprueb|acog|acept|ratific|avala",
        _REFUSALS,
    ),
    "side": ("a favor|por el si\\b|afirmativ|positiv", "contra\\b|por el no\\b|negativ"),
    "presence": ("presentes?\\b|asist", "ausen|inasist"),
    "extent": (
        "abr(?!il\\b)|abier|inici|instal|apertur|comenz|comienz|empez|empiez|reanud|prosig|contin",
        "cierr|cerr|termin|finaliz|clausur|conclu|levant|suspend|interrump|cancel",
    ),
    "unanimity": ("unanim", "mayori"),
    "kind": ("ordinari", "extraordinari"),
    "openness": ("public[ao]s?\\b", "reservad|privad|secret[ao]s?\\b"),
    "place": ("anterior|pasad", "siguiente|proxim"),
    "debate": ("primer", "segund|tercer|ultim"),
    "way": ("ingres|entra\\b|entran\\b|incorpor", "salen?\\b|salio|abandon|reti"),
    "leave": (
        "autoriz|conced|otorg|permit",
        "prohib|impid|imped|dej[ao]n? de|evit|omit|en vez de|en lugar de",
    ),
    "ease": ("cumpl", "incumpl"),
}
_SIDES: Final = {
    name: tuple(re.compile(rf"\b(?:{stems})") for stems in sides) for name, sides in _OPPOSED.items()
}
_HARMLESS: Final = re.compile(  # these deny nothing of what else the clause says
    r"\b(?:al )?no (?:habiendo|haber|siendo|hay|quedando|existiendo) (?:mas|otr\w+)\b|\bsin (?:mas|otr\w+)\b"
    r"|\b(?:el|voto|voto es|vota|votan|votaron|por) (?:no|si)\b|\bno\W*$|\bque no\W*$"
    r"|\bsin (?:excusa|justificacion|permiso|licencia)\b"
    r"|\b(?:ningun[oa]?|sin)(?: votos?)?(?: en| por)? (?:contra|el no|negativ\w+|abstenci\w+)\b"
)
_CLAUSE_END: Final = re.compile(r"[,;:](?=\s)|[.?!…]+(?=\s+[¿¡]?[A-ZÁÉÍÓÚÑ])")
_MARK: Final = re.compile(r"\{\w+\}")
_QUOTED: Final = re.compile(r"[«“\"]")


def agrees(text: str, formula: str | None) -> bool:
    """Tell whether a sentence and a formula that it is like say the same of the same.

    A formula that is not known, None, could say anything: only a sentence without a word that can be turned
    round agrees with it. What varies stands as {MARK} in a formula; its own numbers must have been said.
    """
    said = Phrase.of(text)
    if formula is None:
        return not (_turns(said) or any(_sides(said, side) for side in (0, 1)))
    meant = Phrase.of(_MARK.sub(" ", formula))
    affirmed, agreed = _sides(said, 0), _sides(meant, 0)
    return (
        _turns(said) == _turns(meant)
        and _sides(said, 1) == _sides(meant, 1)
        and agreed <= affirmed
        and _counts(meant) <= _counts(said)
    )


def is_affirmed(text: str) -> bool:
    """Tell whether a sentence does what it says: no clause of it is turned, asked or retold."""
    return not is_asked_or_retold(text) and not any(map(is_turned, clauses_of(text)))


def is_turned(plain: str) -> bool:
    """Tell whether a clause in folded text denies, wishes or supposes what its words say."""
    told = _HARMLESS.sub(" ", plain)
    return (
        _NEGATION.search(told) is not None
        or any(_MODALITIES[name].search(told) for name in ("wish", "condition"))
        or re.search(r"\bsi\b(?=,? (?!senora?|president|secretari)\w)", told) is not None
    )


def is_asked_or_retold(text: str) -> bool:
    """Tell whether a sentence is a question, or speaks of what somebody said or of another day."""
    return _MODALITIES["question"].search(text) is not None or is_retold(folded(text))


def clauses_of(text: str) -> Iterator[str]:
    """Yield the clauses of a sentence, folded."""
    start = 0
    for match in _CLAUSE_END.finditer(text):
        yield folded(text[start : match.start()])
        start = match.end()
    yield folded(text[start:])


def _turns(phrase: Phrase) -> frozenset[str]:
    """Return the denials, each with the beginning of what it denies, and the modalities of a sentence."""
    modal = (name for name, pattern in _MODALITIES.items() if pattern.search(phrase.plain))
    inflected = (name for name, pattern in _INFLECTED.items() if pattern.search(phrase.text))
    return frozenset({*modal, *inflected, *_denials(phrase.plain), *_tellings(phrase)})


def _denials(plain: str) -> Iterator[str]:
    found: dict[str, int] = {}
    for match in _NEGATION.finditer(plain):
        denial = f"not {match['denied'] or ''}"
        found[denial] = found.get(denial, 0) + 1
    yield from (f"{denial} {times}" for denial, times in found.items())


def _tellings(phrase: Phrase) -> Iterator[str]:
    if any(
        phrase.text[match.start() : match.end()].lower() == "si" for match in _WHETHER.finditer(phrase.plain)
    ):
        yield "condition"
    if is_retold(phrase.plain):
        yield "retold"
    if _QUOTED.search(phrase.text):
        yield "quoted"


def _sides(phrase: Phrase, side: int) -> frozenset[str]:
    return frozenset(name for name, sides in _SIDES.items() if sides[side].search(phrase.plain))


def _counts(phrase: Phrase) -> frozenset[int]:
    """Return the numbers that are said; one is an article as well."""
    return frozenset(numbers_in(phrase.plain)) - {1}
