"""Blocks rendered into the zones of the acta."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from astra.builder.skeletons import default_configuration
from astra.kernel.blocks import AudioSpan, Block, BlockState, BlockType, Revision, Speaker, Visibility

ANA = Speaker(speaker_id="a", name="Ana Gil", treatment="la concejala")
LUIS = Speaker(speaker_id="l", name="Luis Paz", treatment="el concejal")
Make = Callable[..., Block]
Build = Callable[..., Any]


def test_a_turn_is_the_formula_and_then_the_words_in_one_pair_of_quotes(build: Build, block: Make) -> None:
    acta = build(block("Uno.", speaker=ANA), block("Dos.", speaker=ANA), block("Tres.", speaker=LUIS))
    assert acta.styled("ZONE_DEBATE") == [
        ("ActaIntervencion", "Intervino la concejala Ana Gil:"),
        ("ActaCita", "“Uno."),
        ("ActaCita", "Dos.”"),
        ("ActaIntervencion", "Intervino el concejal Luis Paz:"),
        ("ActaCita", "“Tres.”"),
    ]


def test_a_picture_or_note_closes_the_quote_but_keeps_the_floor(build: Build, block: Make) -> None:
    note = block("Se proyectó video.", type=BlockType.SYSTEM_NOTE)
    acta = build(block("Antes.", speaker=ANA), note, block("Después.", speaker=ANA))
    assert acta.lines("ZONE_DEBATE") == [
        "Intervino la concejala Ana Gil:",
        "“Antes.”",
        "Se proyectó video.",
        "“Después.”",
    ]


def test_words_of_nobody_are_plain_text_and_end_the_turn(build: Build, block: Make) -> None:
    acta = build(block("Hola.", speaker=ANA), block("Receso."), block("Sigo.", speaker=ANA))
    assert acta.styled("ZONE_DEBATE") == [
        ("ActaIntervencion", "Intervino la concejala Ana Gil:"),
        ("ActaCita", "“Hola.”"),
        ("ActaTexto", "Receso."),
        ("ActaIntervencion", "Intervino la concejala Ana Gil:"),
        ("ActaCita", "“Sigo.”"),
    ]


def test_silence_leaves_no_trace(build: Build, block: Make) -> None:
    acta = build(block("Uno.", speaker=ANA), block("  ", speaker=LUIS), block("Dos.", speaker=ANA))
    assert acta.lines("ZONE_DEBATE") == ["Intervino la concejala Ana Gil:", "“Uno.", "Dos.”"]


def test_a_person_without_treatment_is_named_without_a_gap(build: Build, block: Make) -> None:
    acta = build(block("Hola.", speaker=Speaker(speaker_id="x", name="Eva Ruiz")))
    assert acta.lines("ZONE_DEBATE")[0] == "Intervino Eva Ruiz:"


def test_a_council_without_turn_formula_gets_the_name(build: Build, block: Make) -> None:
    acta = build(block("Hola.", speaker=ANA), templates={})
    assert acta.lines("ZONE_DEBATE")[0] == "Ana Gil:"
    assert acta.warnings[0] == "missing_template"


def test_a_correction_replaces_what_the_machine_heard(build: Build, block: Make) -> None:
    revision = Revision(text="Buenas tardes.", author="u", at=datetime(2026, 1, 1, tzinfo=UTC))
    opening = block(
        "mal",
        type=BlockType.TEMPLATE,
        template_id="TPL_CIERRE",
        target_placeholder="ZONE_CIERRE",
        data={"HORA": "18:00"},
        revisions=(revision,),
    )
    acta = build(block("buenas tarde", revisions=(revision,)), opening)
    assert acta.lines("ZONE_DEBATE") == ["Buenas tardes."]
    assert acta.lines("ZONE_CIERRE") == ["Buenas tardes."]


@pytest.mark.parametrize(
    ("template_id", "data", "expected"),
    [
        (
            "TPL_QUORUM",
            {"CONTESTARON": 10, "CLASE": "decisorio"},
            ("ActaTexto", "Contestaron a lista 10 concejales. La"),
        ),
        ("TPL_APERTURA", {"HORA": "14:33", "TIPO": "plenaria"}, ("ActaTexto", "Siendo las 14:33 horas, la")),
        ("TPL_PUNTO", {"NUMERO": 1, "TITULO": "Actas"}, ("ActaOrdenDelDia", "1.|Actas")),
        ("TPL_DESARROLLO_PUNTO", {"NUMERO": 1, "TITULO": "Actas"}, ("ActaPunto", "1.|Actas")),
        ("TPL_PROPOSICION", {"NUMERO": "4.1", "TEXTO": "Cítese"}, ("ActaProposicion", "Proposición 4.1. «C")),
        ("TPL_PROPONENTE", {"NOMBRE": "Ana", "TRATAMIENTO": ""}, ("ActaTexto", "Presentada por Ana.")),
        (
            "TPL_RESULTADO_VOTACION",
            {"SI": 4, "NO": 0, "RESULTADO": "aprobada"},
            ("ActaVotacion", "Votos por el SÍ: 4. Votos por el NO: 0. La proposición fue aprobada."),
        ),
        ("TPL_CIERRE", {"HORA": "18:02"}, ("ActaTexto", "La presidencia levantó la sesión")),
        ("TPL_CONVOCATORIA", {"FECHA": "3 de mayo", "HORA": "9:00"}, ("ActaTexto", "La presidencia convocó")),
    ],
)
def test_each_formula_lands_in_its_zone_and_style(
    build: Build, block: Make, template_id: str, data: dict[str, object], expected: tuple[str, str]
) -> None:
    zone = default_configuration().placeholder_map[template_id]
    acta = build(block(type=BlockType.TEMPLATE, template_id=template_id, target_placeholder=zone, data=data))
    ((style, text),) = acta.styled(zone)
    assert (style, text[: len(expected[1])]) == expected
    assert "{" not in text


def test_a_formula_without_its_values_gives_way_to_what_was_said(build: Build, block: Make) -> None:
    closing = block(
        "se levanta la sesión", type=BlockType.TEMPLATE, template_id="TPL_CIERRE", data={"HORA": None}
    )
    unknown = block("algo", type=BlockType.TEMPLATE, template_id="TPL_NUEVA")
    acta = build(closing, unknown)
    assert acta.lines("ZONE_DEBATE") == ["se levanta la sesión", "algo"]
    details = {
        warning.code: warning.detail for warning in acta.acta.report.warnings if "TPL" in warning.detail
    }
    assert details == {"missing_field": "TPL_CIERRE HORA b0", "missing_template": "TPL_NUEVA b1"}


def test_sound_that_was_not_transcribed_is_visible_with_its_link(build: Build, block: Make) -> None:
    pending = block(
        type=BlockType.AUDIO_PENDING,
        data={"fallback_url": "https://a.co/x?y=1&z=2"},
        audio=AudioSpan(start_ms=3_723_000, end_ms=3_725_999),
    )
    acta = build(pending, block(type=BlockType.TEXT, state=BlockState.PROCESSING))
    assert acta.styled("ZONE_DEBATE") == [
        (
            "ActaPendiente",
            "[Audio pendiente de transcripción · 01:02:03 a 01:02:05] Audio disponible en: https://a.co/x?y=1&z=2",
        ),
        ("ActaPendiente", "[Audio pendiente de transcripción]"),
    ]


def test_an_error_awaiting_review_is_visible(build: Build, block: Make) -> None:
    acta = build(block("quizá esto", type=BlockType.ERROR_PENDING_REVIEW))
    assert acta.styled("ZONE_DEBATE") == [("ActaPendiente", "[Pendiente de revisión] quizá esto")]


def test_a_dynamic_zone_degrades_to_its_text(build: Build, block: Make) -> None:
    acta = build(block("tal cual", type=BlockType.DYNAMIC_ZONE))
    assert acta.lines("ZONE_DEBATE") == ["tal cual"]
    assert "dynamic_zone" in acta.warnings


def test_reserved_words_are_absent_from_every_part(build: Build, block: Make) -> None:
    reserved = {"visibility": Visibility.RESTRICTED, "speaker": ANA}
    cells = {"columns": {"NOMBRE": "SECRETO", "VOTO": "SECRETO"}}
    row = {"type": BlockType.TABLE_ROW, "target_placeholder": "TBL_VOTACION", "data": cells}
    picture = {"type": BlockType.IMAGE, "data": {"asset_id": "SECRETO", "alt": "SECRETO"}}
    acta = build(
        block("Antes.", speaker=LUIS),
        block("SECRETO uno", **reserved),
        block(
            "SECRETO dos",
            **reserved,
            type=BlockType.TEMPLATE,
            template_id="TPL_CIERRE",
            data={"HORA": "SECRETO"},
        ),
        block(**reserved, **picture),
        block("Después.", speaker=LUIS),
        block("SECRETO tres", **reserved),
        block(**reserved, **row),
        block(**reserved, **row),
        images={"SECRETO": b"\x89PNG\r\n\x1a\nSECRETO"},
    )
    assert acta.lines("ZONE_DEBATE") == [
        "Intervino el concejal Luis Paz:",
        "“Antes.”",
        "[Fragmento reservado]",
        "Intervino el concejal Luis Paz:",
        "“Después.”",
        "[Fragmento reservado]",
    ]
    assert acta.lines("TBL_VOTACION")[2:] == ["[Fragmento reservado]", ""]
    for name, content in acta.parts.items():
        assert b"SECRETO" not in content, name
        assert b"Ana Gil" not in content, name
    assert acta.acta.report.restricted_blocks == 6
