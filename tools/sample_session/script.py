"""The sample session as data: who sits in the council, with which voice, and every sentence said."""

from dataclasses import dataclass
from typing import Final

PRESIDENT: Final = "londono"
SECRETARY: Final = "quintero"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An espeak-ng voice within the ranges that the demo model was trained on."""

    name: str
    pitch: int  # 25..75
    speed: int  # words a minute, 135..185


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the council's roster."""

    person_id: str
    name: str
    treatment: str  # article and office, as the acta writes it
    party: str
    voice: Voice | None  # None: absent, says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence of one person."""

    person_id: str
    text: str
    reserved: bool = False


PEOPLE: Final = (
    Person(
        person_id="londono",
        name="Hernán Londoño",
        treatment="el presidente",
        party="Partido Horizonte",
        voice=Voice(name="es-419+m3", pitch=42, speed=150),
    ),
    Person(
        person_id="quintero",
        name="Camilo Quintero",
        treatment="el secretario",
        party="",
        voice=Voice(name="es-419+m6", pitch=40, speed=145),
    ),
    Person(
        person_id="zapata",
        name="Ana Zapata",
        treatment="la concejala",
        party="Movimiento Ladera",
        voice=Voice(name="es-419+f2", pitch=60, speed=150),
    ),
    Person(
        person_id="ospina",
        name="Julián Ospina",
        treatment="el concejal",
        party="Alianza del Valle",
        voice=Voice(name="es+m4", pitch=35, speed=160),
    ),
    Person(
        person_id="mejia",
        name="Diana Mejía",
        treatment="la concejala",
        party="Partido Horizonte",
        voice=Voice(name="es+f4", pitch=50, speed=150),
    ),
    Person(
        person_id="giraldo",
        name="Óscar Giraldo",
        treatment="el concejal",
        party="Alianza del Valle",
        voice=Voice(name="es-419+m2", pitch=65, speed=145),
    ),
    Person(
        person_id="villegas",
        name="Patricia Villegas",
        treatment="la concejala",
        party="Movimiento Ladera",
        voice=Voice(name="es-419+f5", pitch=45, speed=145),
    ),
    Person(
        person_id="naranjo",
        name="Mauricio Naranjo",
        treatment="el concejal",
        party="Convergencia Cívica",
        voice=Voice(name="es+m7", pitch=50, speed=150),
    ),
    Person(
        person_id="pineda",
        name="Ricardo Pineda",
        treatment="el concejal",
        party="Convergencia Cívica",
        voice=None,
    ),
)

SESSION: Final = {
    "council": "Concejo Municipal de San Joaquín",
    "municipality": "San Joaquín",
    "kind": "ordinaria",
    "number": 47,
    "date": "2026-11-20",
    "timezone": "America/Bogota",
    "place": "Recinto del Concejo Municipal",
}


def _said(person_id: str, *sentences: str) -> tuple[Line, ...]:
    return tuple(Line(person_id=person_id, text=text) for text in sentences)


def _reserved(person_id: str, *sentences: str) -> tuple[Line, ...]:
    return tuple(Line(person_id=person_id, text=text, reserved=True) for text in sentences)


_OPENING: Final = (
    *_said(
        PRESIDENT,
        "Muy buenos días a todos los concejales y a la comunidad que nos acompaña.",
        "Siendo las nueve y quince de la mañana, se abre la sesión ordinaria del Concejo Municipal.",
        "Señor secretario, sírvase hacer el llamado a lista.",
    ),
)

_ROLL_CALL: Final = (
    *_said("londono", "Hernán Londoño, presente."),
    *_said("zapata", "Ana Zapata, presente."),
    *_said("ospina", "Julián Ospina, presente."),
    *_said("mejia", "Diana Mejía, presente."),
    *_said("giraldo", "Óscar Giraldo, presente."),
    *_said("villegas", "Patricia Villegas, presente."),
    *_said("naranjo", "Mauricio Naranjo, presente."),
    *_said(
        SECRETARY,
        "Concejal Ricardo Pineda, ausente con excusa.",
        "Hay quórum decisorio con siete concejales presentes.",
    ),
)

