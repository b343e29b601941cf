"""The skeleton's styles: names that staff recognise, in Arial, for letter-size pages in Colombian Spanish."""

INK = "1B2A41"  # headings
ACCENT = "1F4E79"
GREY = "5B6770"
HAIRLINE = "C3CCD5"
PALE = "EEF2F6"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def styles_xml() -> str:
    """Return the styles part."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:styles xmlns:w="{_W}">'
        + _DEFAULTS
        + "".join(_paragraph_styles())
        + _CHARACTER_AND_TABLE_STYLES
        + "</w:styles>"
    )


_FONT = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/>'
_DEFAULTS = (
    f'<w:docDefaults><w:rPrDefault><w:rPr>{_FONT}<w:sz w:val="22"/><w:szCs w:val="22"/>'
    '<w:lang w:val="es-CO" w:eastAsia="es-CO" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    "<w:pPrDefault><w:pPr><w:widowControl/></w:pPr></w:pPrDefault></w:docDefaults>"
)
_NORMAL = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "<w:qFormat/></w:style>"
)
_CHARACTER_AND_TABLE_STYLES = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
    '<w:style w:type="character" w:styleId="PlaceholderText"><w:name w:val="Placeholder Text"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:rPr><w:color w:val="8A8A8A"/></w:rPr></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
    '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
    '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="table" w:customStyle="1" w:styleId="ActaTabla"><w:name w:val="Acta Tabla"/>'
    '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:tblPr><w:tblBorders>'
    f'<w:top w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"/>'
    f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"/>'
    f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{HAIRLINE}"/></w:tblBorders>'
    '<w:tblCellMar><w:top w:w="45" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>'
    '<w:bottom w:w="45" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
)


def _paragraph_styles() -> list[str]:
    return [*_basic(), *_cover_and_index(), *_headings(), *_text(), *_small_print()]


def _basic() -> list[str]:
    hairline = f'w:val="single" w:sz="4" w:color="{HAIRLINE}"'
    return [
        _NORMAL,
        _style(
            "Header",
            "header",
            f'<w:pBdr><w:bottom {hairline} w:space="5"/></w:pBdr>'
            '<w:tabs><w:tab w:val="right" w:pos="9072"/></w:tabs>',
            _look(size=17, colour=GREY),
            custom=False,
        ),
        _style(
            "Footer",
            "footer",
            f'<w:pBdr><w:top {hairline} w:space="5"/></w:pBdr>'
            '<w:tabs><w:tab w:val="right" w:pos="9072"/></w:tabs>',
            _look(size=17, colour=GREY),
            custom=False,
        ),
    ]


def _cover_and_index() -> list[str]:
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="14" w:color="{ACCENT}"/></w:pBdr>'
    dots = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9072"/></w:tabs>'
    return [
        _style("ActaEscudo", "Acta Escudo", _spacing(before=2200, after=360) + _align("center")),
        _style(
            "ActaConcejo",
            "Acta Concejo",
            rule + _spacing(after=900) + '<w:ind w:left="1134" w:right="1134"/>' + _align("center"),
            _look(size=36, bold=True, colour=ACCENT),
        ),
        _style(
            "ActaTitulo",
            "Acta Título",
            _spacing(after=900, line=288) + _align("center"),
            _look(size=48, bold=True, colour=INK),
        ),
        _style(
            "ActaNumero",
            "Acta Número",
            _spacing(after=700) + _align("center"),
            _look(size=40, bold=True, colour=INK),
        ),
        _style("ActaFecha", "Acta Fecha", _align("center"), _look(size=30, colour=GREY)),
        _style(
            "ActaIndice",
            "Acta Índice",
            "<w:keepNext/><w:pageBreakBefore/>" + _spacing(before=240, after=360),
            _look(size=36, bold=True, colour=INK),
        ),
        _style(
            "TOC1",
            "toc 1",
            dots + _spacing(before=160, after=60),
            _look(bold=True, colour=INK),
            custom=False,
        ),
        _style(
            "TOC2",
            "toc 2",
            dots + _spacing(after=60) + '<w:ind w:left="340"/>',
            custom=False,
        ),
    ]


def _headings() -> list[str]:
    line = f'<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="3" w:color="{ACCENT}"/></w:pBdr>'
    return [
        _style(
            "ActaEncabezado",
            "Acta Encabezado",
            "<w:keepNext/>" + _spacing(after=60) + _align("center"),
            '<w:b/><w:caps/><w:color w:val="' + INK + '"/><w:sz w:val="26"/><w:szCs w:val="26"/>',
        ),
        _style(
            "ActaDato",
            "Acta Dato",
            '<w:tabs><w:tab w:val="left" w:pos="1701"/></w:tabs>'
            + _spacing(after=120, line=271)
            + '<w:ind w:left="1701" w:hanging="1701"/>',
        ),
        _style(
            "ActaDatoEtiqueta",
            "Acta Dato Etiqueta",
            "<w:keepNext/>" + _spacing(before=240, after=60),
            _look(bold=True, colour=INK),
        ),
        _style(
            "ActaDatoLinea",
            "Acta Dato Línea",
            "<w:keepLines/>" + _spacing(after=40, line=259) + '<w:ind w:left="397"/>',
        ),
        _style(
            "ActaSeccion",
            "Acta Sección",
            "<w:keepNext/><w:keepLines/>"
            + line
            + _spacing(before=440, after=180)
            + '<w:outlineLvl w:val="0"/>',
            f'<w:b/><w:caps/><w:color w:val="{ACCENT}"/><w:spacing w:val="10"/>'
            '<w:sz w:val="24"/><w:szCs w:val="24"/>',
            following="ActaTexto",
        ),
        _style(
            "ActaPunto",
            "Acta Punto",
            "<w:keepNext/><w:keepLines/>"
            '<w:tabs><w:tab w:val="left" w:pos="454"/></w:tabs>'
            + _spacing(before=320, after=140)
            + '<w:ind w:left="454" w:hanging="454"/><w:outlineLvl w:val="1"/>',
            _look(size=23, bold=True, colour=INK),
            following="ActaTexto",
        ),
    ]


def _text() -> list[str]:
    amber = '<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="C98A00"/></w:pBdr>'
    blue = f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="9" w:color="{ACCENT}"/></w:pBdr>'
    return [
        _style("ActaTexto", "Acta Texto", _spacing(after=140, line=276) + _align("both")),
        _style(
            "ActaIntervencion",
            "Acta Intervención",
            "<w:keepNext/><w:keepLines/>" + _spacing(before=260, after=100, line=276),
            _look(bold=True, colour=INK),
            following="ActaCita",
        ),
        _style(
            "ActaCita",
            "Acta Cita",
            _spacing(after=120, line=276) + '<w:ind w:left="397"/>' + _align("both"),
            _look(size=20),
        ),
        _style(
            "ActaOrdenDelDia",
            "Acta Orden del Día",
            '<w:tabs><w:tab w:val="left" w:pos="454"/></w:tabs>'
            + _spacing(after=100, line=264)
            + '<w:ind w:left="454" w:hanging="454"/>',
        ),
        _style(
            "ActaProposicion",
            "Acta Proposición",
            "<w:keepNext/><w:keepLines/>"
            + blue
            + _spacing(before=120, after=140, line=276)
            + '<w:ind w:left="284"/>'
            + _align("both"),
        ),
        _style(
            "ActaVotacion",
            "Acta Votación",
            "<w:keepLines/>" + _spacing(before=180, after=140, line=276) + _align("both"),
            _look(bold=True, colour=INK),
        ),
        _style(
            "ActaNota",
            "Acta Nota",
            _spacing(before=60, after=140, line=264) + '<w:ind w:left="397"/>',
            '<w:i/><w:color w:val="' + GREY + '"/><w:sz w:val="20"/><w:szCs w:val="20"/>',
        ),
        _style(
            "ActaPendiente",
            "Acta Pendiente",
            "<w:keepLines/>"
            + amber
            + '<w:shd w:val="clear" w:color="auto" w:fill="FFF6DF"/>'
            + _spacing(before=120, after=140, line=264)
            + '<w:ind w:left="397"/>',
            _look(size=20, colour="6B4A00"),
        ),
        _style(
            "ActaImagen",
            "Acta Imagen",
            "<w:keepNext/>" + _spacing(before=180, after=80) + _align("center"),
            following="ActaPieDeImagen",
        ),
        _style(
            "ActaPieDeImagen",
            "Acta Pie de Imagen",
            "<w:keepLines/>" + _spacing(after=220) + _align("center"),
            _look(size=18, colour=GREY),
        ),
        _style("ActaCelda", "Acta Celda", "", _look(size=20)),
        _style(
            "ActaCeldaTitulo",
            "Acta Celda Título",
            "<w:keepNext/>",
            _look(size=18, bold=True, colour=ACCENT),
        ),
    ]


def _small_print() -> list[str]:
    line = f'<w:pBdr><w:top w:val="single" w:sz="4" w:space="6" w:color="{HAIRLINE}"/></w:pBdr>'
    return [
        _style("ActaEspacioFirma", "Acta Espacio de Firma", "<w:keepNext/>" + _spacing(before=1100)),
        _style(
            "ActaFirma",
            "Acta Firma",
            "<w:keepNext/><w:keepLines/>" + _spacing(before=80) + _align("center"),
            _look(bold=True, colour=INK),
        ),
        _style(
            "ActaCargo",
            "Acta Cargo",
            "<w:keepNext/><w:keepLines/>" + _spacing(before=20) + _align("center"),
            _look(size=20, colour=GREY),
        ),
        _style(
            "ActaCredito",
            "Acta Crédito",
            "<w:keepNext/>" + _spacing(after=40),
            _look(size=18, colour=GREY),
        ),
        _style(
            "ActaVerificacion",
            "Acta Verificación",
            "<w:keepLines/>" + line + _spacing(before=480, line=252),
            _look(size=16, colour=GREY),
        ),
    ]


def _style(
    style_id: str,
    name: str,
    paragraph: str = "",
    look: str = "",
    *,
    following: str = "",
    custom: bool = True,
) -> str:
    kind = ' w:customStyle="1"' if custom else ""
    after = f'<w:next w:val="{following}"/>' if following else ""
    layout = f"<w:pPr>{paragraph}</w:pPr>" if paragraph else ""
    letters = f"<w:rPr>{look}</w:rPr>" if look else ""
    return (
        f'<w:style w:type="paragraph"{kind} w:styleId="{style_id}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/>{after}<w:qFormat/>{layout}{letters}</w:style>'
    )


def _spacing(*, before: int = 0, after: int = 0, line: int = 240) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _align(side: str) -> str:
    return f'<w:jc w:val="{side}"/>'


def _look(*, size: int = 22, bold: bool = False, colour: str = "") -> str:
    weight = "<w:b/>" if bold else ""
    ink = f'<w:color w:val="{colour}"/>' if colour else ""
    return f'{weight}{ink}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
