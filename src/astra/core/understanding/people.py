"""How people are named in a session: an office and a name."""

import re
from typing import Final

from astra.core.understanding.known_names import GIVEN_NAMES, SURNAMES
from astra.core.understanding.spelling import folded

# Patterns for folded text. An office may say of what: "secretario de Hacienda".
OFFICE: Final = (
    r"(?:honorable )?(?:concejal(?:a)?|edil(?:esa)?|(?:vice)?president[ea]|secretari[oa]|doctora?"
    r"|senora?|diputad[oa]"
    r"|alcalde(?:sa)?|personer[oa]|contralora?|directora?|representante|ingenier[oa]|ciudadan[oa]"
    r"|lider(?:esa)?"
    r"|arquitect[oa]|abogad[oa]|profesora?|coronel|capitan|mayor|comandante|gerente|subsecretari[oa])"
)
_OF: Final = r"(?: (?:de|del|de la|de los|de las) [\w ]+?)?"
WORD: Final = r"[^\W\d_][\w'.-]*"
NAME: Final = rf"{WORD}(?: {WORD}){{0,6}}"
ADDRESSED: Final = rf"(?:(?:el|la|al|a la|los|las) )?(?:(?P<office>{OFFICE}{_OF}),? )?(?P<name>{NAME})"
GREETING: Final = r"(?:(?:,| y)? (?:muy )?buen[oa]s (?:dias|tardes|noches)(?: (?:a|para) tod[oa]s)?)?"
VOCATIVE: Final = rf"(?:,? (?:senora? )?(?:honorable )?(?:{OFFICE}))?"

_PARTICLES: Final = frozenset({"de", "del", "la", "las", "los", "y", "da", "di", "san", "santa"})
_NEVER_IN_A_NAME: Final = frozenset(
    {
        "que",
        "no",
        "si",
        "muy",
        "esta",
        "este",
        "esto",
        "ese",
        "esa",
        "se",
        "me",
        "le",
        "les",
        "nos",
        "por",
        "para",
        "con",
        "en",
        "a",
    }
)
_OFFICES: Final = re.compile(rf"{OFFICE}(?: {OFFICE})*")
_FEMININE: Final = re.compile(r"(?:a|lideresa|gerenta)$")
_MOST_WORDS: Final = 6


def name_in(text: str) -> str | None:
    """Return a person's name if the text is one: up to six words with capitals, particles aside.

    A text without any capital, as some engines write, counts by its length alone.
    """
    words = text.strip(" ,.;:").split()
    if not 1 <= len(words) <= _MOST_WORDS:
        return None
    if _NEVER_IN_A_NAME & {word.lower().strip(",") for word in words}:
        return None
    proper = [word for word in words if word.lower() not in _PARTICLES]
    has_capitals = any(word[0].isupper() for word in proper)
    if not proper or (has_capitals and not all(word[0].isupper() for word in proper)):
        return None
    return " ".join(words)


def called_name(text: str) -> str | None:
    """Return the name of somebody called without an office: "Ana Zapata" or "Zapata", not "Juan Pablo"."""
    name = name_in(text)
    words = folded(name or "").split()
    if name is None or not all(word[0].isupper() for word in name.split() if word.lower() not in _PARTICLES):
        return None
    if words[0] in {"don", "dona"} or words[-1] in GIVEN_NAMES or is_office(name):
        return None
    return name if words[-1] in SURNAMES or (len(words) > 1 and words[0] in GIVEN_NAMES) else None


def is_office(name: str) -> bool:
    """Tell whether what stands in the place of a name is an office."""
    return _OFFICES.fullmatch(folded(name)) is not None


def capitalised_prefix(text: str) -> str:
    """Return the name that the text begins with: words with capitals, and the particles between them."""
    taken: list[str] = []
    for word in text.split():
        if not (word[0].isupper() or (taken and word.lower() in _PARTICLES)):
            break
        taken.append(word.rstrip(",.;:?!"))
        if word[-1] in ",.;:?!":
            break
    while taken and taken[-1].lower() in _PARTICLES:
        taken.pop()
    return " ".join(taken)


def treatment_of(office: str, article: str = "") -> str:
    """Return article and office as an acta writes them: "la concejala", "el secretario de Hacienda"."""
    head, _, rest = office.partition(" ")
    if head.lower() == "honorable":
        head, _, rest = rest.partition(" ")
    if not head:
        return ""
    feminine = article.strip() in {"la", "a la"} or (
        not article and _FEMININE.search(head.lower()) is not None
    )
    return " ".join(part for part in ("la" if feminine else "el", head.lower(), rest) if part)
