"""The skeleton's pages, in the order of an acta, and its header and footer."""

from controls import (
    W15,
    index,
    lines_field,
    paragraph,
    picture_control,
    run,
    section,
    simple_field,
    tab,
    table,
    text_field,
    zone,
)

TEXT_WIDTH = 9072  # twips: letter size, margins of 2.8 cm
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    f'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w15="{W15}" '
    'mc:Ignorable="w15"'
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BOLD = '<w:b/><w:color w:val="1B2A41"/>'


def document_xml(emblem_relationship: str) -> str:
    """Return the main document."""
    parts = [_cover(emblem_relationship), index("Índice"), _heading(), _development(), _ending(), _PAGE]
    return f"{_DECLARATION}<w:document {_NAMESPACES}><w:body>{''.join(parts)}</w:body></w:document>"


def header_xml() -> str:
    """Return the header of every page but the cover: council and acta number."""
    line = paragraph(
        "Header",
        text_field("CONCEJO", "Concejo", place="header"),
        tab(),
        run("Acta "),
        text_field("ACTA_NUMERO", "Número de acta", place="header"),
    )
    return f"{_DECLARATION}<w:hdr {_NAMESPACES}>{line}</w:hdr>"


def footer_xml() -> str:
    """Return the footer of every page but the cover: kind and date of the session, page X of Y."""
    line = paragraph(
        "Footer",
        text_field("TIPO_SESION", "Tipo de sesión", place="footer"),
        run(" · "),
        text_field("FECHA", "Fecha", place="footer"),
        tab(),
        run("Página "),
        simple_field("PAGE", "1"),
        run(" de "),
        simple_field("NUMPAGES", "1"),
    )
    return f"{_DECLARATION}<w:ftr {_NAMESPACES}>{line}</w:ftr>"


def blank_story_xml(element: str) -> str:
    """Return the empty header or footer of the cover."""
    return f"{_DECLARATION}<w:{element} {_NAMESPACES}><w:p/></w:{element}>"


_PAGE = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader"/>'
    '<w:headerReference w:type="first" r:id="rIdBlankHeader"/>'
    '<w:footerReference w:type="default" r:id="rIdFooter"/>'
    '<w:footerReference w:type="first" r:id="rIdBlankFooter"/>'
    '<w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1701" w:right="1584" w:bottom="1531" w:left="1584" '
    'w:header="794" w:footer="680" w:gutter="0"/><w:titlePg/></w:sectPr>'
)


def _cover(emblem_relationship: str) -> str:
    return "".join(
        [
            paragraph("ActaEscudo", picture_control("ESCUDO", "Escudo", _emblem(emblem_relationship))),
            paragraph("ActaConcejo", text_field("CONCEJO", "Concejo", place="cover")),
            paragraph("ActaTitulo", text_field("TIPO_SESION", "Tipo de sesión", place="cover")),
            paragraph("ActaNumero", run("Acta "), text_field("ACTA_NUMERO", "Número de acta", place="cover")),
            paragraph("ActaFecha", text_field("FECHA", "Fecha", place="cover")),
        ]
    )


def _heading() -> str:
    first = "<w:pageBreakBefore/>"
    return "".join(
        [
            paragraph(
                "ActaEncabezado", text_field("TIPO_SESION", "Tipo de sesión", place="body"), properties=first
            ),
            paragraph(
                "ActaEncabezado",
                run("Acta "),
                text_field("ACTA_NUMERO", "Número de acta", place="body"),
                properties='<w:spacing w:after="480"/>',
            ),
            _fact("FECHA:", text_field("CIUDAD_FECHA", "Ciudad y fecha")),
            _fact("HORA:", text_field("HORA", "De las HH:MM a las HH:MM horas")),
            _fact("LUGAR:", text_field("LUGAR", "Lugar")),
            section(
                "SECTION_ASISTENCIA",
                "Asistencia",
                _title("Asistencia"),
                table(
                    "TBL_ASISTENCIA",
                    "Tabla de asistencia",
                    _rows("NOMBRE", "Concejal", "ASISTENCIA", "Asistencia"),
                ),
            ),
            section(
                "SECTION_AUSENTES",
                "Ausentes",
                paragraph("ActaDatoEtiqueta", run("AUSENTES:")),
                lines_field("AUSENTES", "Ausentes, con su motivo", "ActaDatoLinea"),
            ),
        ]
    )


