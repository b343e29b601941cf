"""Small skeletons and requests, and a way to read what was built."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest
from lxml import etree

from astra.builder.service import Builder
from astra.builder.skeletons import default_configuration, default_skeleton
from astra.builder.values import Acta, ActaRequest
from astra.kernel.blocks import Block, BlockType
from astra.kernel.ids import BlockId, SessionId

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unzipped(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def skeleton_parts(body: str) -> dict[str, bytes | str]:
    """The least a DOCX can be, with `body` inside."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{_WORD}.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONSHIPS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
    }


def control(tag: str, content: str, properties: str = "") -> str:
    tagged = f'<w:sdtPr><w:tag w:val="{tag}"/>{properties}</w:sdtPr>'
    return f"<w:sdt>{tagged}<w:sdtContent>{content}</w:sdtContent></w:sdt>"


@dataclass(frozen=True)
class Reading:
    """What stands in a built acta."""

    acta: Acta

    @property
    def document(self) -> etree._Element:
        return etree.fromstring(self.parts["word/document.xml"])

    @property
    def parts(self) -> dict[str, bytes]:
        return unzipped(self.acta.docx)

    @property
    def warnings(self) -> list[str]:
        return [warning.code for warning in self.acta.report.warnings]

    def lines(self, tag: str | None = None) -> list[str]:
        """The paragraphs of a content control, or of the whole document."""
        return [text for _, text in self.styled(tag)]

    def styled(self, tag: str | None = None) -> list[tuple[str, str]]:
        """Style id and text of each paragraph."""
        root = self.document if tag is None else self.control(tag)
        return [(style_of(each), text_of(each)) for each in root.iter(f"{{{W}}}p")]

    def control(self, tag: str) -> etree._Element:
        found = self.document.xpath(f"//w:sdt[w:sdtPr/w:tag/@w:val='{tag}']", namespaces={"w": W})
        assert len(found) == 1, f"{tag}: {len(found)}"
        return found[0]

    def has(self, tag: str) -> bool:
        return f'w:val="{tag}"'.encode() in self.parts["word/document.xml"]


def style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{{{W}}}pPr/{{{W}}}pStyle")
    return "" if style is None else style.get(f"{{{W}}}val")


def text_of(paragraph: etree._Element) -> str:
    pieces = (piece for run in paragraph.iter(f"{{{W}}}r") for piece in run)
    return "".join(
        (piece.text or "") if piece.tag == f"{{{W}}}t" else "|"
        for piece in pieces
        if piece.tag in {f"{{{W}}}t", f"{{{W}}}tab", f"{{{W}}}br"}
    )


Build = Callable[..., Reading]


@pytest.fixture
def build() -> Build:
    """Builds an acta from blocks and what differs from the default configuration."""

    def build(*blocks: Block, **changes: object) -> Reading:
        configuration = default_configuration()
        request = {
            "session_id": SessionId("session"),
            "title": "Acta 1",
            "skeleton": default_skeleton(),
            "style_map": configuration.style_map,
            "templates": configuration.templates,
            "fields": {},
            "blocks": blocks,
            "created_at": datetime(2026, 11, 21, 14, 30, tzinfo=UTC),
        }
        return Reading(Builder().build(ActaRequest(**{**request, **changes})))  # type: ignore[arg-type]

    return build


MakeBlock = Callable[..., Block]


@pytest.fixture
def block() -> MakeBlock:
    """Makes blocks, numbered as they come; plain text of the debate unless told otherwise."""
    numbers = count()

    def block(text: str = "", **changes: object) -> Block:
        number = next(numbers)
        values = {
            "block_id": BlockId(f"b{number}"),
            "sequence_id": number,
            "position": 0,
            "type": BlockType.TEXT,
            "text": text,
            "target_placeholder": "ZONE_DEBATE",
        }
        return Block(**{**values, **changes})  # type: ignore[arg-type]

    return block


@pytest.fixture
def skeleton() -> Callable[[str], bytes]:
    """Makes a minimal skeleton around a body."""
    return lambda body: zipped(skeleton_parts(body))


@pytest.fixture
def parts_of_skeleton() -> Callable[[str], dict[str, bytes | str]]:
    return skeleton_parts


@pytest.fixture
def pack() -> Callable[[Mapping[str, bytes | str]], bytes]:
    return zipped


@pytest.fixture
def content_control() -> Callable[..., str]:
    return control
