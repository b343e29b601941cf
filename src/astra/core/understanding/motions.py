"""Motions and who proposes them."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.numbers import NUMBER, number_of
from astra.core.understanding.people import OFFICE, capitalised_prefix, treatment_of

_YEAR: Final = r"(?:,? del?(?: ano)? (?:(?:19|20)\d\d|dos mil \w+(?: y \w+)?))?"
_MOTION: Final = re.compile(
    rf"^(?:proposicion|mocion)(?:(?: numero| no\.?| nro\.?| n[°º.]|,? la numero)? (?P<number>{NUMBER})"
    rf"{_YEAR})?"
    r"\s*(?:[,:.]|,? (?:dice|que dice)(?: asi)?[,:]?)\s+(?P<text>\S.{8,})$"
)
_READS: Final = re.compile(
    rf"^(?:la )?proposicion(?: numero (?P<number>{NUMBER}){_YEAR})? (?:dice|reza|es del siguiente tenor)"
    rf"(?: asi)?\s*[,:.]?\s+"
    r"(?P<text>\S.{8,})$"
)
_PRESENTS: Final = re.compile(
    r"^(?:\w+[ ,]+){0,6}?(?:(?:me permito|nos permitimos) (?:presentar|radicar|leer)|presento|presentamos"
    r"|radico|pongo a consideracion) (?:a (?:\w+ ){1,3})?(?:la|esta) siguiente (?:proposicion|mocion)"
    rf"(?: numero (?P<number>{NUMBER}){_YEAR})?\s*[:,.]\s*(?P<text>\S.{{8,}})$"
)
_OTHER_MATTER: Final = re.compile(
    rf"^(?:(?:senora? )?{OFFICE}\b[.,]?$|aprobada|negada|leida|radicada|y varios|por )"
)
_SUPPORT: Final = r"(?:coadyuvad|apoyad|respaldad|secundad|acompanad)[oa]"
_PROPOSED: Final = re.compile(
    r"(?:^|\bproposicion\b[^.]*?)\b(?:presentad|suscrit|firmad|radicad|propuest)a por "
    rf"(?P<article>el|la)? ?(?:(?P<office>{OFFICE}) )?(?P<name>.+?)"
    rf"(?:,? y {_SUPPORT} por (?:(?:el|la) )?(?:{OFFICE} )?(?P<second>.+))?$"
)
_PROPOSER: Final = re.compile(
    rf"^(?:el |la )?proponentes?(?: es)?\s*[:,]?\s*(?P<article>el|la)? ?"
    rf"(?:(?P<office>{OFFICE}) )?(?P<name>.+)$"
)


def motion(phrase: Phrase) -> Meaning | None:
    """Read "Proposición número doce, cítese a la Secretaría de …"; TEXTO is what was read, word for word."""
    match = _READS.match(phrase.plain) or _MOTION.match(phrase.plain) or _PRESENTS.match(phrase.plain)
    if match is None or _OTHER_MATTER.match(match["text"]):
        return None
    number = number_of(match["number"]) if match["number"] else None
    text = phrase.written(match, "text").strip().rstrip(".").strip("«»\"“”'")
    return Meaning(Intent.MOTION, said(NUMERO=number, TEXTO=text))


def motion_proposer(phrase: Phrase) -> Meaning | None:
    """Read "La proposición fue presentada por la concejala Ana Zapata y coadyuvada por Diana Mejía"."""
    match = _PROPOSED.search(phrase.plain) or _PROPOSER.match(phrase.plain)
    name = capitalised_prefix(phrase.written(match, "name")) if match else ""
    if match is None or not name:
        return None
    has_second = "second" in match.re.groupindex
    return Meaning(
        Intent.MOTION_PROPOSER,
        {
            **said(
                NOMBRE=name,
                COADYUVANTE=capitalised_prefix(phrase.written(match, "second")) if has_second else None,
            ),
            "TRATAMIENTO": treatment_of(phrase.written(match, "office"), match["article"] or ""),
        },
    )
