import pytest

from astra.core.understanding.numbers import number_of
from astra.core.understanding.times import date_in, time_in


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("doce", 12),
        ("12", 12),
        ("1.200", 1200),
        ("veintidos", 22),
        ("Veintiún", 21),
        ("cuarenta y dos", 42),
        ("cero", 0),
        ("dos mil veintiséis", 2026),
        ("primero", 1),
        ("dos y tres", None),
        ("perro", None),
        ("", None),
    ],
)
def test_numbers_in_digits_or_words(said: str, number: int | None) -> None:
    assert number_of(said) == number


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("a las nueve y quince de la manana", "09:15"),
        ("las 9 y 15 de la manana", "09:15"),
        ("las 18:05 horas", "18:05"),
        ("las 2:30 p. m.", "14:30"),
        ("la una de la tarde", "13:00"),
        ("las diez en punto", "10:00"),
        ("las dos y media de la tarde", "14:30"),
        ("las siete y cuarto de la noche", "19:15"),
        ("las doce del mediodia", "12:00"),
        ("las catorce horas y treinta minutos", "14:30"),
        ("las doce de la noche", "00:00"),
        ("las nueve menos cuarto de la manana", "08:45"),
        ("las nueve menos diez", "08:50"),
        ("la una menos cinco de la tarde", "12:55"),
        ("un cuarto para las nueve", "08:45"),
        ("faltando diez para las tres de la tarde", "14:50"),
        ("faltando diez minutos para las ocho de la noche", "19:50"),
        ("cinco minutos antes de las nueve", "08:55"),
        ("las tres de la tarde y veinte minutos", "15:20"),
        ("las tres de la tarde y media", "15:30"),
        ("las 2:30 se abre la sesion de la tarde", "14:30"),
        ("las dos se abre la sesion de la tarde", "14:00"),
        ("las 9 y 5 a.m.", "09:05"),
        ("las 02:30", "02:30"),
        ("faltando diez para las tres", None),
        ("las 2:30", None),
        ("las nueve se abre la sesion de la noche", None),
        ("despues de las nueve", None),
        ("antes de las nueve", None),
        ("casi las nueve", None),
        ("las 25:00", None),
        ("las cosas", None),
    ],
)
def test_times_of_day(said: str, clock: str | None) -> None:
    assert time_in(said) == clock


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("el dia veintitres de noviembre", "23 de noviembre"),
        ("primero de marzo", "1 de marzo"),
        ("10 de noviembre de 2025", "10 de noviembre de 2025"),
        ("dos de mayo del dos mil veintiseis", "2 de mayo de 2026"),
        ("cuarenta de mayo", None),
        ("sin fecha", None),
    ],
)
def test_dates(said: str, date: str | None) -> None:
    assert date_in(said) == date