_AGENDA: Final = (
    *_said(PRESIDENT, "Sírvase leer el orden del día, señor secretario."),
    *_said(
        SECRETARY,
        "Orden del día para la sesión ordinaria de hoy, veinte de noviembre.",
        "Punto uno, llamado a lista y verificación del quórum.",
        "Punto dos, lectura y aprobación del orden del día.",
        "Punto tres, debate de control político sobre el acueducto veredal.",
        "Punto cuatro, citación a la Secretaría de Infraestructura.",
        "Punto cinco, proposiciones y varios.",
    ),
    *_said(
        PRESIDENT,
        "Está en consideración el orden del día leído.",
        "Anuncio que se va a cerrar la discusión, queda cerrada.",
        "¿Aprueba el Concejo el orden del día?",
    ),
    *_said(SECRETARY, "Aprobado el orden del día, señor presidente."),
)

_DEBATE: Final = (
    *_said(
        PRESIDENT,
        "Continuamos con el tercer punto del orden del día.",
        "Tiene la palabra la concejala Ana Zapata.",
    ),
    *_said(
        "zapata",
        "Gracias, presidente, un saludo a la comunidad del barrio La Pradera.",
        "En el barrio La Pradera no hay agua potable.",
        "Han pasado ocho meses y en el barrio La Pradera se cayó el puente peatonal.",
        "Esta administración no ha cumplido con el acueducto veredal.",
        "Pido que se invierta en el acueducto veredal para el barrio La Pradera.",
    ),
    *_said(PRESIDENT, "Tiene el uso de la palabra el concejal Julián Ospina hasta por cinco minutos."),
    *_said(
        "ospina",
        "Gracias, presidente, un saludo a la comunidad del barrio Castilla.",
        "En los barrios Castilla y Manrique la quebrada se desbordó.",
        "El señor alcalde se comprometió con la emergencia invernal en el barrio Castilla.",
        "Invito a la Secretaría de Infraestructura a visitar el barrio Castilla "
        "el próximo quince de diciembre.",
    ),
    *_said(PRESIDENT, "Tiene la palabra la concejala Patricia Villegas."),
    *_said(
        "villegas",
        "No estoy de acuerdo con el concejal Julián Ospina sobre la emergencia invernal.",
        "La comunidad del barrio Belén nos informa que las calles están destruidas.",
        "Solicito a la Secretaría de Infraestructura que atienda con urgencia "
        "a los vecinos del barrio Belén.",
    ),
)

_MOTION: Final = (
    *_said(PRESIDENT, "Continuamos con el cuarto punto del orden del día."),
    *_said(
        SECRETARY,
        "Proposición número doce, cítese a la Secretaría de Infraestructura para que informe sobre "
        "el acueducto veredal.",
        "La proposición fue presentada por la concejala Ana Zapata y coadyuvada por Diana Mejía.",
    ),
    *_said(PRESIDENT, "Está en discusión la proposición leída, tiene la palabra el concejal Óscar Giraldo."),
    *_said("giraldo", "Respaldo la proposición de la concejala Ana Zapata."),
    *_said(
        PRESIDENT,
        "Anuncio que se va a cerrar la discusión, queda cerrada.",
        "Sírvase abrir el registro para la votación nominal.",
    ),
    *_said("londono", "Hernán Londoño, voto positivo."),
    *_said("zapata", "Ana Zapata, voto positivo."),
    *_said("ospina", "Julián Ospina, voto negativo."),
    *_said("mejia", "Diana Mejía, voto positivo."),
    *_said("giraldo", "Óscar Giraldo, voto positivo."),
    *_said("villegas", "Patricia Villegas, voto negativo."),
    *_said("naranjo", "Mauricio Naranjo, voto negativo."),
    *_said(SECRETARY, "Con cuatro votos a favor y tres en contra, ha sido aprobada la proposición."),
)

_CLOSING: Final = (
    *_said(PRESIDENT, "Quinto punto, señor secretario."),
    *_said(SECRETARY, "Proposiciones y varios, señor presidente."),
    *_said(PRESIDENT, "Tiene la palabra la concejala Diana Mejía."),
    *_reserved(
        "mejia",
        "La comunidad del barrio Villa Hermosa nos informa que aumentaron los hurtos.",
        "Solicito a la Secretaría de Gobierno que atienda con urgencia "
        "a los vecinos del barrio Villa Hermosa.",
    ),
    *_said(
        PRESIDENT,
        "Se cita para el día veintitrés de noviembre a las nueve de la mañana.",
        "Siendo las diez y cuarenta y dos de la mañana, se levanta la sesión ordinaria.",
        "Muchas gracias a todos, buen día.",
    ),
)

LINES: Final = (*_OPENING, *_ROLL_CALL, *_AGENDA, *_DEBATE, *_MOTION, *_CLOSING)

ENTITIES: Final = {
    "oscar giraldo": "Óscar Giraldo",
    "cuórum": "quórum",
}
