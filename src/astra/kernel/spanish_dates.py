"""Dates as an acta writes them in Spanish."""

from datetime import date
from typing import Final

MONTHS: Final = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)


def long_date(day: date) -> str:
    """Return a date such as "20 de noviembre de 2026"."""
    return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"
