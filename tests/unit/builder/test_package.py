"""The package: reproducible, and careful with what it is given."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astra.builder import package as package_module
from astra.builder.errors import SkeletonInvalid, SkeletonWithoutPlaceholders
from astra.builder.package import DocxPackage
from astra.builder.skeletons import default_skeleton, inspect
from astra.kernel.blocks import Block

Make = Callable[..., Block]
Build = Callable[..., Any]
Skeleton = Callable[[str], bytes]
Pack = Callable[[Mapping[str, bytes | str]], bytes]
Parts = dict[str, bytes | str]


@pytest.fixture
def parts(parts_of_skeleton: Callable[[str], Parts]) -> Parts:
    return parts_of_skeleton(
        '<w:sdt><w:sdtPr><w:tag w:val="LUGAR"/></w:sdtPr><w:sdtContent><w:p/></w:sdtContent></w:sdt>'
    )


def test_the_same_request_gives_the_same_bytes(build: Build, block: Make) -> None:
    blocks = [block("Hola."), block("Adiós.")]
    first, second = build(*blocks).acta, build(*blocks).acta
    assert first == second


def test_entries_have_no_time_and_no_system(build: Build) -> None:
    with zipfile.ZipFile(io.BytesIO(build().acta.docx)) as archive:
        entries = archive.infolist()
    assert {(entry.date_time, entry.create_system) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 0)}
    assert next(entry.filename for entry in entries) == "[Content_Types].xml"


def test_the_properties_say_what_and_when_and_not_who_typed_the_skeleton(
    build: Build, pack: Pack, parts: Parts
) -> None:
    properties = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    author = '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Digitador Uno</dc:creator>'
    parts["docProps/core.xml"] = f'<p:coreProperties xmlns:p="{properties}">{author}</p:coreProperties>'
    acta = build(skeleton=pack(parts), fields={"CONCEJO": "Concejo de X", "LUGAR": "y"}, title="Acta <1>")
    core = acta.parts["docProps/core.xml"].decode()
    assert "<dc:title>Acta &lt;1&gt;</dc:title>" in core
    assert "<dc:creator>Concejo de X</dc:creator>" in core
    assert core.count("2026-11-21T14:30:00Z") == 2
    assert not any(b"Digitador" in part for part in acta.parts.values())


def test_the_path_of_the_attached_template_does_not_leak(build: Build, pack: Pack, parts: Parts) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts["word/settings.xml"] = (
        '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        f'xmlns:r="{office}"><w:attachedTemplate r:id="r1"/></w:settings>'
    )
    parts["word/_rels/settings.xml.rels"] = (
        f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{office}/attachedTemplate" '
        'Target="file:///C:/Users/digitador/acta.dotx" TargetMode="External"/></Relationships>'
    )
    parts["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{office}/settings" '
        'Target="settings.xml"/></Relationships>'
    )
    acta = build(skeleton=pack(parts), fields={"LUGAR": "y"})
    assert not any(b"digitador" in part or b"attachedTemplate" in part for part in acta.parts.values())


def test_a_skeleton_without_content_controls_says_what_to_do(build: Build, skeleton: Skeleton) -> None:
    plain = skeleton("<w:p/>")
    for use in (inspect, lambda docx: build(skeleton=docx)):
        with pytest.raises(SkeletonWithoutPlaceholders, match="content controls; mark its places"):
            use(plain)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a usable DOCX"),
        (b"%PDF-1.7 not a zip", "not a usable DOCX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .doc"),
        (default_skeleton()[:2000], "not a usable DOCX"),
    ],
)
def test_what_is_no_docx_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(SkeletonInvalid, match=message):
        DocxPackage.read(content)


def test_a_zip_that_is_no_word_document_is_refused(pack: Pack, parts: Parts) -> None:
    with pytest.raises(SkeletonInvalid, match="not a usable DOCX"):
        DocxPackage.read(pack({"hola.txt": "hola"}))
    spreadsheet = str(parts["[Content_Types].xml"]).replace(
        "wordprocessingml.document", "spreadsheetml.sheet"
    )
    with pytest.raises(SkeletonInvalid, match="no Word document"):
        DocxPackage.read(pack({**parts, "[Content_Types].xml": spreadsheet}))


def test_macros_are_refused(pack: Pack, parts: Parts) -> None:
    types = str(parts["[Content_Types].xml"])
    docm = types.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    for hostile in ({"[Content_Types].xml": docm}, {"word/vbaProject.bin": b"x"}):
        with pytest.raises(SkeletonInvalid, match="macros"):
            DocxPackage.read(pack({**parts, **hostile}))


def test_a_bomb_is_refused_before_it_is_inflated(
    pack: Pack, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = pack({**parts, "word/media/a.png": b"\0" * (8 * 1024 * 1024)})
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("inflated"))
    with pytest.raises(SkeletonInvalid, match="unpacks to more"):
        DocxPackage.read(bomb)


def test_a_header_that_lies_about_its_size_is_refused(pack: Pack, parts: Parts) -> None:
    honest = pack({**parts, "word/media/a.png": bytes(range(256)) * 40})
    size = struct.pack("<I", 10_240)
    with pytest.raises(SkeletonInvalid):
        DocxPackage.read(honest.replace(size, struct.pack("<I", 16)))


def test_too_many_parts_are_refused(pack: Pack, parts: Parts) -> None:
    many = {f"word/media/{number}.txt": b"" for number in range(package_module.MAX_ENTRIES)}
    with pytest.raises(SkeletonInvalid, match="parts; 2000 are allowed"):
        DocxPackage.read(pack({**parts, **many}))


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "word/../../x", "WORD/DOCUMENT.XML"])
def test_names_that_point_elsewhere_or_twice_are_refused(pack: Pack, parts: Parts, name: str) -> None:
    with pytest.raises(SkeletonInvalid, match=r"outside itself|twice"):
        DocxPackage.read(pack({**parts, name: b"x"}))


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/evil.dtd">',
    ],
)
def test_a_part_with_a_dtd_is_refused(build: Build, pack: Pack, parts: Parts, dtd: str) -> None:
    with pytest.raises(SkeletonInvalid, match="DTD"):
        build(skeleton=pack({**parts, "word/document.xml": dtd + str(parts["word/document.xml"])}))


def test_a_damaged_part_is_named(build: Build, pack: Pack, parts: Parts) -> None:
    with pytest.raises(SkeletonInvalid, match=r"word/document\.xml"):
        build(skeleton=pack({**parts, "word/document.xml": "<w:document"}))


def test_strict_open_xml_is_refused_with_advice(build: Build, pack: Pack, parts: Parts) -> None:
    strict = '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body/></w:document>'
    with pytest.raises(SkeletonInvalid, match="Strict"):
        build(skeleton=pack({**parts, "word/document.xml": strict}))


@given(cut=st.integers(min_value=0, max_value=len(default_skeleton()) - 1), value=st.integers(0, 255))
def test_a_skeleton_with_a_changed_byte_is_read_or_refused(cut: int, value: int) -> None:
    content = bytearray(default_skeleton())
    content[cut] = value
    try:
        inspect(bytes(content))
    except (SkeletonInvalid, SkeletonWithoutPlaceholders):
        return


def test_what_the_skeleton_holds_besides_survives(build: Build, pack: Pack, parts: Parts) -> None:
    acta = build(skeleton=pack({**parts, "customXml/item1.xml": b"<x/>"}), fields={"LUGAR": "y"})
    assert acta.parts["customXml/item1.xml"] == b"<x/>"
