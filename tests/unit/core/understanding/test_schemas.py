import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.data_schema import flaw_of, strict_form, violation_of
from astra.core.understanding.intents import FACTS, Intent
from astra.core.understanding.meaning import Meaning
from astra.core.understanding.rule_data import rule_data
from astra.core.understanding.rules import understood
from astra.core.understanding.schemas import SCHEMAS, is_valid
from astra.kernel.json_value import JsonObject
from astra.samples import load_sample

PIECES = [
    *(line.text for line in load_sample().lines),
    *re.findall(r'"([^"\\]{12,})"', (Path(__file__).parents[1] / "test_understanding.py").read_text()),
    "Aprobado.",
    "Quince votos por el sí, dos por el no y una abstención.",
    "Votaron a favor Ana Zapata y Luis Duque y en contra Diana Mejía.",
    "siendo las 99:99",
    "el 31 de febrero del año 2026",
    "punto número cero, señor secretario",
    "con novecientos mil votos a favor y ningún voto en contra",
    "tiene la palabra",
    "la proposición número",
    "doy lectura a",
]


def test_every_intent_has_a_label_and_a_schema() -> None:
    assert set(SCHEMAS) == set(FACTS) == set(Intent)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=20), min_size=1, max_size=4), st.sampled_from(", ;:.")
)
def test_whatever_rules_give_keeps_to_its_schema(pieces: list[str], link: str) -> None:
    for text in (link.join(pieces), f"{link} ".join(pieces), *pieces):
        meaning = understood(text)
        assert meaning is None or is_valid(meaning), meaning


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(list(Intent)), st.lists(st.sampled_from(PIECES), max_size=3))
def test_what_rules_find_for_a_template_breaks_no_schema_but_by_what_is_missing(
    intent: Intent, pieces: list[str]
) -> None:
    violation = violation_of(rule_data(intent, " ".join(pieces)), SCHEMAS[intent])
    assert violation is None or violation.split(": ")[1] in {"required", "minProperties"}


def test_a_meaning_with_data_of_another_intent_is_not_valid() -> None:
    assert not is_valid(Meaning(Intent.CLOSING, {"NUMERO": 3}))
    assert not is_valid(Meaning(Intent.CLOSING, {"HORA": "24:00"}))
    assert not is_valid(Meaning(Intent.TURN, {"TRATAMIENTO": ""}))
    assert is_valid(Meaning(Intent.TURN, {"TRATAMIENTO": "", "NOMBRE": "Ana Zapata"}))


@pytest.mark.parametrize(
    ("schema", "flaw"),
    [
        ({"type": "object", "properties": {"A": {"type": "string", "pattern": "(a+)+$"}}}, "pattern"),
        ({"type": "object", "properties": {"A": {"$ref": "http://127.0.0.1/x"}}}, "ref"),
        ({"type": "object", "allOf": [{"$ref": "#"}]}, "ref"),
        ({"type": "string"}, "not 'object'"),
        ({}, "not 'object'"),
        ({"type": "object", "properties": {"A": {"type": "texto"}}}, r"\$\.properties\.A\.type"),
        ({"type": "object", "required": "A"}, r"\$\.required"),
    ],
)
def test_a_schema_of_a_council_that_is_unsafe_or_none_is_refused(schema: JsonObject, flaw: str) -> None:
    assert re.search(flaw, flaw_of(schema) or "")


def test_a_schema_nested_beyond_reason_is_refused() -> None:
    schema: JsonObject = {"type": "object"}
    for _ in range(500):
        schema = {"type": "object", "properties": {"A": schema}}
    assert flaw_of(schema)


def test_a_violation_names_the_place_and_not_the_text() -> None:
    schema = {"type": "object", "properties": {"A": {"type": "array", "items": {"type": "integer"}}}}
    assert violation_of({"A": [1, "Ana Zapata"]}, schema) == "$.A[1]: type"
    assert violation_of({"A": [1, 2]}, schema) is None


def test_the_strict_form_requires_every_property_and_lets_what_may_be_missing_be_null() -> None:
    schema: JsonObject = {
        "type": "object",
        "properties": {
            "A": {"type": "string", "minLength": 1, "default": ""},
            "B": {"type": "string", "enum": ["x", "y"]},
            "C": {
                "type": "object",
                "properties": {"D": {"type": "integer", "minimum": 0}},
                "required": ["D"],
            },
        },
        "required": ["A", "C"],
        "minProperties": 1,
    }
    assert strict_form(schema) == {
        "type": "object",
        "properties": {
            "A": {"type": "string"},
            "B": {"type": ["string", "null"], "enum": ["x", "y", None]},
            "C": {
                "type": "object",
                "properties": {"D": {"type": "integer"}},
                "required": ["D"],
                "additionalProperties": False,
            },
        },
        "required": ["A", "B", "C"],
        "additionalProperties": False,
    }
