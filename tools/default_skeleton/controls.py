"""Paragraphs, runs and content controls of the skeleton, as WordprocessingML text."""

import zlib
from xml.sax.saxutils import escape

W15 = "http://schemas.microsoft.com/office/word/2012/wordml"


def run(text: str, properties: str = "") -> str:
    """Return a run of fixed text."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def tab() -> str:
    """Return a run that jumps to the next tab stop."""
    return "<w:r><w:tab/></w:r>"


def simple_field(instruction: str, shown: str) -> str:
    """Return a field such as PAGE with the result shown until Word updates it."""
    return f'<w:fldSimple w:instr=" {instruction} "><w:r><w:t>{escape(shown)}</w:t></w:r></w:fldSimple>'


def paragraph(style: str, *content: str, properties: str = "") -> str:
    """Return a paragraph of a named style."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(content)}</w:p>'


def text_field(tag: str, alias: str, *, place: str = "") -> str:
    """Return a run-level control for plain text; `place` tells two of the same tag apart."""
    properties = _properties(tag, alias, place, placeholder=True, kind="<w:text/>")
    shown = run(f"[{alias}]", '<w:rStyle w:val="PlaceholderText"/>')
    return f"<w:sdt>{properties}<w:sdtContent>{shown}</w:sdtContent></w:sdt>"


def lines_field(tag: str, alias: str, style: str) -> str:
    """Return a block-level control for plain text of several lines, one paragraph each."""
    shown = paragraph(style, run(f"[{alias}]", '<w:rStyle w:val="PlaceholderText"/>'))
    return _block(_properties(tag, alias, placeholder=True), shown)


def zone(tag: str, alias: str) -> str:
    """Return a block-level control that takes the blocks of a zone."""
    shown = paragraph("ActaTexto", run(f"[{alias}]", '<w:rStyle w:val="PlaceholderText"/>'))
    return _block(_properties(tag, alias, placeholder=True), shown)


def table(tag: str, alias: str, content: str) -> str:
    """Return a block-level control around a table with a prototype row."""
    return _block(_properties(tag, alias), content)


def section(tag: str, alias: str, *content: str) -> str:
    """Return a control that BUILDER takes out as a whole when nothing lands in it."""
    return _block(_properties(tag, alias), "".join(content))


def picture_control(tag: str, alias: str, drawing: str) -> str:
    """Return a run-level control whose picture is replaced by a click in Word."""
    properties = _properties(tag, alias, kind="<w:picture/>")
    return f"<w:sdt>{properties}<w:sdtContent>{drawing}</w:sdtContent></w:sdt>"


def index(title: str) -> str:
    """Return the index: a TOC field over the outline levels of the styles, in Word's own kind of control."""
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
    properties = f'<w:sdtPr><w:id w:val="{_identifier("indice")}"/>{gallery}</w:sdtPr>'
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    instruction = '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r>'
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    entry = paragraph("TOC1", begin, instruction, separate, run("[Índice]"), end)
    return _block(properties, paragraph("ActaIndice", run(title)) + entry)


def _properties(tag: str, alias: str, place: str = "", *, placeholder: bool = False, kind: str = "") -> str:
    flag = "<w:showingPlcHdr/>" if placeholder else ""
    return (
        f'<w:sdtPr><w:alias w:val="{escape(alias)}"/><w:tag w:val="{tag}"/>'
        f'<w:id w:val="{_identifier(tag + place)}"/>{flag}{kind}</w:sdtPr>'
    )


def _block(properties: str, content: str) -> str:
    return f"<w:sdt>{properties}<w:sdtContent>{content}</w:sdtContent></w:sdt>"


def _identifier(name: str) -> int:
    """Return a positive number that is the same at every making."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF
