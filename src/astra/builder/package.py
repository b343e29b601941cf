"""The DOCX package (ECMA-376 part 2, Open Packaging): read with suspicion, written reproducibly."""

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from lxml import etree

from astra.builder.errors import SkeletonInvalid

MAX_ENTRIES: Final = 2_000
MAX_UNCOMPRESSED_BYTES: Final = 200 * 1024 * 1024
MAX_RATIO: Final = 200  # honest XML packs about 20 to 1
RATIO_MATTERS_FROM_BYTES: Final = 1024 * 1024

CONTENT_TYPES: Final = "[Content_Types].xml"
ROOT_RELATIONSHIPS: Final = "_rels/.rels"
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONSHIPS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_MAIN_DOCUMENT: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OFFICE_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_STORY_TYPES: Final = ("document.main+xml", "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_PACKED_ALREADY: Final = (".png", ".jpeg", ".jpg")


@dataclass(slots=True)
class DocxPackage:
    """The parts of a DOCX by name, and where its main document is."""

    parts: dict[str, bytes]
    main: str  # usually word/document.xml

    @classmethod
    def read(cls, docx: bytes) -> "DocxPackage":
        """Open a DOCX.

        Raises:
            SkeletonInvalid: it is no DOCX, is damaged, larger than allowed, or carries macros.
        """
        parts = _inflated(docx)
        if CONTENT_TYPES not in parts or ROOT_RELATIONSHIPS not in parts:
            raise SkeletonInvalid
        package = cls(parts, "")
        package._refuse_macros()
        package.main = package._main_document()
        return package

    def xml(self, name: str) -> etree._Element:
        """Parse a part; entities and DTDs are refused.

        Raises:
            SkeletonInvalid: the part is missing, is not well-formed XML or has a DTD.
        """
        if name not in self.parts:
            raise SkeletonInvalid(f"The skeleton lacks its part {name}; save it again from Word.")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(self.parts[name], parser)
        except etree.XMLSyntaxError as error:
            raise SkeletonInvalid(
                f"Part {name} of the skeleton is damaged; save it again from Word."
            ) from error
        if root.getroottree().docinfo.internalDTD:
            raise SkeletonInvalid(f"The skeleton's part {name} has a DTD, which no DOCX needs; remove it.")
        return root

    def put_xml(self, name: str, root: etree._Element) -> None:
        """Replace a part by the XML of `root`."""
        self.parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def stories(self) -> list[str]:
        """Return the parts that hold text of the pages: document, headers, footers, notes; document first."""
        types = self.xml(CONTENT_TYPES).iter(f"{_TYPES}Override")
        names = {
            str(each.get("PartName", "")).removeprefix("/")
            for each in types
            if str(each.get("ContentType", "")).endswith(_STORY_TYPES)
        }
        return [self.main, *sorted((names & self.parts.keys()) - {self.main})]

    def related(self, relation: str) -> str | None:
        """Return the part that the main document points to by a relation such as `styles`, if any."""
        for each in self._relationships(relationships_name(self.main)):
            if str(each.get("Type", "")).endswith("/" + relation) and each.get("TargetMode") != "External":
                return _resolved(self.main, str(each.get("Target", "")))
        return None

    def add_picture(self, picture: bytes, extension: str) -> str:
        """Add a picture to the main document and return the id of its relationship."""
        number = 1
        while (name := f"word/media/acta{number}.{extension}") in self.parts:
            number += 1
        self.parts[name] = picture
        self._declare_extension(extension, f"image/{extension}")
        target = posixpath.relpath(name, posixpath.dirname(self.main) or ".")
        return self._relate(_OFFICE_RELATION + "image", target)

    def set_part(self, name: str, content: bytes, *, content_type: str, relation: str) -> None:
        """Write a part that the package itself points to, such as its properties."""
        self.parts[name] = content
        types = self.xml(CONTENT_TYPES)
        for each in types.findall(f"{_TYPES}Override"):
            if str(each.get("PartName", "")).lower() == f"/{name}".lower():
                types.remove(each)
        etree.SubElement(types, f"{_TYPES}Override", PartName=f"/{name}", ContentType=content_type)
        self.put_xml(CONTENT_TYPES, types)
        root = self.xml(ROOT_RELATIONSHIPS)
        for each in root.findall(f"{_RELATIONSHIPS}Relationship"):
            if each.get("Type") == relation:
                root.remove(each)
        _add_relationship(root, relation, name)
        self.put_xml(ROOT_RELATIONSHIPS, root)

    def drop_relationship(self, part: str, relation: str) -> None:
        """Remove a part's relationships of a kind, if there are any."""
        name = relationships_name(part)
        if name not in self.parts:
            return
        root = self.xml(name)
        for each in root.findall(f"{_RELATIONSHIPS}Relationship"):
            if str(each.get("Type", "")).endswith("/" + relation):
                root.remove(each)
        self.put_xml(name, root)

    def to_bytes(self) -> bytes:
        """Write the package: fixed order and times, so that equal parts give equal bytes."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in sorted(self.parts, key=lambda name: (name != CONTENT_TYPES, name)):
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.create_system = 0
                packed = name.lower().endswith(_PACKED_ALREADY)
                entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                archive.writestr(entry, self.parts[name])
        return buffer.getvalue()

    def _refuse_macros(self) -> None:
        declared = self.parts[CONTENT_TYPES].lower()
        if b"macroenabled" in declared or any(name.lower().endswith("vbaproject.bin") for name in self.parts):
            raise SkeletonInvalid("The skeleton carries macros; save it as .docx, without macros.")

    def _main_document(self) -> str:
        types = {
            str(each.get("PartName", "")): str(each.get("ContentType", ""))
            for each in self.xml(CONTENT_TYPES).iter(f"{_TYPES}Override")
        }
        for each in self._relationships(ROOT_RELATIONSHIPS):
            if str(each.get("Type", "")).endswith("/officeDocument"):
                name = str(each.get("Target", "")).removeprefix("/")
                if types.get(f"/{name}") == _MAIN_DOCUMENT and name in self.parts:
                    return name
        raise SkeletonInvalid("The skeleton is no Word document; save it from Word or LibreOffice as .docx.")

    def _relationships(self, name: str) -> list[etree._Element]:
        if name not in self.parts:
            return []
        return self.xml(name).findall(f"{_RELATIONSHIPS}Relationship")

    def _relate(self, relation: str, target: str) -> str:
        name = relationships_name(self.main)
        root = self.xml(name) if name in self.parts else etree.Element(f"{_RELATIONSHIPS}Relationships")
        identifier = _add_relationship(root, relation, target)
        self.put_xml(name, root)
        return identifier

    def _declare_extension(self, extension: str, content_type: str) -> None:
        types = self.xml(CONTENT_TYPES)
        declared = {str(each.get("Extension", "")).lower() for each in types.iter(f"{_TYPES}Default")}
        if extension not in declared:
            types.insert(0, etree.Element(f"{_TYPES}Default", Extension=extension, ContentType=content_type))
            self.put_xml(CONTENT_TYPES, types)


def relationships_name(part: str) -> str:
    """Return the name of the part that holds another part's relationships."""
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels".removeprefix("/")


def _add_relationship(root: etree._Element, relation: str, target: str) -> str:
    taken = {each.get("Id") for each in root}
    number = 1
    while (identifier := f"rIdActa{number}") in taken:
        number += 1
    etree.SubElement(root, f"{_RELATIONSHIPS}Relationship", Id=identifier, Type=relation, Target=target)
    return identifier


def _resolved(part: str, target: str) -> str:
    if target.startswith("/"):
        return target.removeprefix("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def _inflated(docx: bytes) -> dict[str, bytes]:
    if docx.startswith(b"\xd0\xcf\x11\xe0"):
        raise SkeletonInvalid("The skeleton is an old .doc or has a password; save it as a plain .docx.")
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            _refuse_bombs(archive)
            return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise SkeletonInvalid from error


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES:
        raise SkeletonInvalid(f"The skeleton has {len(entries)} parts; {MAX_ENTRIES} are allowed.")
    if len({name.lower() for name in names}) != len(names):
        raise SkeletonInvalid("The skeleton holds a part twice; save it again from Word.")
    if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
        raise SkeletonInvalid("The skeleton names parts outside itself; save it again from Word.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise SkeletonInvalid("The skeleton has a password; remove it and save again.")
    if sum(entry.file_size for entry in entries) > MAX_UNCOMPRESSED_BYTES or any(map(_is_bomb, entries)):
        raise SkeletonInvalid("The skeleton unpacks to more than is allowed; make its pictures smaller.")


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    big = entry.file_size > RATIO_MATTERS_FROM_BYTES
    return big and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
