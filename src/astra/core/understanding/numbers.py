"""Spanish numbers, in digits or words, to integers."""

import re
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
