"""The index: a real TOC field (ECMA-376 part 1, 17.16.5.69) whose entries are written beforehand.

Only a program that lays the document out knows its pages, so their numbers come from outside; without them
the entries are links alone, which is never wrong, and "Update field" in Word adds the numbers. No update is
forced on opening, because Word would ask every reader about it.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from astra.builder.styles import Stylesheet
from astra.builder.wordml import attribute, paragraph_properties, parsed, run_content, text_of, w

_LEVELS: Final = re.compile(r'\\o\s+"?(\d)\s*-\s*(\d)')
_DEFAULT_LAST_LEVEL: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A paragraph that the index lists."""

    paragraph: etree._Element
    level: int  # 0 is the highest
    text: str


def write_index(document: etree._Element, stylesheet: Stylesheet, pages: Sequence[int] = ()) -> bool:
    """Fill the document's first TOC field with its headings, and tell whether their page numbers are there.

    `pages` holds the page of each heading, in order; any other number of pages counts as none. Without a
    field nothing changes, and nothing is missing.
    """
    field = _toc_paragraphs(document)
    if not field:
        return True
    instruction = _instruction_of(field)
    headings = list(_headings(document, stylesheet, _last_level(instruction), set(field)))
    parent = field[0].getparent()
    if parent is None:
        return True
    place = parent.index(field[0])
    for each in field:
        parent.remove(each)
    names = _bookmarked(document, headings)
    numbers: Sequence[int | None] = pages if len(pages) == len(headings) else [None] * len(headings)
    links = [
        _link(heading.text, name, page) for heading, name, page in zip(headings, names, numbers, strict=True)
    ]
    styles = [stylesheet.id_of(f"toc {heading.level + 1}") for heading in headings]
    parent[place:place] = _entries(instruction, links or [""], styles or [None])
    return len(pages) == len(headings)


def _toc_paragraphs(document: etree._Element) -> list[etree._Element]:
    """Return the sibling paragraphs from the TOC field's beginning to its end, if they are siblings."""
    found: list[etree._Element] = []
    depth = 0
    for each in document.iter(w("p")):
        if not found and not _begins_toc(each):
            continue
        if found and each.getparent() is not found[0].getparent():
            return []
        found.append(each)
        for mark in each.iter(w("fldChar")):
            depth += {"begin": 1, "end": -1}.get(str(mark.get(w("fldCharType"))), 0)
        if depth <= 0:
            return found
    return []


def _begins_toc(element: etree._Element) -> bool:
    return any((piece.text or "").strip().upper().startswith("TOC") for piece in element.iter(w("instrText")))


def _instruction_of(field: list[etree._Element]) -> str:
    """Return the TOC field's own instruction, without those of the PAGEREF fields in its result."""
    texts = [piece.text or "" for each in field for piece in each.iter(w("instrText"))]
    return "".join(itertools.takewhile(lambda text: "PAGEREF" not in text.upper(), texts))


def _last_level(instruction: str) -> int:
    levels = _LEVELS.search(instruction)
    return int(levels[2]) if levels else _DEFAULT_LAST_LEVEL


def _headings(
    document: etree._Element, stylesheet: Stylesheet, last_level: int, besides: set[etree._Element]
) -> Iterator[Heading]:
    levels: dict[str, int | None] = {}
    for style in document.iter(w("pStyle")):
        style_id = str(style.get(w("val"), ""))
        if style_id not in levels:
            levels[style_id] = stylesheet.outline_level(style_id)
        level = levels[style_id]
        if level is None or level >= last_level:
            continue
        home = style.getparent()
        element = None if home is None else home.getparent()
        if element is None or element in besides or not (text := " ".join(text_of(element).split())):
            continue
        yield Heading(paragraph=element, level=level, text=text)


def _bookmarked(document: etree._Element, headings: list[Heading]) -> list[str]:
    taken = [str(each.get(w("id"), "")) for each in document.iter(w("bookmarkStart"))]
    first = 1 + max((int(number) for number in taken if number.isdecimal()), default=0)
    names = []
    for number, heading in enumerate(headings, first):
        name = f"_Toc{90_000_000 + number}"
        start = etree.Element(w("bookmarkStart"), {w("id"): str(number), w("name"): name})
        after_properties = 0 if heading.paragraph.find(w("pPr")) is None else 1
        heading.paragraph.insert(after_properties, start)
        etree.SubElement(heading.paragraph, w("bookmarkEnd"), {w("id"): str(number)})
        names.append(name)
    return names


def _entries(instruction: str, links: list[str], styles: list[str | None]) -> list[etree._Element]:
    opening = _field_mark("begin") + _instruction(instruction) + _field_mark("separate")
    contents = [*links]
    contents[0] = opening + contents[0]
    contents[-1] += _field_mark("end")
    paragraphs = (
        f"<w:p>{paragraph_properties(style)}{content}</w:p>"
        for style, content in zip(styles, contents, strict=True)
    )
    return parsed("".join(paragraphs))


def _link(text: str, bookmark: str, page: int | None) -> str:
    shown = f"<w:r>{run_content(text)}</w:r>"
    if page is not None:
        opening = _field_mark("begin") + _instruction(rf" PAGEREF {bookmark} \h ") + _field_mark("separate")
        shown += f"<w:r><w:tab/></w:r>{opening}<w:r>{run_content(str(page))}</w:r>{_field_mark('end')}"
    return f'<w:hyperlink w:anchor={attribute(bookmark)} w:history="1">{shown}</w:hyperlink>'


def _instruction(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve">{escape(text)}</w:instrText></w:r>'


def _field_mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'
