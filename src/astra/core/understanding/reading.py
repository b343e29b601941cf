"""A document that is read aloud."""

import re
from typing import Final

from astra.core.understanding.intents import Intent
from astra.core.understanding.kinds import DOCUMENTS
from astra.core.understanding.meaning import Meaning, Phrase, said
from astra.core.understanding.numbers import NUMBER, number_of
from astra.core.understanding.people import VOCATIVE
from astra.core.understanding.reported import is_told

_KIND: Final = rf"(?:{'|'.join(sorted(DOCUMENTS, key=len, reverse=True))})\b"
_ARTICLE: Final = r"(?:(?:el|la|los|las|un|una|este|esta|dich[oa]|siguientes?|respectiv[oa]) ){0,2}"
_ABOUT_TO: Final = (
    r"(?:(?:procedo|procedemos|procede|paso|pasamos|pasa|voy|vamos) (?:entonces )?a"
    r"|me permito|nos permitimos)"
)
_GIVES: Final = (
    rf"(?:(?:{_ABOUT_TO} dar|doy|damos|da|dan|dare|daremos|se da|se dio|se ha dado|ha dado|hemos dado)"
    r"(?:le)? lectura (?:al|a|del|de) )"
)
_READS: Final = rf"(?:(?:{_ABOUT_TO} (?:a )?leer(?:les)?|leo|leemos|se lee) )"
_HAS_BEEN: Final = r"(?:^(?:(?:ha sido|han sido|queda) )?leid[oa]s? )"
_END: Final = rf"(?={VOCATIVE}[.!]?$|[:;]|,? (?:que|la cual|el cual) dice|,? dice\b)"
_READING: Final = re.compile(
    rf"(?:\b{_GIVES}{_ARTICLE}|(?:\b{_READS}|{_HAS_BEEN}){_ARTICLE}(?={_KIND}))(?P<document>\S.{{2,}}?){_END}"
)
_HEAD: Final = re.compile(rf"^(?:\w+ ){{0,2}}?(?P<kind>{_KIND})")
_NUMBER: Final = re.compile(rf"\b(?:numero|no\.?|nro\.?) (?P<number>{NUMBER})")
_LATER: Final = re.compile(r"\b(?:manana|(?:proxima|siguiente) (?:sesion|plenaria))\b")


def reading(phrase: Phrase) -> Meaning | None:
    """Read "Me permito dar lectura al acta número 47"; an order or a wish to read is none.

    DOCUMENTO is what is read, without its article, as it was said.
    """
    match = _READING.search(phrase.plain)
    if match is None or is_told(phrase, match.start()) or _LATER.search(phrase.plain):
        return None
    head = _HEAD.match(match["document"])
    number = _NUMBER.search(match["document"])
    return Meaning(
        Intent.READING,
        said(
            DOCUMENTO=phrase.written(match, "document").strip(' ,.«»“”"'),
            CLASE=DOCUMENTS[head["kind"]] if head else None,
            NUMERO=number_of(number["number"]) if number else None,
        ),
    )
