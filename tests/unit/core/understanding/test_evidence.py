import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.understanding.evidence import said_only
from astra.core.understanding.intents import Intent
from astra.core.understanding.numbers import numbers_in
from astra.core.understanding.schemas import SCHEMAS
from astra.core.understanding.spelling import folded
from astra.kernel.json_value import JsonObject, JsonValue

ANY: JsonObject = {"type": "object", "properties": {}}
SENTENCE = (
    "A las nueve y cuarto de la noche del veintitrés de noviembre, Ana Zapata compró $ 20.000 y 3 sillas."
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


RESULT = SCHEMAS[Intent.VOTE_RESULT]


@pytest.mark.parametrize(
    "text",
    [
        "La proposición no ha sido aprobada: doce votos se necesitaban.",
        "La proposición no fue aprobada con doce votos.",
        "Nunca fue aprobada con doce votos la proposición.",
        "¿Fue aprobada con doce votos la proposición?",
        "Propongo que quede aprobada con doce votos.",
        "Si queda aprobada con doce votos, celebramos.",
        "El alcalde dijo que fue aprobada con doce votos.",
        "Habría sido aprobada con doce votos.",
        "Ayer fue aprobada con doce votos.",
        "La aprobación requiere doce votos.",
    ],
)
def test_what_is_denied_wished_supposed_asked_or_retold_is_no_result(text: str) -> None:
    assert said_only({"RESULTADO": "aprobada", "SI": 12}, text, RESULT) == {}


@pytest.mark.parametrize(
    "text",
    [
        "La proposición ha sido aprobada con doce votos.",
        "Doce votos por el sí y ninguno en contra, queda aprobada.",
        "No habiendo más intervenciones, fue aprobada con doce votos por el sí, tres por el no.",
        "No era necesaria, pero fue aprobada con doce votos.",
    ],
)
def test_a_denial_of_something_else_does_not_drop_a_result(text: str) -> None:
    data: JsonObject = {"RESULTADO": "aprobada", "SI": 12}
    assert said_only(data, text, RESULT) == data


def test_a_name_that_is_denied_is_dropped_and_one_that_is_not_stays() -> None:
    text = "No interviene la doctora Ana Zapata, interviene el concejal Luis Duque"
    data: JsonObject = {"A": ["Ana Zapata", "Luis Duque"]}
    assert said_only(data, text, ANY) == {"A": ["Luis Duque"]}


@pytest.mark.parametrize(
    ("text", "vote"),
    [
        ("Ana Zapata votó que sí", "Sí"),
        ("La concejala Ana Zapata deposita su voto por el no", "No"),
        ("El voto de Ana Zapata es sí", "Sí"),
    ],
)
def test_a_vote_is_kept(text: str, vote: str) -> None:
    assert said_only({"VOTO": vote}, text, SCHEMAS[Intent.VOTE_CAST]) == {"VOTO": vote}


@pytest.mark.parametrize("text", ["Ana Zapata no votó", "Si Ana Zapata vota, ganamos"])
@pytest.mark.parametrize("vote", ["Sí", "No"])
def test_no_vote_is_none(text: str, vote: str) -> None:
    assert said_only({"VOTO": vote}, text, SCHEMAS[Intent.VOTE_CAST]) == {}


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
