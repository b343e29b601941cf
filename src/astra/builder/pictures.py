"""Pictures: what they are and how large, and the drawing that shows them (ECMA-376 part 1, 20.4)."""

from dataclasses import dataclass
from typing import Final

from lxml import etree

from astra.builder.wordml import PIC, WP, attribute, w

EMU_PER_PIXEL: Final = 9525  # at 96 pixels an inch
EMU_PER_TWIP: Final = 635
MAX_SIDE_PIXELS: Final = 30_000
_A4_TEXT_TWIPS: Final = (9026, 12_000)
_TALLEST_SHARE: Final = 0.6  # of the height of the text, so that its caption fits below
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_JPEG_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_JPEG_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Width and height in English Metric Units, 914,400 to the inch."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that Word shows: its file extension and its size at 96 pixels an inch."""

    extension: str  # "png" or "jpeg"
    size: Size


def recognised(content: bytes) -> Picture | None:
    """Read a picture's kind and size from its header; None if it is no sound PNG or JPEG."""
    if content.startswith(_PNG):
        return _picture("png", _png_pixels(content))
    return _picture("jpeg", _jpeg_pixels(content)) if content.startswith(_JPEG) else None


def fitted(size: Size, frame: Size) -> Size:
    """Return `size` shrunk, in proportion, until it fits into `frame`; small pictures stay as they are."""
    scale = min(1.0, frame.width / size.width, frame.height / size.height)
    return Size(width=max(1, round(size.width * scale)), height=max(1, round(size.height * scale)))


def frame_of(document: etree._Element) -> Size:
    """Return the room a picture has: the width of the text and part of its height, in the last section."""
    width, height = _A4_TEXT_TWIPS
    section = document.find(f"{w('body')}/{w('sectPr')}")
    page = None if section is None else section.find(w("pgSz"))
    margins = None if section is None else section.find(w("pgMar"))
    if page is not None and margins is not None:
        width = _twips(page, "w") - _twips(margins, "left") - _twips(margins, "right")
        height = _twips(page, "h") - _twips(margins, "top") - _twips(margins, "bottom")
    if width <= 0 or height <= 0:
        width, height = _A4_TEXT_TWIPS
    return Size(width=width * EMU_PER_TWIP, height=round(height * EMU_PER_TWIP * _TALLEST_SHARE))


def drawing(relationship_id: str, size: Size, alt: str, number: int) -> str:
    """Return a run that shows the picture of a relationship, with its alternative text."""
    extent = f'cx="{size.width}" cy="{size.height}"'
    name = attribute(f"Imagen {number}")
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f'<wp:docPr id="{number}" name={name} descr={attribute(alt)}/>'
        f'<a:graphic><a:graphicData uri="{PIC}"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name={name}/><pic:cNvPicPr/></pic:nvPicPr>'
        f"<pic:blipFill><a:blip r:embed={attribute(relationship_id)}/><a:stretch><a:fillRect/></a:stretch>"
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        f"</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def next_drawing_number(document: etree._Element) -> int:
    """Return the first number that no drawing of the document has."""
    drawings = document.iter(f"{{{WP}}}docPr", f"{{{PIC}}}cNvPr")
    taken = [str(each.get("id", "")) for each in drawings]
    return 1 + max((int(number) for number in taken if number.isdecimal()), default=0)


def _picture(extension: str, pixels: tuple[int, int] | None) -> Picture | None:
    if pixels is None or not all(0 < side <= MAX_SIDE_PIXELS for side in pixels):
        return None
    width, height = pixels
    return Picture(extension=extension, size=Size(width=width * EMU_PER_PIXEL, height=height * EMU_PER_PIXEL))


def _png_pixels(content: bytes) -> tuple[int, int] | None:
    """Read the IHDR chunk, which comes first (PNG specification, 11.2.2)."""
    if content[12:16] != b"IHDR" or len(content) < 33:  # noqa: PLR2004 - signature and IHDR with its CRC
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg_pixels(content: bytes) -> tuple[int, int] | None:
    """Walk the marker segments to the frame header (ITU T.81, B.2.2)."""
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:  # noqa: PLR2004 - a marker's first byte
        marker = content[position + 1]
        if marker in _JPEG_FRAMES:
            height = int.from_bytes(content[position + 5 : position + 7], "big")
            return int.from_bytes(content[position + 7 : position + 9], "big"), height
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte
            position += 1
        elif marker in _JPEG_WITHOUT_LENGTH:
            position += 2
        else:
            position += 2 + max(2, int.from_bytes(content[position + 2 : position + 4], "big"))
    return None


def _twips(element: etree._Element, name: str) -> int:
    value = str(element.get(w(name), "0"))
    return int(value) if value.isdecimal() else 0
