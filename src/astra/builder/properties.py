"""Document properties: what the acta says of itself, and nothing of who typed the skeleton or where."""

from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from astra.builder.package import DocxPackage
from astra.builder.wordml import legal, w

_CORE: Final = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_CORE_TYPE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
_CORE_RELATION: Final = (
    "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
)
_APP: Final = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_APP_TYPE: Final = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
_APP_RELATION: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties"
)
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def set_properties(
    package: DocxPackage, *, title: str, council: str, identifier: str, created_at: datetime
) -> None:
    """Write the properties anew (Dublin Core, ECMA-376 part 2, 11); `created_at` must be timezone-aware."""
    instant = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    core = (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(legal(title))}</dc:title><dc:creator>{escape(legal(council))}</dc:creator>"
        f"<dc:identifier>{escape(legal(identifier))}</dc:identifier><dc:language>es-CO</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{instant}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{instant}</dcterms:modified></cp:coreProperties>'
    )
    app = f'{_DECLARATION}<Properties xmlns="{_APP}"><Application>ASTRA</Application></Properties>'
    package.set_part("docProps/core.xml", core.encode(), content_type=_CORE_TYPE, relation=_CORE_RELATION)
    package.set_part("docProps/app.xml", app.encode(), content_type=_APP_TYPE, relation=_APP_RELATION)


def forget_attached_template(package: DocxPackage) -> None:
    """Drop the path of the template that the skeleton was typed in, which names a person's folder."""
    name = package.related("settings")
    if name is None or name not in package.parts:
        return
    settings = package.xml(name)
    attached: list[etree._Element] = settings.findall(w("attachedTemplate"))
    for each in attached:
        settings.remove(each)
    if attached:
        package.put_xml(name, settings)
        package.drop_relationship(name, "attachedTemplate")