def _development() -> str:
    return "".join(
        [
            _part(
                "APERTURA",
                "Cuórum y apertura",
                zone("ZONE_QUORUM", "Cuórum"),
                zone("ZONE_APERTURA", "Apertura"),
            ),
            _part("ORDEN_DIA", "Orden del día", zone("ZONE_ORDEN_DIA", "Puntos del orden del día")),
            _part("DEBATE", "Desarrollo", zone("ZONE_DEBATE", "Desarrollo de la sesión")),
            _part("PROPOSICIONES", "Proposiciones", zone("ZONE_PROPOSICIONES", "Proposiciones")),
            _part(
                "VOTACION",
                "Votación nominal",
                table("TBL_VOTACION", "Tabla de votación", _rows("NOMBRE", "Concejal", "VOTO", "Voto")),
                zone("ZONE_VOTACION", "Resultado de la votación"),
            ),
            _part("CIERRE", "Cierre", zone("ZONE_CIERRE", "Cierre de la sesión")),
            _part("CONVOCATORIA", "Convocatoria", zone("ZONE_CONVOCATORIA", "Próxima sesión")),
        ]
    )


def _ending() -> str:
    return "".join(
        [
            _signatures(),
            section(
                "SECTION_ANEXOS",
                "Anexos",
                paragraph("ActaSeccion", run("Anexos"), properties="<w:pageBreakBefore/>"),
                zone("ZONE_ANEXOS", "Anexos"),
            ),
            section(
                "SECTION_CREDITOS",
                "Créditos",
                paragraph("ActaCredito", properties='<w:spacing w:before="360"/>'),
                paragraph(
                    "ActaCredito", run("Transcribió: "), text_field("TRANSCRIBIO", "Quien transcribió")
                ),
                paragraph("ActaCredito", run("Revisó: "), text_field("REVISO", "Quien revisó")),
            ),
            section(
                "SECTION_VERIFICACION",
                "Verificación",
                paragraph(
                    "ActaVerificacion",
                    run("Verificación. ", "<w:b/>"),
                    text_field("NOTA_VERIFICACION", "Cómo se comprueba que esta acta no fue alterada"),
                    run(" Sesión: "),
                    text_field("SESION_ID", "Identificador de la sesión"),
                ),
            ),
        ]
    )


def _part(name: str, title: str, *content: str) -> str:
    return section(f"SECTION_{name}", title, _title(title), *content)


def _title(text: str) -> str:
    return paragraph("ActaSeccion", run(text))


def _fact(label: str, value: str) -> str:
    return paragraph("ActaDato", run(label, _BOLD), tab(), value)


def _rows(first: str, first_title: str, second: str, second_title: str) -> str:
    """Return a table of two columns: a heading that repeats on each page, and the prototype row."""
    widths = (6236, TEXT_WIDTH - 6236)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    titles = [paragraph("ActaCeldaTitulo", run(title)) for title in (first_title, second_title)]
    values = [
        paragraph("ActaCelda", text_field(first, first_title, place=second)),
        paragraph("ActaCelda", text_field(second, second_title)),
    ]
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="ActaTabla"/><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{_cells(titles, widths, 'EEF2F6')}</w:tr>"
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cells(values, widths)}</w:tr></w:tbl>"
    )


def _cells(contents: list[str], widths: tuple[int, ...], fill: str = "") -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{content}</w:tc>'
        for content, width in zip(contents, widths, strict=True)
    )


def _signatures() -> str:
    """Return the two signatures side by side: a line, the name, the office."""
    gap = 612
    side = (TEXT_WIDTH - gap) // 2
    left = _signature("FIRMA_PRESIDENTE", "Nombre de quien preside", "Presidencia del Concejo")
    right = _signature("FIRMA_SECRETARIO", "Nombre de quien ejerce la secretaría", "Secretaría General")
    line = '<w:tcBorders><w:top w:val="single" w:sz="6" w:space="0" w:color="1B2A41"/></w:tcBorders>'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in (side, gap, side))
    cell = '<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/>{}</w:tcPr>{}</w:tc>'
    cells = (
        cell.format(side, line, left)
        + cell.format(gap, "", paragraph("ActaCargo"))
        + cell.format(side, line, right)
    )
    return (
        paragraph("ActaEspacioFirma")
        + f'<w:tbl><w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr></w:tbl>"
    )


def _signature(tag: str, alias: str, office: str) -> str:
    return paragraph("ActaFirma", text_field(tag, alias)) + paragraph("ActaCargo", run(office))


def _emblem(relationship: str) -> str:
    width, height = 1_234_286, 1_440_000  # EMU: 4 cm high
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="1" name="Escudo" descr="Escudo del concejo"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        '<pic:nvPicPr><pic:cNvPr id="1" name="Escudo"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relationship}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
