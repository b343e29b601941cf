"""A whole acta of an invented council: every type of block, several pages."""

import io
import shutil
from datetime import UTC, datetime
from itertools import count

import pytest
from PIL import Image, ImageDraw

from astra.builder.service import Builder
from astra.builder.skeletons import default_configuration, default_skeleton
from astra.builder.values import ActaRequest
from astra.kernel.blocks import AudioSpan, Block, BlockType, Speaker, Visibility
from astra.kernel.ids import AssetId, BlockId, SessionId
from astra.kernel.json_value import JsonValue

collect_ignore = [] if shutil.which("soffice") else ["test_libreoffice_pages.py"]

PRESIDENT = Speaker(speaker_id="p", name="Marta Lucía Salazar Ríos", treatment="la presidenta")
SECRETARY = Speaker(speaker_id="s", name="Jorge Iván Castaño Mejía", treatment="el secretario general")
OSPINA = Speaker(speaker_id="o", name="Andrés Felipe Ospina Toro", treatment="el concejal")
QUINTERO = Speaker(speaker_id="q", name="Beatriz Elena Quintero Vélez", treatment="la concejala")
HEALTH = Speaker(speaker_id="h", name="Natalia Duque Arango", treatment="la secretaria de Salud")
COUNCILLORS = (
    PRESIDENT.name,
    OSPINA.name,
    QUINTERO.name,
    "Carlos Mario Restrepo Gil",
    "Diana Carolina Muñoz Parra",
    "Édgar Alonso Peña Ibáñez",
    "Gloria Inés Zapata Londoño",
    "Hernán Darío Agudelo Cano",
    "Luz Dary Bedoya Marín",
    "Óscar Iván Yepes Hoyos",
    "Sandra Milena Úsuga Correa",
)
OPENING_WORDS = (
    """Señora presidenta, concejales, buenas tardes. Hoy queremos preguntarle a la administración por \
qué el hospital de la comuna dos sigue atendiendo con la mitad de las camas que se prometieron en el plan de \
desarrollo, y qué pasó con los $ 35.000 millones que aprobamos el año pasado.""",
    """Recibimos quejas de los corregimientos: las ambulancias tardan más de cuarenta minutos y el 65 % de \
los traslados se hace en vehículos particulares. Eso no es un servicio, eso es abandonar a la gente.""",
    "Por eso pedimos un cronograma con fechas y responsables, no otra presentación.",
)
ANSWER_WORDS = (
    """Gracias, concejal. La obra avanza en un 72 % y la dotación fue adjudicada en octubre. Las \
treinta camas que faltan entran en servicio antes de terminar el primer trimestre.""",
    """Sobre las ambulancias: compramos seis y abrimos dos bases nuevas, una rural. El tiempo medio \
de respuesta bajó de 41 a 23 minutos entre enero y octubre, y seguimos trabajando para que baje a quince.""",
)
HEALTH_REPORT = """Informe de la Secretaría de Salud sobre la red de urgencias de las comunas y los \
corregimientos, y respuesta al cuestionario de la citación"""
AGENDA = (
    "Verificación del cuórum",
    "Lectura y aprobación del orden del día",
    HEALTH_REPORT,
    "Proposiciones",
    "Asuntos varios",
)
VERIFICATION = """Grabación de 3:29:10: 3:02:41 de voz, 0:26:29 de silencio, 0:00:00 sin transcribir. \
Verifique este documento sin conexión con su archivo de prueba: astra verify acta.docx --proof proof.json."""


