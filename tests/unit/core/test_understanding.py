import pytest

from astra.core.understanding.formulas import template_of
from astra.core.understanding.intents import Intent
from astra.core.understanding.rules import understood
from astra.core.understanding.sentences import split_text
from astra.core.understanding.service import Understanding
from astra.core.values import ChunkContext
from astra.kernel.json_value import JsonObject

UNDERSTOOD = [
    (
        "Siendo las nueve y quince de la mañana, se abre la sesión ordinaria del Concejo Municipal.",
        Intent.OPENING,
        {"HORA": "09:15", "TIPO": "ordinaria"},
    ),
    (
        "Siendo las 9:15 a. m. declaro abierta la sesión plenaria ordinaria.",
        Intent.OPENING,
        {"HORA": "09:15", "TIPO": "ordinaria"},
    ),
    (
        "siendo las dos y media de la tarde damos inicio a la sesion extraordinaria",
        Intent.OPENING,
        {"HORA": "14:30", "TIPO": "extraordinaria"},
    ),
    ("Siendo las 14:33 horas, se declara abierta la sesión.", Intent.OPENING, {"HORA": "14:33"}),
    ("Damos inicio a la sesión plenaria de hoy.", Intent.OPENING, {"TIPO": "plenaria"}),
    ("Ana Zapata, presente.", Intent.ROLL_CALL, {"NOMBRE": "Ana Zapata", "ASISTENCIA": "Presente"}),
    (
        "Concejala María del Carmen Ruiz: presente",
        Intent.ROLL_CALL,
        {"NOMBRE": "María del Carmen Ruiz", "ASISTENCIA": "Presente"},
    ),
    (
        "Honorable concejal Jorge Iván Ospina, presente, señor secretario.",
        Intent.ROLL_CALL,
        {"NOMBRE": "Jorge Iván Ospina", "ASISTENCIA": "Presente"},
    ),
    ("Presente, señora presidenta.", Intent.ROLL_CALL, {"ASISTENCIA": "Presente"}),
    (
        "Concejal Ricardo Pineda, ausente con excusa.",
        Intent.ROLL_CALL,
        {"NOMBRE": "Ricardo Pineda", "ASISTENCIA": "Ausente con excusa"},
    ),
    (
        "El concejal Luis Duque, excusado.",
        Intent.ROLL_CALL,
        {"NOMBRE": "Luis Duque", "ASISTENCIA": "Ausente con excusa"},
    ),
    (
        "Concejal Luis Duque, ausente sin excusa.",
        Intent.ROLL_CALL,
        {"NOMBRE": "Luis Duque", "ASISTENCIA": "Ausente"},
    ),
    (
        "Concejala Diana Mejía, no contesta.",
        Intent.ROLL_CALL,
        {"NOMBRE": "Diana Mejía", "ASISTENCIA": "Ausente"},
    ),
    (
        "Se deja constancia de la ausencia del concejal Luis Duque.",
        Intent.ROLL_CALL,
        {"NOMBRE": "Luis Duque", "ASISTENCIA": "Ausente"},
    ),
    (
        "Hay quórum decisorio con siete concejales presentes.",
        Intent.QUORUM,
        {"CONTESTARON": 7, "CLASE": "decisorio"},
    ),
    (
        "Han contestado a lista 17 concejales, hay cuórum para deliberar y decidir.",
        Intent.QUORUM,
        {"CONTESTARON": 17, "CLASE": "decisorio"},
    ),
    ("Contestaron al llamado a lista veintiún honorables concejales.", Intent.QUORUM, {"CONTESTARON": 21}),
    ("Existe cuorum deliberatorio, señor presidente.", Intent.QUORUM, {"CLASE": "deliberatorio"}),
    (
        "Punto tres, debate de control político sobre el acueducto veredal.",
        Intent.AGENDA_ITEM,
        {"NUMERO": 3, "TITULO": "Debate de control político sobre el acueducto veredal"},
    ),
    (
        "Punto número 4: lectura de comunicaciones.",
        Intent.AGENDA_ITEM,
        {"NUMERO": 4, "TITULO": "Lectura de comunicaciones"},
    ),
    (
        "Primero, llamado a lista y verificación del cuórum.",
        Intent.AGENDA_ITEM,
        {"NUMERO": 1, "TITULO": "Llamado a lista y verificación del cuórum"},
    ),
    (
        "2. Lectura y aprobación del orden del día",
        Intent.AGENDA_ITEM,
        {"NUMERO": 2, "TITULO": "Lectura y aprobación del orden del día"},
    ),
    ("Continuamos con el tercer punto del orden del día.", Intent.AGENDA_ADVANCE, {"NUMERO": 3}),
    ("Quinto punto, señor secretario.", Intent.AGENDA_ADVANCE, {"NUMERO": 5}),
    (
        "Entonces pasamos al punto 6 del orden del día, proposiciones.",
        Intent.AGENDA_ADVANCE,
        {"NUMERO": 6, "TITULO": "Proposiciones"},
    ),
    ("Siguiente punto del orden del día, señora secretaria.", Intent.AGENDA_ADVANCE, {}),
    (
        "Tiene la palabra la concejala Ana Zapata.",
        Intent.TURN,
        {"NOMBRE": "Ana Zapata", "TRATAMIENTO": "la concejala"},
    ),
    (
        "Tiene el uso de la palabra el concejal Julián Ospina hasta por cinco minutos.",
        Intent.TURN,
        {"NOMBRE": "Julián Ospina", "TRATAMIENTO": "el concejal", "MINUTOS": 5},
    ),
    (
        "Se le concede el uso de la palabra al doctor Hernán Gómez.",
        Intent.TURN,
        {"NOMBRE": "Hernán Gómez", "TRATAMIENTO": "el doctor"},
    ),
    (
        "Le doy la palabra a la secretaria de Hacienda, Claudia Arango, por 10 minutos.",
        Intent.TURN,
        {"NOMBRE": "Claudia Arango", "TRATAMIENTO": "la secretaria de Hacienda", "MINUTOS": 10},
    ),
    (
        "Se concede la palabra a Esperanza Franco, líder del barrio Belén.",
        Intent.TURN,
        {"NOMBRE": "Esperanza Franco", "TRATAMIENTO": ""},
    ),
    (
        "Tiene la palabra el representante de la Secretaría de Salud.",
        Intent.TURN,
        {"TRATAMIENTO": "el representante de la Secretaría de Salud"},
    ),
    (
        "Concejala Diana Mejía, tiene usted la palabra.",
        Intent.TURN,
        {"NOMBRE": "Diana Mejía", "TRATAMIENTO": "la concejala"},
    ),
    (
        "Proposición número doce, cítese a la Secretaría de Salud para que informe sobre el hospital.",
        Intent.MOTION,
        {"NUMERO": 12, "TEXTO": "cítese a la Secretaría de Salud para que informe sobre el hospital"},
    ),
    (
        "Proposición No. 47: Cítese al señor alcalde.",
        Intent.MOTION,
        {"NUMERO": 47, "TEXTO": "Cítese al señor alcalde"},
    ),
    (
        "La proposición dice así: convóquese a cabildo abierto.",
        Intent.MOTION,
        {"TEXTO": "convóquese a cabildo abierto"},
    ),
    (
        "La proposición fue presentada por la concejala Ana Zapata y coadyuvada por Diana Mejía.",
        Intent.MOTION_PROPOSER,
        {"NOMBRE": "Ana Zapata", "TRATAMIENTO": "la concejala", "COADYUVANTE": "Diana Mejía"},
    ),
    (
        "Presentada por el concejal Jorge Uribe.",
        Intent.MOTION_PROPOSER,
        {"NOMBRE": "Jorge Uribe", "TRATAMIENTO": "el concejal"},
    ),
    ("Sírvase abrir el registro para la votación nominal.", Intent.VOTE_OPEN, {"CLASE": "nominal"}),
    (
        "Se somete a consideración en votación ordinaria el acta leída.",
        Intent.VOTE_OPEN,
        {"CLASE": "ordinaria"},
    ),
    ("¿Aprueba el Concejo el orden del día?", Intent.VOTE_OPEN, {"CLASE": "ordinaria"}),
    ("¿Aprueban los honorables concejales la proposición leída?", Intent.VOTE_OPEN, {"CLASE": "ordinaria"}),
    ("Ana Zapata, voto positivo.", Intent.VOTE_CAST, {"NOMBRE": "Ana Zapata", "VOTO": "Sí"}),
    ("Concejal Julián Ospina: vota no.", Intent.VOTE_CAST, {"NOMBRE": "Julián Ospina", "VOTO": "No"}),
    (
        "El concejal Julián Ospina, mi voto es afirmativo, señor presidente.",
        Intent.VOTE_CAST,
        {"NOMBRE": "Julián Ospina", "VOTO": "Sí"},
    ),
    ("Julián Ospina, sí.", Intent.VOTE_CAST, {"NOMBRE": "Julián Ospina", "VOTO": "Sí"}),
    ("Mi voto es sí, señor presidente.", Intent.VOTE_CAST, {"VOTO": "Sí"}),
    ("Voto negativo.", Intent.VOTE_CAST, {"VOTO": "No"}),
    ("Concejala Diana Mejía, abstención.", Intent.VOTE_CAST, {"NOMBRE": "Diana Mejía", "VOTO": "Abstención"}),
    (
        "Con cinco votos a favor y dos en contra, ha sido aprobada la proposición.",
        Intent.VOTE_RESULT,
        {"SI": 5, "NO": 2, "RESULTADO": "aprobada"},
    ),
    (
        "Con 9 votos por el sí y 8 por el no, fue negada la proposición.",
        Intent.VOTE_RESULT,
        {"SI": 9, "NO": 8, "RESULTADO": "negada"},
    ),
    ("Han votado trece concejales por el sí y cuatro por el no.", Intent.VOTE_RESULT, {"SI": 13, "NO": 4}),
    ("Votos positivos: 15, votos negativos: 2.", Intent.VOTE_RESULT, {"SI": 15, "NO": 2}),
    ("La proposición ha sido aprobada por unanimidad.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    ("Aprobado el orden del día, señor presidente.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    (
        "Doy lectura a la comunicación enviada por la Personería Municipal.",
        Intent.READING,
        {"DOCUMENTO": "comunicación enviada por la Personería Municipal", "CLASE": "comunicación"},
    ),
    (
        "Procedo a dar lectura al acta número 47, señor presidente.",
        Intent.READING,
        {"DOCUMENTO": "acta número 47", "CLASE": "acta", "NUMERO": 47},
    ),
    (
        "Me permito leer la proposición número doce: cítese a la Secretaría de Salud.",
        Intent.READING,
        {"DOCUMENTO": "proposición número doce", "CLASE": "proposición", "NUMERO": 12},
    ),
    (
        "El secretario da lectura al acta anterior.",
        Intent.READING,
        {"DOCUMENTO": "acta anterior", "CLASE": "acta"},
    ),
    (
        "Leído el orden del día, señor presidente.",
        Intent.READING,
        {"DOCUMENTO": "orden del día", "CLASE": "orden del día"},
    ),
    (
        "Se dio lectura a la excusa presentada por la secretaria de Hacienda.",
        Intent.READING,
        {"DOCUMENTO": "excusa presentada por la secretaria de Hacienda", "CLASE": "excusa"},
    ),
    ("Damos lectura al siguiente texto.", Intent.READING, {"DOCUMENTO": "texto"}),
    ("¿Aprueba la plenaria el informe de comisión?", Intent.VOTE_OPEN, {"CLASE": "ordinaria"}),
    (
        "Señores concejales, ¿aprueban los honorables concejales el acta?",
        Intent.VOTE_OPEN,
        {"CLASE": "ordinaria"},
    ),
    ("Aprobado.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    ("Negada.", Intent.VOTE_RESULT, {"RESULTADO": "negada"}),
    ("Fue aprobada.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    ("Aprobado por unanimidad.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    ("Sí lo aprueba, señor presidente.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    ("Así lo aprueba el Concejo, señor presidente.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    ("La plenaria aprueba por unanimidad.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    ("Se aprueba el orden del día por unanimidad.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    ("Ha sido aprobada el acta anterior.", Intent.VOTE_RESULT, {"RESULTADO": "aprobada"}),
    (
        "Aprobada por unanimidad con diecisiete votos.",
        Intent.VOTE_RESULT,
        {"SI": 17, "NO": 0, "RESULTADO": "aprobada"},
    ),
    (
        "Quince votos por el sí, dos por el no y una abstención.",
        Intent.VOTE_RESULT,
        {"SI": 15, "NO": 2, "ABSTENCIONES": 1},
    ),
    (
        "Ha sido aprobada con doce votos afirmativos y ninguno en contra.",
        Intent.VOTE_RESULT,
        {"SI": 12, "NO": 0, "RESULTADO": "aprobada"},
    ),
    (
        "Votaron a favor los concejales Ana Zapata y Luis Duque y votaron en contra Diana Mejía.",
        Intent.VOTE_RESULT,
        {"VOTARON_SI": ["Ana Zapata", "Luis Duque"], "VOTARON_NO": ["Diana Mejía"]},
    ),
    ("Sí hay quórum decisorio, señor presidente.", Intent.QUORUM, {"CLASE": "decisorio"}),
    ("Agotado el orden del día, se levanta la sesión.", Intent.CLOSING, {}),
    (
        "Siendo las diez y cuarenta y dos de la mañana, se levanta la sesión ordinaria.",
        Intent.CLOSING,
        {"HORA": "10:42"},
    ),
    (
        "Agotado el orden del día, damos por terminada la sesión siendo las 18:05 horas.",
        Intent.CLOSING,
        {"HORA": "18:05"},
    ),
    (
        "Se cita para el día veintitrés de noviembre a las nueve de la mañana.",
        Intent.CONVOCATION,
        {"FECHA": "23 de noviembre", "HORA": "09:00"},
    ),
    (
        "Se convoca a los honorables concejales para el lunes 1 de diciembre de 2025 a las 8 y 30.",
        Intent.CONVOCATION,
        {"FECHA": "1 de diciembre de 2025", "HORA": "08:30"},
    ),
    ("Quedan citados para mañana a las tres de la tarde.", Intent.CONVOCATION, {"HORA": "15:00"}),
    (
        "La próxima sesión será el primero de marzo a la una de la tarde.",
        Intent.CONVOCATION,
        {"FECHA": "1 de marzo", "HORA": "13:00"},
    ),
]

UNDERSTOOD += [
    ("Positivo.", Intent.VOTE_CAST, {"VOTO": "Sí"}),
    ("Negativo, señor presidente.", Intent.VOTE_CAST, {"VOTO": "No"}),
    ("En contra.", Intent.VOTE_CAST, {"VOTO": "No"}),
    ("Me abstengo.", Intent.VOTE_CAST, {"VOTO": "Abstención"}),
    ("Sí, señora secretaria.", Intent.VOTE_CAST, {"VOTO": "Sí"}),
    ("No, señor secretario.", Intent.VOTE_CAST, {"VOTO": "No"}),
    ("Yo voto negativo.", Intent.VOTE_CAST, {"VOTO": "No"}),
    ("Zapata, sí.", Intent.VOTE_CAST, {"NOMBRE": "Zapata", "VOTO": "Sí"}),
    ("Juan Pablo Restrepo, no.", Intent.VOTE_CAST, {"NOMBRE": "Juan Pablo Restrepo", "VOTO": "No"}),
    ("Concejal Juan Pablo, vota no.", Intent.VOTE_CAST, {"NOMBRE": "Juan Pablo", "VOTO": "No"}),
    (
        "Ana Zapata, presente, buenos días.",
        Intent.ROLL_CALL,
        {"NOMBRE": "Ana Zapata", "ASISTENCIA": "Presente"},
    ),
    ("Buenos días, presente.", Intent.ROLL_CALL, {"ASISTENCIA": "Presente"}),
    ("Presente y buenos días a todos.", Intent.ROLL_CALL, {"ASISTENCIA": "Presente"}),
    ("Señora secretaria, presente.", Intent.ROLL_CALL, {"ASISTENCIA": "Presente"}),
    (
        "Proposición número 12 de 2026, cítese al secretario de Hacienda.",
        Intent.MOTION,
        {"NUMERO": 12, "TEXTO": "cítese al secretario de Hacienda"},
    ),
    (
        "Señor presidente, me permito presentar la siguiente proposición: cítese al secretario de Educación.",
        Intent.MOTION,
        {"TEXTO": "cítese al secretario de Educación"},
    ),
    (
        "Por el sí votaron once concejales y por el no votaron cuatro concejales.",
        Intent.VOTE_RESULT,
        {"SI": 11, "NO": 4},
    ),
    ("Hay veintiún votos por el sí.", Intent.VOTE_RESULT, {"SI": 21}),
    (
        "Votaron por el sí los concejales Ana Zapata, Luis Gómez y Pedro Ruiz; por el no Diana Mejía.",
        Intent.VOTE_RESULT,
        {"VOTARON_SI": ["Ana Zapata", "Luis Gómez", "Pedro Ruiz"], "VOTARON_NO": ["Diana Mejía"]},
    ),
    (
        "Votaron a favor Ana Zapata y Luis Duque, y en contra Diana Mejía y Óscar Giraldo.",
        Intent.VOTE_RESULT,
        {"VOTARON_SI": ["Ana Zapata", "Luis Duque"], "VOTARON_NO": ["Diana Mejía", "Óscar Giraldo"]},
    ),
    (
        "Fue aprobada el acta de la sesión de marzo con once votos a favor y uno en contra.",
        Intent.VOTE_RESULT,
        {"SI": 11, "NO": 1, "RESULTADO": "aprobada"},
    ),
]

PLAIN_SPEECH = [
    "Quiero cinco votos a favor y ninguno en contra.",
    "Necesitamos once votos a favor y ninguno en contra.",
    "Ojalá sean once votos a favor y ninguno en contra.",
    "Hubo cinco votos a favor y dos en contra en la sesión de marzo.",
    "En la plenaria de marzo, cinco votos a favor y dos en contra.",
    "El presupuesto es aprobado cada año por el Concejo con quince votos a favor y uno en contra.",
    "La proposición no fue aprobada: diez votos a favor y dos en contra.",
    "Con diez votos a favor y dos en contra no alcanza la mayoría.",
    "Hay veintiún votos por el sí en las urnas de mi barrio.",
    "Votaron por el sí los concejales Ana Zapata y Luis Gómez; por el no los demás.",
    "Juan Pablo, no.",
    "José María, sí.",
    "Don Pedro, sí.",
    "Pedro, no.",
    "Bueno, sí.",
    "La señora Secretaria, presente.",
    "La Secretaria, voto positivo.",
    "No, señor presidente.",
    "Positivo para el municipio.",
    "La siguiente proposición es muy importante.",
    "La votación de esa proposición fue muy reñida el año pasado.",
    "Quiero hablar de la votación nominal que hicimos ayer y de sus consecuencias.",
    "Dejo constancia de mi voto positivo sobre el plan de desarrollo.",
    "Yo voté a favor de ese proyecto porque la comunidad lo pidió.",
    "El presupuesto fue aprobado por este Concejo el año pasado con doce votos a favor y cinco en contra.",
    "Claro que sí.",
    "Por supuesto que no, señor presidente.",
    "Señor presidente, sí.",
    "Gracias, presidente.",
    "No hay quórum para decidir, señora presidenta.",
    "Señor secretario, sírvase verificar si hay quórum.",
    "Se levanta el receso y continuamos con la sesión ordinaria.",
    "No se levanta la sesión hasta que respondan.",
    "La comunidad que está aquí presente merece respeto.",
    "El concejal que tiene la palabra debe respetar a los demás.",
    "Señor presidente, le pido la palabra para una moción de orden.",
    "Se cita a la Secretaría de Hacienda para el cinco de mayo a las ocho de la mañana.",
    "Segundo, me parece grave.",
    "En un punto de la vía se cayó el puente.",
    "Ese es el punto, señores concejales.",
    "Presento una proposición para citar a la Secretaría de Salud.",
    "La proposición busca realizar un debate de control político sobre la malla vial.",
    "A las nueve de la mañana llegó la ambulancia al hospital.",
    "Con cinco votos no se gana nada en esta corporación.",
    "Señor secretario, sírvase dar lectura al orden del día.",
    "Solicito que no se dé lectura al cuestionario.",
    "No se da lectura al acta anterior.",
    "Ayer se dio lectura al acta.",
    "En la próxima sesión daré lectura al informe.",
    "Voy a leer un poema.",
    "Nos leyeron la carta.",
    "El informe que se lee en la página veinte dice otra cosa.",
    "El Concejo aprueba el presupuesto cada año.",
    "Esta corporación aprueba por unanimidad siempre los proyectos del alcalde.",
    "Quedó claro que la proposición no fue aprobada.",
    "Yo creo que ese proyecto fue aprobado sin leerlo.",
    "El concejal dijo que se levanta la sesión.",
    "El presidente gritó: «se levanta la sesión» y todos se fueron.",
    'El presidente gritó: "se levanta la sesión" y todos se fueron.',
    "«Se abre la sesión», dijo el presidente.",
    "Cuando se abre la sesión todos corren.",
    "Si hay quórum empezamos.",
    "No le doy la palabra al concejal Juan Pérez.",
    "Hace dos años se abre la sesión ordinaria y no llega nadie.",
    "Muchas gracias a todos, buen día.",
    "Sí.",
    "proposición número doce, cítese al alcalde " * 1_000,
    "...",
    "",
]


@pytest.mark.parametrize(("text", "intent", "data"), UNDERSTOOD, ids=lambda value: str(value)[:40])
def test_a_formula_of_the_session_gives_its_intent_and_data(
    text: str, intent: Intent, data: JsonObject
) -> None:
    meaning = understood(text)
    assert meaning is not None
    assert (meaning.intent, dict(meaning.data)) == (intent, data)


@pytest.mark.parametrize("text", PLAIN_SPEECH, ids=lambda text: text[:40])
def test_plain_speech_has_no_intent(text: str) -> None:
    assert understood(text) is None


@pytest.mark.parametrize(
    "text",
    [
        text
        for text, intent, _ in UNDERSTOOD
        if intent in {Intent.OPENING, Intent.CLOSING, Intent.VOTE_RESULT}
    ],
)
def test_case_accents_and_the_final_stop_do_not_matter(text: str) -> None:
    upper, bare = understood(text.upper()), understood(text.rstrip("."))
    assert upper is not None
    assert bare is not None
    assert understood(text) == bare
    assert upper.intent == bare.intent


def test_a_sentence_that_lacks_what_its_template_says_has_no_template() -> None:
    complete = understood("Siendo las diez de la mañana, se levanta la sesión.")
    partial = understood("Agotado el orden del día, se levanta la sesión.")
    assert complete is not None
    assert partial is not None
    assert template_of(complete) == "TPL_CIERRE"
    assert template_of(partial) is None


@pytest.mark.parametrize(
    ("texts", "data"),
    [
        (["Ana Zapata.", "Positivo."], {"NOMBRE": "Ana Zapata", "VOTO": "Sí"}),
        (["Luis Duque.", "Ana Zapata.", "Voto no."], {"NOMBRE": "Ana Zapata", "VOTO": "No"}),
        (["Concejala Zapata.", "Presente."], {"NOMBRE": "Zapata", "ASISTENCIA": "Presente"}),
        (["Ana Zapata.", "Muy bien.", "Positivo."], {"VOTO": "Sí"}),
        (["Ana Zapata, voto no.", "Positivo."], {"VOTO": "Sí"}),
        (["Muchas gracias.", "Positivo."], {"VOTO": "Sí"}),
        (["Juan Pablo.", "Presente."], {"ASISTENCIA": "Presente"}),
        (["Señor Presidente.", "Presente."], {"ASISTENCIA": "Presente"}),
        (["Ana Zapata.", "Julián Ospina, sí."], {"NOMBRE": "Julián Ospina", "VOTO": "Sí"}),
        (["Positivo."], {"VOTO": "Sí"}),
    ],
)
def test_an_answer_is_of_the_one_who_was_called_just_before(texts: list[str], data: JsonObject) -> None:
    assert Understanding().of(texts, ChunkContext())[-1].data == data


SEVERAL = [
    (
        "Se levanta la sesión y se convoca para mañana a las ocho de la mañana.",
        [(Intent.CLOSING, {}), (Intent.CONVOCATION, {"HORA": "08:00"})],
    ),
    (
        "Se cita a las ocho de la mañana para mañana y se levanta la sesión siendo las once.",
        [(Intent.CONVOCATION, {"HORA": "08:00"}), (Intent.CLOSING, {"HORA": "11:00"})],
    ),
    (
        "Siendo las diez y cuarenta y cinco, se levanta la sesión; se cita para mañana a las ocho.",
        [(Intent.CLOSING, {"HORA": "10:45"}), (Intent.CONVOCATION, {"HORA": "08:00"})],
    ),
    (
        "Se levanta la sesión siendo las once y treinta y se cita para el 26 de noviembre a las nueve.",
        [
            (Intent.CLOSING, {"HORA": "11:30"}),
            (Intent.CONVOCATION, {"FECHA": "26 de noviembre", "HORA": "09:00"}),
        ],
    ),
    (
        "Quedan citados para mañana a las ocho y siendo las once y diez, se levanta la sesión.",
        [(Intent.CONVOCATION, {"HORA": "08:00"}), (Intent.CLOSING, {"HORA": "11:10"})],
    ),
    (
        "Se cita para mañana a las ocho y a las once se levanta la sesión.",  # whose hour is whose?
        [(Intent.CLOSING, {})],
    ),
    ("Se levanta la sesión, mañana a las ocho nos vemos.", [(Intent.CLOSING, {})]),
    (
        "Se abre la sesión, citada para las ocho, siendo las ocho y quince.",
        [(Intent.OPENING, {"HORA": "08:15"})],
    ),
    ("Se levanta la sesión.", [(Intent.CLOSING, {})]),
]


@pytest.mark.parametrize(("text", "meanings"), SEVERAL, ids=lambda value: str(value)[:40])
def test_each_formula_of_a_sentence_has_its_own_hour(
    text: str, meanings: list[tuple[Intent, JsonObject]]
) -> None:
    parts = split_text(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    found = [meaning for part in parts if (meaning := understood(part))]
    assert [(meaning.intent, dict(meaning.data)) for meaning in found] == meanings


@pytest.mark.parametrize("text", [text for text, _ in SEVERAL])
def test_a_sentence_with_two_formulas_read_as_one_has_no_hour_of_the_other(text: str) -> None:
    expected = dict(next(meanings for one, meanings in SEVERAL if one == text))
    whole = understood(text)
    assert whole is not None
    assert dict(whole.data) == expected[whole.intent]


def test_a_passage_to_a_point_without_its_number_has_no_template() -> None:
    numbered, bare = understood("Continuamos con el punto cuatro."), understood("Siguiente punto.")
    assert numbered is not None
    assert bare is not None
    assert template_of(numbered) == "TPL_DESARROLLO_PUNTO"
    assert (bare.intent, template_of(bare)) == (Intent.AGENDA_ADVANCE, None)
