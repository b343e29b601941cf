"""Spoken times of day and dates."""

import re
from collections.abc import Mapping
from typing import Final

from astra.core.understanding.numbers import NUMBER, number_of

HOUR: Final = (
    r"(?:\d{1,2}|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce"
    r"|quince|dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiuna|veintidos"
    r"|veintitres)"
)
_MINUTES: Final = rf"(?:cuarto|media|{NUMBER})"
_PERIOD: Final = r"(?:de la (?:manana|tarde|noche)|del mediodia|[ap]\.? ?m\b\.?)"
_Y: Final = r"(?: y | con |:| ?\. ?| )"
_TIME: Final = re.compile(
    rf"\blas? (?P<hour>{HOUR})\b(?: horas?)?"
    rf"(?: menos (?:un )?(?P<less>{_MINUTES})|{_Y}(?P<minute>{_MINUTES}))?"
    r"(?: minutos?)?(?P<horas> horas?)?(?: en punto)?"
    rf"(?:,? (?P<period>{_PERIOD})(?: (?:y|con) (?P<after>cuarto|media|{NUMBER}(?= minutos?\b)))?)?"
)
_TO_GO: Final = re.compile(
    rf"\b(?:un )?(?P<less>cuarto|{NUMBER})(?: minutos?)? (?:para|antes de) las? (?P<hour>{HOUR})\b"
    rf"(?: horas?)?(?:,? (?P<period>{_PERIOD}))?"
)
_CLOCK: Final = re.compile(
    rf"\b(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})\b(?P<horas> horas?)?(?:,? ?(?P<period>{_PERIOD}))?"
)
_ABOUT: Final = re.compile(
    r"\b(?:antes de|despues de|pasadas|casi|hacia|cerca de|alrededor de|entre|hasta) $"
)
_PART_OF_DAY: Final = re.compile(r"\bde la (?:tarde|noche)\b")
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
_LAST_UNSURE: Final = 5  # councils meet neither before six in the morning nor always by day


def time_in(plain: str) -> str | None:
    """Return the first time of day in folded text: "las nueve y quince de la mañana" is "09:15".

    None where none is said, or it is not sure: "después de las nueve", "las tres" without a part of the day.
    """
    return next(iter(times_in(plain)), None)


def times_in(plain: str) -> list[str]:
    """Return the times of day in folded text, without those that are not sure."""
    times: list[str] = []
    position = 0
    while match := _next_time(plain, position):
        position = match.end()
        time = None if _ABOUT.search(plain[: match.start()]) else _time(match, plain)
        times += [time] if time else []
    return times


def _next_time(plain: str, start: int) -> re.Match[str] | None:
    matches = [match for pattern in (_TO_GO, _TIME, _CLOCK) if (match := pattern.search(plain, start))]
    return min(matches, key=lambda match: (match.start(), -match.end()), default=None)


def _time(match: re.Match[str], plain: str) -> str | None:
    said = match.groupdict()
    hour, minute = number_of(said["hour"]), _minute(said.get("minute") or said.get("after"))
    less = _minute(said.get("less"))
    if (
        hour is None
        or minute is None
        or less is None
        or max(minute, less) > _LAST_MINUTE
        or hour > _LAST_HOUR
    ):
        return None
    period = said["period"] or ""
    if not period and _is_unsure(said, hour, plain):
        return None
    if not period and hour <= _LAST_UNSURE and _PART_OF_DAY.search(plain):
        period = "de la tarde"
    minutes = (_of_day(hour, period) * 60 + minute - less) % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _is_unsure(said: Mapping[str, str | None], hour: int, plain: str) -> bool:
    """Tell whether an hour without its part of the day could be of either half of it."""
    is_of_24 = bool(said.get("horas")) or (said["hour"] or "").startswith("0") or not 0 < hour < _NOON
    if is_of_24:
        return False
    is_late = _PART_OF_DAY.search(plain) is not None
    return is_late if hour > _LAST_UNSURE else not is_late


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
