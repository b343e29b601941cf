import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.templates import NO_TEMPLATES, Template, TemplateSet, TemplatesUnusable
from astra.core.understanding.hashed_ngrams import HashedNgrams
from astra.core.understanding.intents import Intent
from astra.core.understanding.interpretation import PLAIN, Interpretation
from astra.core.understanding.service import Understanding
from astra.core.values import ChunkContext, Decider

EMBEDDER = HashedNgrams()
FORMULAS = {
    "TPL_COMISION": "Se somete a consideración el informe de la comisión accidental",
    "TPL_RECESO": "Se decreta un receso de {MINUTOS} minutos",
    "TPL_HIMNO": "Se entona el himno nacional",
    "TPL_CITANTES": "Iniciaron las intervenciones de los concejales citantes",
    "TPL_SILENCIO": "Se guarda un minuto de silencio por el fallecimiento de",
}


def template(template_id: str, formula: str = "", **changes: Any) -> Template:
    vector = EMBEDDER.embed([formula or template_id])[0]
    return Template(
        **(
            {"template_id": template_id, "label": "Fórmula", "vector": vector, "text": formula or None}
            | changes
        )
    )


def set_of(*templates: Template, **changes: Any) -> TemplateSet:
    return TemplateSet(**({"embedder": EMBEDDER.identity, "templates": templates} | changes))


@pytest.fixture(scope="module")
def formulas() -> TemplateSet:
    return set_of(*(template(name, formula) for name, formula in FORMULAS.items()))


def read(text: str, templates: TemplateSet) -> Interpretation:
    chain, context = Understanding(), ChunkContext(templates=templates)
    chain.check(context)
    return chain.of([text], context)[0]


@pytest.mark.parametrize(
    ("text", "template_id"),
    [
        ("Entonces sometemos a consideración el informe de la comisión accidental.", "TPL_COMISION"),
        ("Se decreta un receso de quince minutos, señores concejales.", "TPL_RECESO"),
        ("INICIAN LAS INTERVENCIONES DE LOS CONCEJALES CITANTES", "TPL_CITANTES"),
        ("Guardemos un minuto de silencio por el fallecimiento de don Pedro.", "TPL_SILENCIO"),
    ],
)
def test_a_formula_in_other_words_is_its_template(formulas: TemplateSet, text: str, template_id: str) -> None:
    meaning = read(text, formulas)
    assert (meaning.template_id, meaning.intent, meaning.label) == (template_id, None, "Fórmula")
    assert meaning.decided_by is Decider.TEMPLATE
    assert 0.6 < meaning.confidence < 1


@pytest.mark.parametrize(
    "text",
    [
        "Queremos decretar la emergencia en el municipio.",
        "La comunidad invitada no llegó.",
        "Yo quiero hablar del informe de gestión del alcalde.",
        "Gracias presidente, buenos días a todos.",
        "Hace diez minutos dijeron que había agua.",
        "...",
        "",
    ],
)
def test_speech_that_only_shares_words_is_plain(formulas: TemplateSet, text: str) -> None:
    assert read(text, formulas) == PLAIN


def test_a_rule_comes_before_a_template() -> None:
    templates = set_of(template("TPL_MIO", "Tiene la palabra la concejala Ana Zapata"))
    meaning = read("Tiene la palabra la concejala Ana Zapata.", templates)
    assert (meaning.intent, meaning.decided_by) == (Intent.TURN, Decider.RULE)


def test_a_sentence_between_two_templates_is_neither() -> None:
    one, other = template("TPL_A", "Se decreta un receso"), template("TPL_B", "Se decreta un receso.")
    assert read("Se decreta un receso.", set_of(one)).template_id == "TPL_A"
    assert read("Se decreta un receso.", set_of(one, other)) == PLAIN


def test_a_template_may_ask_for_more_likeness_than_its_set() -> None:
    text = "Se decreta un receso de quince minutos."
    assert read(text, set_of(template("TPL_A", FORMULAS["TPL_RECESO"]))).template_id == "TPL_A"
    assert read(text, set_of(template("TPL_A", FORMULAS["TPL_RECESO"], threshold=0.99))) == PLAIN


