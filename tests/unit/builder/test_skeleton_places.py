"""Fields, tables, sections and places of the skeleton."""

from collections.abc import Callable
from typing import Any

from astra.builder.roles import Role
from astra.kernel.blocks import Block, BlockType

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Make = Callable[..., Block]
Build = Callable[..., Any]
Skeleton = Callable[[str], bytes]
Control = Callable[..., str]


def attendance(block: Make, name: str, **more: str) -> Block:
    columns = {"NOMBRE": name, "ASISTENCIA": "Presente", **more}
    return block(type=BlockType.TABLE_ROW, target_placeholder="TBL_ASISTENCIA", data={"columns": columns})


def test_a_field_is_filled_everywhere_it_occurs(build: Build) -> None:
    acta = build(fields={"CONCEJO": "Concejo de X", "ACTA_NUMERO": "349"})
    assert acta.lines().count("Concejo de X") == 1
    assert acta.lines().count("Acta 349") == 2
    header = acta.parts["word/header1.xml"].decode()
    assert "Concejo de X" in header
    assert "349" in header


def test_a_filled_control_stays_but_is_no_placeholder_any_more(build: Build, block: Make) -> None:
    acta = build(block("Hola."), attendance(block, "Ana Gil"), fields={"LUGAR": "Recinto"})
    for tag in ("LUGAR", "ZONE_DEBATE", "TBL_ASISTENCIA"):
        assert acta.control(tag).find("{*}sdtPr/{*}showingPlcHdr") is None
    assert not any("Placeholder" in each.get(f"{W}val") for each in acta.document.iter("{*}rStyle"))


def test_a_field_of_several_lines_takes_a_paragraph_each(build: Build) -> None:
    acta = build(fields={"AUSENTES": "Ana Gil\nLuis Paz"})
    assert acta.styled("AUSENTES") == [("ActaDatoLinea", "Ana Gil"), ("ActaDatoLinea", "Luis Paz")]


def test_a_field_without_value_is_emptied_and_reported(build: Build) -> None:
    acta = build(fields={"LUGAR": ""})
    missing = [warning.detail for warning in acta.acta.report.warnings if warning.code == "missing_field"]
    assert "HORA" in missing
    assert "LUGAR" not in missing
    assert "NOTA_VERIFICACION" not in missing, "its section is gone"
    assert not any("[" in line for line in acta.lines())


def test_rows_clone_the_prototype_under_the_table_heading(build: Build, block: Make) -> None:
    acta = build(attendance(block, "Ana Gil"), attendance(block, "Luis Paz", OTRA="se ignora"))
    assert acta.lines("TBL_ASISTENCIA") == [
        "Concejal",
        "Asistencia",
        "Ana Gil",
        "Presente",
        "Luis Paz",
        "Presente",
    ]
    identifiers = [each.get("{*}val") for each in acta.control("TBL_ASISTENCIA").iter("{*}id")]
    assert len(identifiers) == 1


def test_a_missing_cell_stays_empty_and_is_reported(build: Build, block: Make) -> None:
    row = block(
        type=BlockType.TABLE_ROW, target_placeholder="TBL_VOTACION", data={"columns": {"NOMBRE": "Ana"}}
    )
    acta = build(row)
    assert acta.lines("TBL_VOTACION")[2:] == ["Ana", ""]
    assert "missing_column" in acta.warnings


def test_a_row_without_table_or_cells_degrades_to_its_words(build: Build, block: Make) -> None:
    nowhere = block(
        "Ana vota sí", type=BlockType.TABLE_ROW, target_placeholder="TBL_OTRA", data={"columns": {}}
    )
    cellless = block("Luis vota no", type=BlockType.TABLE_ROW, target_placeholder="TBL_VOTACION")
    acta = build(nowhere, cellless)
    assert acta.lines("ZONE_DEBATE") == ["Ana vota sí", "Luis vota no"]
    assert acta.warnings.count("unknown_placeholder") == 2


