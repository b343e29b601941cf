"""The builder: blocks, skeleton and maps to the council's own DOCX."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from lxml import etree

from astra.builder.errors import PagesUnavailable, SkeletonInvalid, SkeletonWithoutPlaceholders
from astra.builder.filling import Story, usable_tables
from astra.builder.illustrations import Illustrations
from astra.builder.index import write_index
from astra.builder.package import DocxPackage
from astra.builder.placement import END_OF_BODY, place
from astra.builder.ports import Paginator
from astra.builder.properties import forget_attached_template, set_properties
from astra.builder.rendering import ZoneRenderer
from astra.builder.styles import RoleStyles, Stylesheet
from astra.builder.values import Acta, ActaRequest, BuildReport
from astra.builder.warnings import Warnings
from astra.builder.wordml import parsed, w
from astra.kernel.blocks import Visibility

COUNCIL_FIELD: Final = "CONCEJO"
STRICT: Final = (
    "The skeleton has no body that Word's usual format knows; save it as .docx, not as Strict Open XML."
)


class Builder:
    """Fills skeletons. It keeps nothing between builds and may be shared between threads.

    With a `paginate`, the index carries page numbers, at the cost of laying the document out once; without,
    or when that fails (which the report says), the index is a list of links.
    """

    def __init__(self, *, paginate: Paginator | None = None) -> None:
        self._paginate = paginate

    def build(self, request: ActaRequest) -> Acta:
        """Make the acta: equal requests give equal bytes.

        What the skeleton does not provide for degrades to plain text, with a line in the report.

        Raises:
            SkeletonInvalid: the skeleton is no DOCX, is damaged, too large, or carries macros.
            SkeletonWithoutPlaceholders: it has no content controls to fill.
        """
        warnings = Warnings()
        docx, is_index_complete = _built(request, (), warnings)
        if self._paginate is not None and not is_index_complete:
            docx, is_index_complete = _built(request, self._pages(docx), warnings)
            if not is_index_complete:
                warnings.add("index_without_pages", "")
        return Acta(docx=docx, report=_report(request, warnings))

    def _pages(self, docx: bytes) -> Sequence[int]:
        if self._paginate is None:
            return ()
        try:
            return self._paginate(docx)
        except PagesUnavailable:
            return ()


def _built(request: ActaRequest, pages: Sequence[int], warnings: Warnings) -> tuple[bytes, bool]:
    """Return the document, and whether its index lacks nothing."""
    package = DocxPackage.read(request.skeleton)
    stories = _stories(package, request, warnings)
    document = stories.pop(package.main)
    stylesheet = Stylesheet.of(package)
    _fill_document(package, document, request, stylesheet, warnings)
    is_index_complete = write_index(document.root, stylesheet, pages)
    package.put_xml(package.main, document.root)
    for name, story in stories.items():
        if not story.is_empty:
            story.fill(rows={}, render=_nothing, values=request.fields, warnings=warnings)
            package.put_xml(name, story.root)
    forget_attached_template(package)
    set_properties(
        package,
        title=request.title,
        council=request.fields.get(COUNCIL_FIELD, ""),
        identifier=request.session_id,
        created_at=request.created_at,
    )
    return package.to_bytes(), is_index_complete


def _stories(package: DocxPackage, request: ActaRequest, warnings: Warnings) -> dict[str, Story]:
    targets = frozenset(block.target_placeholder for block in request.blocks) - request.fields.keys()
    stories = {
        name: Story.read(package.xml(name), targets if name == package.main else frozenset(), warnings)
        for name in package.stories()
    }
    if stories[package.main].root.find(w("body")) is None:
        raise SkeletonInvalid(STRICT)
    if all(story.is_empty for story in stories.values()):
        raise SkeletonWithoutPlaceholders
    return stories


def _fill_document(
    package: DocxPackage, story: Story, request: ActaRequest, stylesheet: Stylesheet, warnings: Warnings
) -> None:
    styles = RoleStyles(stylesheet, request.style_map, warnings)
    illustrations = Illustrations(
        package=package, document=story.root, images=request.images, styles=styles, warnings=warnings
    )
    renderer = ZoneRenderer(
        templates=request.templates, styles=styles, illustrations=illustrations, warnings=warnings
    )
    tables = usable_tables(story, warnings)
    placement = place(request.blocks, zones=story.zones, tables=tables, warnings=warnings)

    def render(tag: str) -> str:
        return renderer.render(placement.zones.get(tag, ()))

    story.fill(rows=placement.tables, render=render, values=request.fields, warnings=warnings)
    _append(story.root, render(END_OF_BODY))


def _append(document: etree._Element, paragraphs: str) -> None:
    """Put paragraphs at the end of the body, before the properties of its last section."""
    body = document.find(w("body"))
    if body is None:
        return
    section = body.find(w("sectPr"))
    place_of_end = len(body) if section is None else body.index(section)
    body[place_of_end:place_of_end] = parsed(paragraphs)


def _nothing(_tag: str) -> str:
    return ""


def _report(request: ActaRequest, warnings: Warnings) -> BuildReport:
    counts = Counter(str(block.type) for block in request.blocks)
    return BuildReport(
        blocks_by_type=dict(sorted(counts.items())),
        restricted_blocks=sum(block.visibility is Visibility.RESTRICTED for block in request.blocks),
        warnings=warnings.all(),
    )
