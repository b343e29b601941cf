"""Spoken times of day and dates."""

import re
from typing import Final

from astra.core.understanding.numbers import NUMBER, number_of

_HOUR: Final = (
    r"(?:\d{1,2}|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce"
    r"|quince|dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiuna|veintidos"
    r"|veintitres)"
)
_MINUTES: Final = rf"(?:cuarto|media|{NUMBER})"
_PERIOD: Final = r"(?:de la (?:manana|tarde|noche)|del mediodia|[ap]\.? ?m\b\.?)"
_TIME: Final = re.compile(
    rf"\blas? (?P<hour>{_HOUR})\b(?: horas?)?"
    rf"(?:(?: y | con |:| ?\. ?| )(?P<minute>{_MINUTES}))?(?: minutos?)?(?: horas?)?(?: en punto)?"
    rf"(?:,? (?P<period>{_PERIOD}))?"
)
_CLOCK: Final = re.compile(
    rf"\b(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})\b(?: horas?)?(?:,? ?(?P<period>{_PERIOD}))?"
)
_MONTHS: Final = (
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"
)
_DATE: Final = re.compile(
    rf"\b(?P<day>primero|{NUMBER})(?: de| del mes de) (?P<month>{_MONTHS.replace(' ', '|')})\b"
    rf"(?:,? del?(?: ano)? (?P<year>{NUMBER}))?"
)
_FRACTIONS: Final = {"cuarto": 15, "media": 30}
_LAST_HOUR, _LAST_MINUTE, _LAST_DAY = 23, 59, 31
_NOON: Final = 12


def time_in(plain: str) -> str | None:
    """Return the first time of day in folded text: "las nueve y quince de la mañana" is "09:15"."""
    match = _CLOCK.search(plain) or _TIME.search(plain)
    if match is None:
        return None
    hour, minute = number_of(match["hour"]), _minute(match["minute"])
    if hour is None or minute is None or hour > _LAST_HOUR or minute > _LAST_MINUTE:
        return None
    return f"{_of_day(hour, match['period'] or ''):02}:{minute:02}"


def _minute(said: str | None) -> int | None:
    if said is None:
        return 0
    return _FRACTIONS.get(said) or number_of(said)


def _of_day(hour: int, period: str) -> int:
    """Return the hour of 24 from the hour of 12 and the part of the day."""
    is_evening = "tarde" in period or "noche" in period or period.startswith("p")
    if is_evening and hour < _NOON:
        return hour + _NOON
    is_midnight = hour == _NOON and ("noche" in period or period.startswith("a"))
    return 0 if is_midnight else hour


def date_in(plain: str) -> str | None:
    """Return the first date in folded text as the acta writes it: "23 de noviembre [de 2026]"."""
    match = _DATE.search(plain)
    if match is None:
        return None
    day = number_of(match["day"])
    if day is None or not 1 <= day <= _LAST_DAY:
        return None
    year = number_of(match["year"]) if match["year"] else None
    month = match["month"].replace("setiembre", "septiembre")
    return f"{day} de {month}" + (f" de {year}" if year else "")
