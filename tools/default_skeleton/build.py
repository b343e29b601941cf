"""Make the default skeleton: run it, look at the document, commit both."""

import zipfile
from pathlib import Path

from body import blank_story_xml, document_xml, footer_xml, header_xml
from emblem import emblem_png
from style_sheet import styles_xml

TARGET = Path(__file__).parents[2] / "src/astra/builder/skeletons/concejo.docx"

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

_PARTS = {  # part -> (content type, relationship type, relationship id)
    "styles.xml": ("styles+xml", "styles", "rIdStyles"),
    "settings.xml": ("settings+xml", "settings", "rIdSettings"),
    "header1.xml": ("header+xml", "header", "rIdHeader"),
    "header2.xml": ("header+xml", "header", "rIdBlankHeader"),
    "footer1.xml": ("footer+xml", "footer", "rIdFooter"),
    "footer2.xml": ("footer+xml", "footer", "rIdBlankFooter"),
}


def settings_xml() -> str:
    """Return the settings: Word's current layout rules, Spanish separators, no forced update of fields."""
    return (
        f'{_DECLARATION}<w:settings xmlns:w="{_W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="708"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        'w:val="15"/></w:compat><w:themeFontLang w:val="es-CO"/><w:decimalSymbol w:val=","/>'
        '<w:listSeparator w:val=";"/></w:settings>'
    )


def content_types_xml() -> str:
    """Return the content types of all parts."""
    overrides = "".join(
        f'<Override PartName="/word/{name}" ContentType="{_WORD}.{kind}"/>'
        for name, (kind, _, _) in _PARTS.items()
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
        f"{overrides}</Types>"
    )


def relationships_xml(relationships: list[tuple[str, str, str]]) -> str:
    """Return a relationships part; each is (id, type, target)."""
    lines = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in relationships
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def parts() -> dict[str, bytes]:
    """Return every part of the skeleton by name."""
    related = [(name, kind, target) for target, (_, kind, name) in _PARTS.items()]
    emblem = ("rIdEmblem", "image", "media/emblem.png")
    texts = {
        "[Content_Types].xml": content_types_xml(),
        "_rels/.rels": relationships_xml([("rIdDocument", "officeDocument", "word/document.xml")]),
        "word/_rels/document.xml.rels": relationships_xml([*related, emblem]),
        "word/document.xml": document_xml("rIdEmblem"),
        "word/styles.xml": styles_xml(),
        "word/settings.xml": settings_xml(),
        "word/header1.xml": header_xml(),
        "word/header2.xml": blank_story_xml("hdr"),
        "word/footer1.xml": footer_xml(),
        "word/footer2.xml": blank_story_xml("ftr"),
    }
    return {name: text.encode() for name, text in texts.items()} | {"word/media/emblem.png": emblem_png()}


def main() -> None:
    """Write the skeleton, with fixed times so that equal sources give equal bytes."""
    with zipfile.ZipFile(TARGET, "w") as archive:
        for name, content in parts().items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    print(f"{TARGET} · {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
