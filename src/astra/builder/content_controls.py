"""Word content controls (`w:sdt`, ECMA-376 part 1, 17.5.2): the skeleton's placeholders, found by tag."""

from collections.abc import Iterator
from copy import deepcopy
from enum import Enum
from typing import Final

from lxml import etree

from astra.builder.wordml import parsed, run_content, w

SECTION_PREFIX: Final = "SECTION_"
ZONE_PREFIX: Final = "ZONE_"
TABLE_PREFIX: Final = "TBL_"
_LEFT_ALONE: Final = tuple(w(name) for name in ("picture", "docPartObj", "docPartList", "bibliography"))
_HOMES_OF_PARAGRAPHS: Final = frozenset(
    map(w, ("body", "tc", "hdr", "ftr", "txbxContent", "footnote", "endnote"))
)
_BOUND_TO_PLACEHOLDER: Final = ("showingPlcHdr", "dataBinding", "temporary")


class Kind(Enum):
    """What a content control stands for."""

    FIELD = "field"  # plain text
    ZONE = "zone"  # a run of blocks
    TABLE = "table"  # rows
    COLUMN = "column"  # a cell of a table's prototype row
    SECTION = "section"  # goes as a whole when nothing landed in it


def tag_of(control: etree._Element) -> str:
    """Return a content control's tag, "" if it has none."""
    tag = control.find(f"{w('sdtPr')}/{w('tag')}")
    return "" if tag is None else str(tag.get(w("val"), ""))


def controls(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the content controls that stand for something, in document order, outer before inner."""
    for control in root.iter(w("sdt")):
        properties = control.find(w("sdtPr"))
        if properties is None or content_of(control) is None or not tag_of(control):
            continue
        if all(properties.find(name) is None for name in _LEFT_ALONE):
            yield control


def kind_of(control: etree._Element) -> Kind:
    """Tell what a tagged content control stands for, by its tag and place."""
    tag = tag_of(control)
    if any(tag_of(outer).startswith(TABLE_PREFIX) for outer in control.iterancestors(w("sdt"))):
        return Kind.COLUMN
    if tag.startswith(TABLE_PREFIX):
        return Kind.TABLE
    if tag.startswith(SECTION_PREFIX):
        return Kind.SECTION
    return Kind.ZONE if tag.startswith(ZONE_PREFIX) and holds_blocks(control) else Kind.FIELD


def holds_blocks(control: etree._Element) -> bool:
    """Tell whether whole paragraphs may stand in a control: it is not inside a line or a table."""
    parent = control.getparent()
    while parent is not None and parent.tag == w("sdtContent"):
        outer = parent.getparent()
        parent = None if outer is None else outer.getparent()
    return parent is not None and parent.tag in _HOMES_OF_PARAGRAPHS


def content_of(control: etree._Element) -> etree._Element | None:
    """Return the element that holds a control's content."""
    return control.find(w("sdtContent"))


def set_text(control: etree._Element, text: str) -> None:
    """Make `text` the control's whole content, in the form of its first paragraph and run.

    Each line is a paragraph of its own where the control holds paragraphs, and ends in a break inside a line.
    A control around table rows, which is no place for text, stays as it is.
    """
    content = content_of(control)
    if content is None or content.find(w("tr")) is not None:
        return
    look = _run_properties(control)
    settle(control)
    model = _only_paragraph(content)
    if model is None and holds_blocks(control):
        model = etree.Element(w("p"))
        content[:] = [model]
    if model is None:
        content[:] = [_run(text, look)]
        return
    for child in list(model):
        if child.tag != w("pPr"):
            model.remove(child)
    for line in reversed(text.split("\n")):
        paragraph = deepcopy(model)
        paragraph.append(_run(line, look))
        model.addnext(paragraph)
    remove(model)


def settle(control: etree._Element) -> None:
    """Mark a control as filled: no placeholder flag, and no binding that would overwrite its content."""
    properties = control.find(w("sdtPr"))
    for name in _BOUND_TO_PLACEHOLDER:
        for each in [] if properties is None else properties.findall(w(name)):
            each.getparent().remove(each)  # type: ignore[union-attr]


def remove(element: etree._Element) -> None:
    """Take an element out of the document; a table cell left without a paragraph gets an empty one."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if parent.tag in {w("tc"), w("hdr"), w("ftr"), w("txbxContent")} and parent.find(f".//{w('p')}") is None:
        parent.append(etree.Element(w("p")))
    elif parent.tag == w("sdtContent") and len(parent) == 0 and (outer := parent.getparent()) is not None:
        remove(outer)


def _run_properties(control: etree._Element) -> etree._Element | None:
    """Return a copy of the look of the control's first run, without Word's grey of placeholders."""
    content = content_of(control)
    found = None if content is None else content.find(f".//{w('r')}/{w('rPr')}")
    if found is None:
        found = control.find(f"{w('sdtPr')}/{w('rPr')}")
    if found is None:
        return None
    look = deepcopy(found)
    for style in look.findall(w("rStyle")):
        if _is_showing_placeholder(control):
            look.remove(style)
    return look


def _is_showing_placeholder(control: etree._Element) -> bool:
    return control.find(f"{w('sdtPr')}/{w('showingPlcHdr')}") is not None


def _run(text: str, look: etree._Element | None) -> etree._Element:
    run = parsed(f"<w:r>{run_content(text)}</w:r>")[0]
    if look is not None:
        run.insert(0, deepcopy(look))
    return run


def _only_paragraph(content: etree._Element) -> etree._Element | None:
    """Return the first paragraph of a control, its neighbours taken out; None for a control inside a line."""
    cell = content.find(w("tc"))
    holder = content if cell is None else cell
    first = holder.find(w("p"))
    for child in [] if first is None else list(holder):
        if child is not first and child.tag != w("tcPr"):
            holder.remove(child)
    return first
