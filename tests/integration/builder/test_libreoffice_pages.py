"""The acta as LibreOffice lays it out; conftest.py collects this file where LibreOffice is installed."""

from pathlib import Path

from PIL import Image

from astra.builder.libreoffice_pages import heading_pages, render_pages
from astra.builder.service import Builder
from astra.builder.values import ActaRequest


def test_libreoffice_draws_every_page_as_a_picture(acta_docx: bytes, tmp_path: Path) -> None:
    pages = render_pages(acta_docx, tmp_path / "pages", dots_per_inch=40)
    assert [page.name for page in pages[:2]] == ["page-001.png", "page-002.png"]
    assert len(pages) == 7
    for page in pages:
        with Image.open(page) as picture:
            assert picture.size == (340, 440)
            assert picture.convert("L").getextrema() != (255, 255)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pages"]


def test_the_index_names_the_page_of_each_heading(full_acta_request: ActaRequest) -> None:
    pages: list[int] = []

    def paginate(content: bytes) -> list[int]:
        pages.extend(heading_pages(content))
        return pages

    acta = Builder(paginate=paginate).build(full_acta_request)
    assert acta.report.warnings == ()
    assert len(pages) == 13
    assert pages == sorted(pages)
    assert heading_pages(acta.docx) == pages
