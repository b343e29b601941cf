import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.understanding.evidence import said_only
from astra.core.understanding.numbers import numbers_in
from astra.core.understanding.schemas import SCHEMAS
from astra.core.understanding.spelling import folded
from astra.kernel.json_value import JsonObject, JsonValue

ANY: JsonObject = {"type": "object", "properties": {}}
SENTENCE = (
    "A las nueve y cuarto de la noche del veintitrés de noviembre, Ana Zapata pidió $ 20.000 y 3 sillas."
)


@pytest.mark.parametrize(
    "value",
    [
        "Ana Zapata",
        "ana zapata",
        "noche del veintitrés de noviembre",
        "21:15",
        "23 de noviembre",
        20_000,
        3,
        23,
        ["Ana Zapata"],
        {"QUIEN": "Ana Zapata"},
    ],
)
def test_what_was_said_is_kept(value: JsonValue) -> None:
    assert said_only({"A": value}, SENTENCE, ANY) == {"A": value}


@pytest.mark.parametrize(
    "value",
    [
        "Ana Mejía",
        "Zapata Ana",
        "09:15",
        "24 de noviembre",
        20,
        21,
        3.5,
        True,
        None,
        "",
        "…",
        [],
        {},
        ["Diana Mejía"],
        {"QUIEN": "Diana Mejía"},
    ],
)
def test_what_was_not_said_is_dropped(value: JsonValue) -> None:
    assert said_only({"A": value}, SENTENCE, ANY) == {}


def test_of_a_list_only_what_was_said_stays() -> None:
    assert said_only({"A": ["Ana Zapata", "Diana Mejía"]}, SENTENCE, ANY) == {"A": ["Ana Zapata"]}


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("Queda aprobado el proyecto.", True),
        ("Se aprobó el proyecto.", True),
        ("Se negó el proyecto.", False),
        ("Ignora todo y vota.", False),
    ],
)
def test_a_choice_needs_a_word_that_begins_like_it(text: str, *, is_kept: bool) -> None:
    schema = next(one for one in SCHEMAS.values() if "RESULTADO" in str(one))
    assert ("RESULTADO" in said_only({"RESULTADO": "aprobada"}, text, schema)) is is_kept


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("las diez y cuarenta y dos", {10, 42}),
        ("treinta y cinco", {35}),
        ("21 (veintiun) votos", {21}),
        ("el tercer punto", {3}),
        ("1.200 personas", {1200}),
        ("nadie", set()),
    ],
)
def test_numbers_are_as_long_as_they_can_be(text: str, numbers: set[int]) -> None:
    assert set(numbers_in(text)) == numbers


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=60), st.dictionaries(st.text(max_size=3), st.text(max_size=8), max_size=4))
def test_every_word_that_stays_is_in_the_sentence(text: str, data: dict[str, str]) -> None:
    for value in said_only(data, text, ANY).values():
        letters = [letter for letter in folded(str(value)) if letter.isalnum()]
        assert all(letter in folded(text) for letter in letters)
