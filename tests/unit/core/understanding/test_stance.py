import pytest

from astra.core.templates import Template, TemplateSet
from astra.core.understanding.hashed_ngrams import HashedNgrams
from astra.core.understanding.interpretation import PLAIN
from astra.core.understanding.service import Understanding
from astra.core.understanding.similarity import RestingEmbedder, SimilarityLink
from astra.core.understanding.stance import agrees
from astra.core.values import ChunkContext

APPROVED = "La Presidencia somete a consideración la proposición leída y es aprobada por la plenaria"
RECORDED = "Se deja constancia de que la sesión fue grabada en audio y video"
THANKED = "El Presidente agradece la asistencia de los concejales y de la comunidad"
SILENCE = "Se guarda un minuto de silencio por las víctimas"
NO_MORE = "No habiendo más asuntos que tratar, se concluye la jornada"
RECESS = "Se decreta un receso de {MINUTOS} minutos"

TURNED = [
    (APPROVED, "La Presidencia somete a consideración la proposición leída y no es aprobada por la plenaria"),
    (APPROVED, "La Presidencia somete a consideración la proposición leída y es negada por la plenaria"),
    (APPROVED, "La Presidencia somete a consideración la proposición leída"),
    (
        APPROVED,
        "La Presidencia somete a consideración la proposición leída, que será aprobada por la plenaria",
    ),
    (
        APPROVED,
        "La Presidencia somete a consideración la proposición leída y va a ser aprobada por la plenaria",
    ),
    (RECORDED, "Se deja constancia de que la sesión no fue grabada en audio ni video"),
    (RECORDED, "No se deja constancia de que la sesión fue grabada en audio y video"),
    (RECORDED, "Se deja constancia de que la sesión fue grabada sin audio y video"),
    (RECORDED, "Se deja constancia de que la sesión nunca fue grabada en audio y video"),
    (RECORDED, "Solicito que se deje constancia de que la sesión fue grabada en audio y video"),
    (RECORDED, "Sírvase dejar constancia de que la sesión fue grabada en audio y video"),
    (RECORDED, "Se dejará constancia de que la sesión fue grabada en audio y video"),
    (RECORDED, "Ayer se dejó constancia de que la sesión fue grabada en audio y video"),
    (THANKED, "El Presidente no agradece la asistencia de los concejales ni de la comunidad"),
    (THANKED, "El Presidente tampoco agradece la asistencia de los concejales y de la comunidad"),
    (THANKED, "El Presidente agradece la inasistencia de los concejales y de la comunidad"),
    (SILENCE, "¿Se guarda un minuto de silencio por las víctimas?"),
    (SILENCE, "Se negó un minuto de silencio por las víctimas"),
    (SILENCE, "Propongo que no se guarde un minuto de silencio por las víctimas"),
    (SILENCE, "Propongo que se guarde un minuto de silencio por las víctimas"),
    (SILENCE, "Pido que se guarde un minuto de silencio por las víctimas"),
    (SILENCE, "Si se guarda un minuto de silencio por las víctimas"),
    (SILENCE, "Se guardaría un minuto de silencio por las víctimas"),
    (SILENCE, "El concejal dijo que se guarda un minuto de silencio por las víctimas"),
    (NO_MORE, "Habiendo más asuntos que tratar, no se concluye la jornada"),
    (NO_MORE, "Habiendo más asuntos que tratar, se concluye la jornada"),
    (NO_MORE, "No habiendo más asuntos que tratar, se inicia la jornada"),
    ("Asisten todos los concejales con voto", "Asisten todos los concejales sin voto"),
    ("Vota a favor la bancada", "Vota en contra la bancada"),
    ("Se encuentran presentes los citados", "Se encuentran ausentes los citados"),
    ("Se aprueba en primer debate el proyecto", "Se aprueba en segundo debate el proyecto"),
    ("Se decreta un receso de diez minutos", "Se decreta un receso de quince minutos"),
]
THE_SAME = [
    (APPROVED, "La presidenta somete a consideración la proposición leída y es aprobada por la plenaria."),
    (APPROVED, "La Presidencia sometió a consideración la proposición leída y la plenaria la aprobó."),
    (RECORDED, "Se deja constancia de que esta sesión ha sido grabada en audio y en video."),
    (RECORDED, "Dejamos constancia de que la sesión se grabó en audio y video, señores concejales."),
    (THANKED, "El señor Presidente agradece a todos la asistencia de los concejales y de la comunidad."),
    (THANKED, "La presidenta agradeció la asistencia de los concejales y de la comunidad"),
    (SILENCE, "Guardemos un minuto de silencio por las víctimas."),
    (SILENCE, "Se guardó un minuto de silencio por las víctimas"),
    (NO_MORE, "No habiendo otros asuntos que tratar, se concluye la jornada de hoy"),
    (NO_MORE, "Al no haber más asuntos que tratar, se concluye la jornada"),
    (RECESS, "Se decreta un receso de quince minutos, señores concejales"),
]


def only(formula: str, text: str | None) -> ChunkContext:
    embedder = HashedNgrams()
    template = Template(template_id="TPL", label="Fórmula", vector=embedder.embed([formula])[0], text=text)
    return ChunkContext(templates=TemplateSet(embedder=embedder.identity, templates=(template,)))


@pytest.mark.parametrize(("formula", "text"), TURNED)
def test_a_sentence_that_turns_a_formula_round_does_not_agree(formula: str, text: str) -> None:
    assert not agrees(text, formula)


@pytest.mark.parametrize(("formula", "text"), [pair for pair in TURNED if pair[0] == SILENCE])
def test_a_template_without_its_formula_takes_no_sentence_that_can_turn_it_round(
    formula: str, text: str
) -> None:
    assert Understanding().of([text], only(formula, None))[0] == PLAIN
    assert Understanding().of([formula], only(formula, None))[0].template_id == "TPL"


@pytest.mark.parametrize(("formula", "text"), THE_SAME)
def test_the_same_in_other_words_is_the_template(formula: str, text: str) -> None:
    assert agrees(text, formula)
    (found,) = SimilarityLink(RestingEmbedder(HashedNgrams())).read([text], only(formula, formula))
    assert found is not None
    assert found.template_id == "TPL"


def test_a_template_with_a_denial_needs_that_denial() -> None:
    formula = "No se guarda un minuto de silencio por las víctimas"
    assert Understanding().of([formula], only(formula, formula))[0].template_id == "TPL"
    assert Understanding().of([SILENCE], only(formula, formula))[0] == PLAIN