def test_a_part_of_the_acta_in_which_nothing_landed_is_gone_with_its_heading(
    build: Build, block: Make
) -> None:
    acta = build(block("Hola."))
    assert "Desarrollo" in acta.lines()
    for gone in ("Asistencia", "Orden del día", "Proposiciones", "Votación nominal", "Anexos", "AUSENTES:"):
        assert gone not in acta.lines()
    assert not acta.has("SECTION_VOTACION")
    assert not acta.has("TBL_VOTACION")


def test_a_table_alone_keeps_its_section(build: Build, block: Make) -> None:
    acta = build(attendance(block, "Ana Gil"))
    assert "Asistencia" in acta.lines()
    assert not acta.has("ZONE_DEBATE")


def test_an_unknown_placeholder_goes_to_the_debate(build: Build, block: Make) -> None:
    acta = build(
        block("Uno."), block("Dos.", target_placeholder="ZONE_X"), block("Tres.", target_placeholder=None)
    )
    assert acta.lines("ZONE_DEBATE") == ["Uno.", "Dos.", "Tres."]
    details = [
        warning.detail for warning in acta.acta.report.warnings if warning.code == "unknown_placeholder"
    ]
    assert details == ["ZONE_X b1"]


def test_without_a_debate_text_goes_to_the_end_of_the_body(
    build: Build, block: Make, skeleton: Skeleton, content_control: Control
) -> None:
    page = "<w:p><w:r><w:t>Fijo</w:t></w:r></w:p>"
    body = content_control("ZONE_A", "<w:p/>") + page + "<w:sectPr/>"
    acta = build(
        block("Fin.", target_placeholder=None),
        block("En A.", target_placeholder="ZONE_A"),
        skeleton=skeleton(body),
    )
    assert acta.lines() == ["En A.", "Fijo", "Fin."]
    assert acta.document[0][-1].tag.endswith("sectPr")
    assert "unknown_placeholder" in acta.warnings


def test_any_tag_can_be_a_zone_when_blocks_are_sent_there(
    build: Build, block: Make, skeleton: Skeleton, content_control: Control
) -> None:
    body = content_control("Body:Section_4", "<w:p/>") + content_control("CAMPO", "<w:p/>")
    changes = {"skeleton": skeleton(body), "fields": {"CAMPO": "valor"}}
    acta = build(block("Aquí.", target_placeholder="Body:Section_4"), **changes)
    assert acta.lines("Body:Section_4") == ["Aquí."]
    assert acta.lines("CAMPO") == ["valor"]


def test_a_zone_that_comes_twice_is_filled_once(
    build: Build, block: Make, skeleton: Skeleton, content_control: Control
) -> None:
    zone = content_control("ZONE_DEBATE", "<w:p><w:r><w:t>[zona]</w:t></w:r></w:p>")
    acta = build(block("Una vez."), skeleton=skeleton(zone + zone))
    assert acta.lines() == ["Una vez."]
    assert "duplicate_placeholder" in acta.warnings


def test_a_placeholder_inside_a_zone_is_reported_and_its_blocks_are_not_lost(
    build: Build, block: Make, skeleton: Skeleton, content_control: Control
) -> None:
    inner = content_control("ZONE_B", "<w:p/>")
    body = content_control("ZONE_DEBATE", inner)
    acta = build(block("Fuera."), block("Dentro.", target_placeholder="ZONE_B"), skeleton=skeleton(body))
    assert acta.lines() == ["Fuera.", "Dentro."]
    assert acta.warnings[:2] == ["nested_placeholder", "unknown_placeholder"]


def test_a_table_without_prototype_row_is_reported(
    build: Build, block: Make, skeleton: Skeleton, content_control: Control
) -> None:
    table = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    body = content_control("TBL_VOTACION", table) + content_control("ZONE_DEBATE", "<w:p/>")
    row = block(
        "Sí.", type=BlockType.TABLE_ROW, target_placeholder="TBL_VOTACION", data={"columns": {"VOTO": "SÍ"}}
    )
    acta = build(row, skeleton=skeleton(body))
    assert acta.lines() == ["Sí."]
    assert "table_without_columns" in acta.warnings


