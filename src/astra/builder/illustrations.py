"""Pictures of a session put into the acta, with their captions."""

from collections.abc import Mapping

from lxml import etree

from astra.builder.package import DocxPackage
from astra.builder.pictures import drawing, fitted, frame_of, next_drawing_number, recognised
from astra.builder.roles import Role
from astra.builder.styles import RoleStyles
from astra.builder.warnings import Warnings
from astra.builder.wordml import paragraph, paragraph_properties
from astra.kernel.blocks import Block
from astra.kernel.ids import AssetId


class Illustrations:
    """Adds to the package the pictures that blocks show, and only those."""

    def __init__(
        self,
        *,
        package: DocxPackage,
        document: etree._Element,
        images: Mapping[AssetId, bytes],
        styles: RoleStyles,
        warnings: Warnings,
    ) -> None:
        self._package = package
        self._images = images
        self._styles = styles
        self._warnings = warnings
        self._frame = frame_of(document)
        self._number = next_drawing_number(document)
        self._relationships: dict[AssetId, str] = {}

    def render(self, block: Block) -> list[str]:
        """Return the picture's paragraph and its caption's; what cannot be shown leaves its words."""
        alt, caption = _text(block, "alt"), _text(block, "caption")
        asset_id = AssetId(_text(block, "asset_id"))
        shown = self._drawing(asset_id, alt or caption)
        if shown is None:
            words = caption or alt or block.current_text or "Imagen no disponible"
            return [paragraph(f"[{words}]", self._styles.id_of(Role.NOTE))]
        style = paragraph_properties(self._styles.id_of(Role.PICTURE))
        picture = f"<w:p>{style}{shown}</w:p>"
        return [picture, paragraph(caption, self._styles.id_of(Role.CAPTION))] if caption else [picture]

    def _drawing(self, asset_id: AssetId, alt: str) -> str | None:
        content = self._images.get(asset_id)
        if content is None:
            self._warnings.add("missing_image", asset_id)
            return None
        picture = recognised(content)
        if picture is None:
            self._warnings.add("unsupported_image", asset_id)
            return None
        if asset_id not in self._relationships:
            self._relationships[asset_id] = self._package.add_picture(content, picture.extension)
        run = drawing(self._relationships[asset_id], fitted(picture.size, self._frame), alt, self._number)
        self._number += 1
        return run


def _text(block: Block, name: str) -> str:
    value = block.data.get(name)
    return value if isinstance(value, str) else ""