def test_a_template_with_an_intent_takes_the_data_that_rules_find() -> None:
    formula = "La corporación da por instalada la jornada siendo las"
    templates = set_of(template("TPL_INICIO", formula, intent="OPENING"))
    meaning = read("La corporación da por instalada la jornada siendo las 9:15 a. m.", templates)
    assert (meaning.intent, meaning.template_id) == (Intent.OPENING, "TPL_INICIO")
    assert meaning.data == {"HORA": "09:15"}


def test_a_template_whose_intent_needs_data_that_nobody_finds_is_plain_text() -> None:
    templates = set_of(template("TPL_VOTO", "La concejala deposita su papeleta", intent="VOTE_CAST"))
    assert read("La concejala deposita su papeleta.", templates) == PLAIN


def test_many_sentences_are_decided_together_as_each_alone(formulas: TemplateSet) -> None:
    texts = [*FORMULAS.values(), "Sin relación alguna.", "Ana Zapata, presente."] * 800
    context = ChunkContext(templates=formulas)
    together = Understanding().of(texts, context)
    assert [one.template_id for one in together[:5]] == list(FORMULAS)
    assert together[:7] * 800 == together
    assert together[6].intent is Intent.ROLL_CALL


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        (set_of(template("TPL_A"), embedder="e5-large-1024"), "e5-large-1024.*hashed-ngrams-v1-1024"),
        (set_of(template("TPL_A", vector=np.ones(8))), "8 dimensions.*1024"),
        (set_of(template("TPL_A", intent="APLAUSO")), "APLAUSO.*OPENING"),
    ],
)
def test_templates_that_do_not_fit_are_refused_before_any_sentence(
    templates: TemplateSet, message: str
) -> None:
    with pytest.raises(TemplatesUnusable, match=message):
        Understanding().check(ChunkContext(templates=templates))


@pytest.mark.parametrize(
    ("templates", "changes", "message"),
    [
        ((template("TPL_A"), template("TPL_A")), {}, "twice"),
        ((template(""),), {}, "empty"),
        ((template("TPL_A", vector=np.zeros(4)),), {}, "zero"),
        ((template("TPL_A", vector=np.array([np.nan, 1])),), {}, "finite"),
        ((template("TPL_A", vector=np.ones(4)), template("TPL_B", vector=np.ones(5))), {}, "length"),
        ((template("TPL_A", vector=np.ones((2, 2))),), {}, "length"),
        ((template("TPL_A", data_schema={"type": "string"}),), {}, "TPL_A"),
        ((template("TPL_A", threshold=0.0),), {}, "threshold"),
        ((template("TPL_A"),), {"threshold": 1.5}, "threshold"),
        ((template("TPL_A"),), {"margin": -0.1}, "margin"),
    ],
)
def test_a_set_of_templates_that_makes_no_sense_cannot_be_made(
    templates: tuple[Template, ...], changes: dict[str, float], message: str
) -> None:
    with pytest.raises(TemplatesUnusable, match=message):
        set_of(*templates, **changes)


def test_templates_are_found_by_id(formulas: TemplateSet) -> None:
    found = formulas.find("TPL_HIMNO")
    assert found is not None
    assert found.template_id == "TPL_HIMNO"
    assert formulas.find("TPL_X") is None
    assert NO_TEMPLATES.find("TPL_HIMNO") is None


def test_vectors_are_the_same_on_every_machine() -> None:
    vector = EMBEDDER.embed(["Se levanta la sesión, señor presidente."])[0]
    places = np.flatnonzero(vector).astype("<u2").tobytes()
    assert hashlib.sha256(places).hexdigest()[:16] == "dce090a9db164876"
    assert np.sign(vector[np.flatnonzero(vector)[:5]]).tolist() == [1.0, -1.0, -1.0, -1.0, 1.0]


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=80))
def test_any_text_has_a_vector_of_length_one_or_none(text: str) -> None:
    length = float(np.linalg.norm(EMBEDDER.embed([text])[0]))
    assert length == pytest.approx(1, abs=1e-5) or length == 0
