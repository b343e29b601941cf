"""Whether a formula is done or only told: quoted, of another day, conditional, or denied."""

import re
from typing import Final

from astra.core.understanding.meaning import Phrase

_SAYING: Final = re.compile(
    r"\b(?:dijo|dijeron|decia|decian|dice que|dicen que|manifesto|manifestaron|afirmo|senalo|expreso"
    r"|recuerdo|recuerden|recordemos|pregunto|pregunta|ojala|se supone"
    r"|(?:creo|creemos|pienso|considero|entiendo) que)\b"
)
_ANOTHER_DAY: Final = re.compile(
    r"\b(?:ayer|anteayer|antier|(?:ano|mes|semana|sesion|vez|vigencia|periodo|plenaria|reunion)"
    r" (?:pasad[oa]|anterior)|hace (?:\w+ ){1,3}(?:anos?|mes|meses|semanas?|dias?))\b"
)
_CONDITION: Final = re.compile(
    r"\b(?:cuando|(?P<whether>si)|antes de que|hasta que|mientras|aunque|sin que|para que"
    r"|cada vez que)\b[^,;:]*$"
)
_DENIAL: Final = re.compile(r"\b(?:no|nunca|jamas|tampoco|ni)\s+(?:\w+\s+)?$")
_QUOTED_FIRST: Final = re.compile(r"^[«“\"'].*[»”\"'],? (?:dijo|decia|dice|grito|anuncio|afirmo|manifesto)\b")
_OPEN_QUOTE: Final = re.compile(r"\w.*(?:«[^»]*|“[^”]*)$")


def is_told(phrase: Phrase, start: int) -> bool:
    """Tell whether the formula that begins at `start` is only spoken of."""
    before = phrase.plain[:start]
    patterns = (_SAYING, _ANOTHER_DAY, _DENIAL, _OPEN_QUOTE)
    return (
        any(pattern.search(before) for pattern in patterns)
        or _is_conditional(phrase, before)
        or _QUOTED_FIRST.match(phrase.plain) is not None
        or _is_inside_plain_quotes(before)
    )


def is_retold(plain: str) -> bool:
    """Tell whether folded text speaks of what somebody said, or of another day."""
    return _SAYING.search(plain) is not None or _ANOTHER_DAY.search(plain) is not None


def _is_conditional(phrase: Phrase, before: str) -> bool:
    """Tell "si hay quórum" from "sí hay quórum"."""
    match = _CONDITION.search(before)
    return match is not None and phrase.written(match, "whether").lower() != "sí"


def _is_inside_plain_quotes(before: str) -> bool:
    opening = before.rfind('"')
    return before.count('"') % 2 == 1 and re.search(r"\w", before[:opening]) is not None