class Minutes:
    """Collects blocks in order."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._numbers = count()

    def add(self, kind: BlockType, text: str = "", zone: str | None = "ZONE_DEBATE", **more: object) -> None:
        number = next(self._numbers)
        self.blocks.append(
            Block(
                block_id=BlockId(f"block-{number}"),
                sequence_id=number,
                position=0,
                type=kind,
                text=text,
                target_placeholder=zone,
                **more,  # type: ignore[arg-type]
            )
        )

    def template(self, template_id: str, text: str = "", **data: JsonValue) -> None:
        zone = default_configuration().placeholder_map[template_id]
        self.add(BlockType.TEMPLATE, text, zone, template_id=template_id, data=data)

    def speech(self, speaker: Speaker, *paragraphs: str) -> None:
        for paragraph in paragraphs:
            self.add(BlockType.TEXT, paragraph, speaker=speaker)

    def row(self, table: str, **columns: JsonValue) -> None:
        self.add(BlockType.TABLE_ROW, zone=table, data={"columns": columns})


def session_blocks() -> tuple[Block, ...]:
    minutes = Minutes()
    for number, name in enumerate(COUNCILLORS):
        absent = number == 7
        minutes.row("TBL_ASISTENCIA", NOMBRE=name, ASISTENCIA="Ausente con excusa" if absent else "Presente")
    minutes.template("TPL_QUORUM", CONTESTARON=10, CLASE="decisorio")
    minutes.template("TPL_APERTURA", HORA="14:33", TIPO="plenaria ordinaria")
    for number, title in enumerate(AGENDA, 1):
        minutes.template("TPL_PUNTO", NUMERO=number, TITULO=title)
    develop(minutes)
    propose_and_vote(minutes)
    minutes.template("TPL_CIERRE", HORA="18:02")
    minutes.template("TPL_CONVOCATORIA", FECHA="17 de noviembre de 2025", HORA="9:00")
    chart = {"asset_id": "chart", "alt": "Barras", "caption": "Anexo 1. Cobertura por comuna."}
    minutes.add(BlockType.IMAGE, zone="ZONE_ANEXOS", data=chart)
    return tuple(minutes.blocks)


def develop(minutes: Minutes) -> None:
    minutes.template("TPL_DESARROLLO_PUNTO", NUMERO=1, TITULO=AGENDA[0])
    minutes.speech(SECRETARY, "Señora presidenta, contestaron a lista diez concejales. Hay cuórum.")
    minutes.template("TPL_DESARROLLO_PUNTO", NUMERO=2, TITULO=AGENDA[1])
    minutes.add(BlockType.TEXT, "Se dio lectura al orden del día. Fue aprobado en votación ordinaria.")
    minutes.template("TPL_DESARROLLO_PUNTO", NUMERO=3, TITULO=AGENDA[2])
    minutes.speech(OSPINA, *OPENING_WORDS)
    minutes.add(BlockType.SYSTEM_NOTE, "Se proyectó video.")
    minutes.speech(HEALTH, *ANSWER_WORDS * 2)
    chart = {
        "asset_id": "chart",
        "alt": "Barras: cobertura de urgencias en seis comunas",
        "caption": "Cobertura de urgencias por comuna. Fuente: Secretaría de Salud.",
    }
    minutes.add(BlockType.IMAGE, data=chart)
    minutes.speech(HEALTH, "Como se ve, las comunas del norte ya están por encima de la meta.")
    for words in ("El menor de edad del que hablamos vive en", "la carrera cuarenta y dos"):
        minutes.add(BlockType.TEXT, words, speaker=QUINTERO, visibility=Visibility.RESTRICTED)
    minutes.speech(QUINTERO, "Pido que la comisión visite el hospital y rinda informe en quince días.")
    url = {"fallback_url": "https://actas.example.gov.co/audio/0193f2"}
    minutes.add(BlockType.AUDIO_PENDING, data=url, audio=AudioSpan(start_ms=4_210_000, end_ms=4_238_000))
    minutes.add(BlockType.ERROR_PENDING_REVIEW, "El micrófono cuatro no registró la respuesta completa.")
    minutes.speech(OSPINA, *OPENING_WORDS[1:])
    minutes.template("TPL_DESARROLLO_PUNTO", NUMERO=5, TITULO=AGENDA[4])
    minutes.speech(PRESIDENT, "No hay asuntos varios sobre la mesa.")


def propose_and_vote(minutes: Minutes) -> None:
    motion = "Cítese a la Secretaría de Salud para que presente el cronograma de la red de urgencias"
    minutes.template("TPL_PROPOSICION", NUMERO="4.1", TEXTO=motion)
    minutes.template("TPL_PROPONENTE", TRATAMIENTO="la concejala", NOMBRE=QUINTERO.name)
    for number, name in enumerate(COUNCILLORS):
        if number != 7:
            minutes.row("TBL_VOTACION", NOMBRE=name, VOTO="NO" if number == 4 else "SÍ")
    minutes.template("TPL_RESULTADO_VOTACION", SI=9, NO=1, RESULTADO="aprobada")


def chart_png() -> bytes:
    image = Image.new("RGB", (1200, 640), "white")
    draw = ImageDraw.Draw(image)
    for number, share in enumerate((0.82, 0.74, 0.91, 0.55, 0.63, 0.47)):
        left = 90 + number * 180
        draw.rectangle([left, 580 - 500 * share, left + 110, 580], fill=(31, 78, 121))
    draw.line([60, 580, 1160, 580], fill=(27, 42, 65), width=4)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def full_request() -> ActaRequest:
    configuration = default_configuration()
    return ActaRequest(
        session_id=SessionId("01936f2a-7c11-7d3e-9a10-5f1f6d1a2b3c"),
        title="Acta 349 · Concejo Municipal de Villa Serena",
        skeleton=default_skeleton(),
        style_map=configuration.style_map,
        templates=configuration.templates,
        fields={
            "CONCEJO": "Concejo Municipal de Villa Serena",
            "TIPO_SESION": "Sesión Plenaria Ordinaria",
            "ACTA_NUMERO": "349",
            "FECHA": "10 de noviembre de 2025",
            "CIUDAD_FECHA": "Villa Serena, 10 de noviembre de 2025",
            "HORA": "De las 14:33 a las 18:02 horas",
            "LUGAR": "Recinto oficial de sesiones",
            "AUSENTES": "Hernán Darío Agudelo Cano, concejal\nAusencia justificada",
            "FIRMA_PRESIDENTE": PRESIDENT.name,
            "FIRMA_SECRETARIO": SECRETARY.name,
            "TRANSCRIBIO": "Ana María Torres, auxiliar de actas",
            "REVISO": "Jorge Iván Castaño Mejía, secretario general",
            "SESION_ID": "01936f2a-7c11-7d3e-9a10-5f1f6d1a2b3c",
            "NOTA_VERIFICACION": VERIFICATION,
        },
        blocks=session_blocks(),
        created_at=datetime(2025, 11, 10, 23, 15, tzinfo=UTC),
        images={AssetId("chart"): chart_png()},
    )


@pytest.fixture
def full_acta_request() -> ActaRequest:
    return full_request()


@pytest.fixture
def acta_docx(full_acta_request: ActaRequest) -> bytes:
    acta = Builder().build(full_acta_request)
    assert acta.report.warnings == ()
    return acta.docx
