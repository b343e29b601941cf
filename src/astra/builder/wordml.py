"""WordprocessingML (ECMA-376 part 1, 17): names, and paragraphs safe by construction."""

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP: Final = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
PIC: Final = "http://schemas.openxmlformats.org/drawingml/2006/picture"
NAMESPACES: Final = {"w": W, "r": R, "wp": WP, "a": A, "pic": PIC}

_DECLARATIONS: Final = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_NOT_XML: Final = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS: Final = re.compile("([\n\t])")
_BREAK_ELEMENTS: Final = {"\n": "<w:br/>", "\t": "<w:tab/>"}


def w(name: str) -> str:
    """Return a WordprocessingML name in lxml's notation."""
    return f"{{{W}}}{name}"


def legal(text: str) -> str:
    """Drop the characters that XML 1.0 cannot carry; every line end becomes a line feed."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def attribute(value: str) -> str:
    """Return `value` quoted and escaped for use as an XML attribute."""
    return quoteattr(legal(value).replace("\n", " ").replace("\t", " "))


def run_content(text: str) -> str:
    """Return the inside of a run that shows `text`: line ends as breaks, tabs as tabs, all else as text."""
    clean = escape(legal(text))
    if "\n" not in clean and "\t" not in clean:
        return f'<w:t xml:space="preserve">{clean}</w:t>'
    return "".join(
        _BREAK_ELEMENTS.get(piece) or f'<w:t xml:space="preserve">{piece}</w:t>'
        for piece in _BREAKS.split(clean)
        if piece
    )


def paragraph(text: str, style_id: str | None) -> str:
    """Return a paragraph of one run; `style_id` None means the document's default paragraph style."""
    return f"<w:p>{paragraph_properties(style_id)}<w:r>{run_content(text)}</w:r></w:p>"


def paragraph_properties(style_id: str | None) -> str:
    """Return the properties that give a paragraph its style."""
    return f"<w:pPr><w:pStyle w:val={attribute(style_id)}/></w:pPr>" if style_id else ""


def parsed(content: str) -> list[etree._Element]:
    """Return the elements of a piece of WordprocessingML made by this module's functions."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return list(etree.fromstring(f"<w:body {_DECLARATIONS}>{content}</w:body>".encode(), parser))


def text_of(element: etree._Element) -> str:
    """Return the words that `element` shows; tabs and breaks count as spaces."""
    pieces = element.iter(w("t"), w("tab"), w("br"))
    return "".join((piece.text or "") if piece.tag == w("t") else " " for piece in pieces)