def test_columns_may_be_controls_around_whole_cells(
    build: Build, block: Make, skeleton: Skeleton, content_control: Control
) -> None:
    cells = content_control("NOMBRE", "<w:tc><w:p/></w:tc>") + content_control("VOTO", "<w:tc><w:p/></w:tc>")
    body = content_control("TBL_VOTACION", f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")
    columns = {"NOMBRE": "Ana", "VOTO": "SÍ"}
    row = block(type=BlockType.TABLE_ROW, target_placeholder="TBL_VOTACION", data={"columns": columns})
    acta = build(row, row, skeleton=skeleton(body))
    assert acta.lines() == ["Ana", "SÍ", "Ana", "SÍ"]
    assert len(list(acta.document.iter("{*}tc"))) == 4


def test_a_cell_whose_only_content_goes_keeps_a_paragraph(
    build: Build, block: Make, skeleton: Skeleton, content_control: Control
) -> None:
    zone = content_control("ZONE_ANEXOS", "<w:p/>")
    body = f"<w:tbl><w:tr><w:tc>{zone}</w:tc></w:tr></w:tbl>" + content_control("ZONE_DEBATE", "<w:p/>")
    acta = build(block("Hola."), skeleton=skeleton(body))
    assert [child.tag.rpartition("}")[2] for child in next(acta.document.iter("{*}tc"))] == ["p"]


def test_a_bound_field_keeps_what_was_put_there(
    build: Build, skeleton: Skeleton, content_control: Control
) -> None:
    body = content_control("LUGAR", "<w:p/>", '<w:dataBinding w:xpath="/x" w:storeItemID="y"/>')
    acta = build(skeleton=skeleton(body), fields={"LUGAR": "Recinto"})
    assert acta.control("LUGAR").find("{*}sdtPr/{*}dataBinding") is None


def test_a_field_around_anything_but_text_gets_a_paragraph_and_one_around_rows_stays(
    build: Build, skeleton: Skeleton, content_control: Control
) -> None:
    row = "<w:tr><w:tc><w:p/></w:tc></w:tr>"
    around_row = f"<w:tbl>{content_control('FILA', row)}</w:tbl>"
    around_table = content_control("LUGAR", f"<w:tbl>{row}</w:tbl>")
    acta = build(skeleton=skeleton(around_row + around_table), fields={"FILA": "x", "LUGAR": "Recinto"})
    assert acta.lines("LUGAR") == ["Recinto"]
    assert acta.lines("FILA") == [""]
    assert acta.control("FILA").find("{*}sdtContent/{*}tr") is not None


def test_a_field_inside_a_line_keeps_its_look_and_breaks_its_lines(
    build: Build, skeleton: Skeleton, content_control: Control
) -> None:
    run = '<w:r><w:rPr><w:rStyle w:val="PlaceholderText"/><w:b/></w:rPr><w:t>[lugar]</w:t></w:r>'
    line = f"<w:p><w:r><w:t>En: </w:t></w:r>{content_control('LUGAR', run, '<w:showingPlcHdr/>')}</w:p>"
    acta = build(skeleton=skeleton(line), fields={"LUGAR": "Recinto\nPiso 2"})
    assert acta.lines() == ["En: Recinto|Piso 2"]
    (look,) = acta.control("LUGAR").iter("{*}rPr")
    assert [child.tag.rpartition("}")[2] for child in look] == ["b"]


def test_an_unknown_style_degrades_to_the_default_one(build: Build, block: Make) -> None:
    acta = build(block("Hola."), style_map={Role.BODY: "No Existe"})
    assert acta.styled("ZONE_DEBATE") == [("", "Hola.")]
    assert ("unknown_style", "BODY: No Existe") in {
        (warning.code, warning.detail) for warning in acta.acta.report.warnings
    }


def test_a_style_map_chooses_among_the_styles_of_the_skeleton(build: Build, block: Make) -> None:
    acta = build(block("Hola."), style_map={"BODY": "acta nota"})
    assert acta.styled("ZONE_DEBATE") == [("ActaNota", "Hola.")]


def test_the_report_counts_blocks_by_type(build: Build, block: Make) -> None:
    acta = build(block("Uno."), block("Dos."), attendance(block, "Ana"))
    assert acta.acta.report.blocks_by_type == {"TABLE_ROW": 1, "TEXT": 2}
