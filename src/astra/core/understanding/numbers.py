"""Spanish numbers, in digits or words, to integers."""

import re
from collections.abc import Iterator
from typing import Final

from text_to_num import text2num

from astra.core.understanding.spelling import folded

_WORDS: Final = (
    "cero|un|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce"
    "|quince|dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiun|veintiuno|veintiuna"
    "|veintidos|veintitres|veinticuatro|veinticinco|veintiseis|veintisiete|veintiocho"
    "|veintinueve|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento"
    "|doscientos|doscientas|trescientos|trescientas|cuatrocientos|cuatrocientas|quinientos"
    "|quinientas|seiscientos|seiscientas|setecientos|setecientas|ochocientos|ochocientas"
    "|novecientos|novecientas|mil"
)
_ACCENTED: Final = {
    "veintiun": "veintiuno",
    "veintidos": "veintidós",
    "veintitres": "veintitrés",
    "veintiseis": "veintiséis",
    "primero": "uno",
}
_ORDINALS: Final = {
    name: number
    for number, names in enumerate(
        (
            "primer primero primera",
            "segundo segunda",
            "tercer tercero tercera",
            "cuarto cuarta",
            "quinto quinta",
            "sexto sexta",
            "septimo septima",
            "octavo octava",
            "noveno novena",
            "decimo decima",
            "undecimo undecima onceavo",
            "duodecimo duodecima doceavo",
        ),
        start=1,
    )
    for name in names.split()
}

_WORD: Final = rf"(?:{_WORDS})\b"
NUMBER: Final = rf"(?:\d+(?:\.\d{{3}})*\b|{_WORD}(?: (?:y )?{_WORD})*)"  # pattern for folded text
ORDINAL: Final = rf"(?:(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\b)"
_SAID: Final = re.compile(rf"\b{NUMBER}")
_PLACED: Final = re.compile(rf"\b{ORDINAL}")


def number_of(text: str) -> int | None:
    """Return the number that a text says, None if it says none: "doce", "12", "1.200", "veintidós"."""
    plain = folded(text).strip()
    if re.fullmatch(r"\d+(?:\.\d{3})*", plain):
        return int(plain.replace(".", ""))
    words = [_ACCENTED.get(word, word) for word in plain.split()]
    try:
        return text2num(" ".join(words), "es") if words else None
    except ValueError:
        return None


def ordinal_of(text: str) -> int | None:
    """Return the place that an ordinal says: "tercer" is 3."""
    return _ORDINALS.get(folded(text).strip())


def numbers_in(plain: str) -> Iterator[int]:
    """Yield the numbers that a folded text says, ordinals too; "nueve y quince" are two."""
    for match in _SAID.finditer(plain):
        yield from _numbers_of(match[0].split())
    for match in _PLACED.finditer(plain):
        place = ordinal_of(match[0])
        if place is not None:
            yield place


def _numbers_of(words: list[str]) -> Iterator[int]:
    """Yield the numbers that a run of number words says: each as long as it can be."""
    start = 0
    while start < len(words):
        ends = range(len(words), start, -1)
        number, end = next(
            ((value, end) for end in ends if (value := number_of(" ".join(words[start:end]))) is not None),
            (None, start + 1),
        )
        if number is not None:
            yield number
        start = end
