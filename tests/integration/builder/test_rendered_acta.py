"""The acta as the programs that open it see it: python-docx and LibreOffice."""

import io
from pathlib import Path

import docx
import pytest
from docx.table import Table
from PIL import Image

from astra.builder.errors import PagesUnavailable
from astra.builder.libreoffice_pages import heading_pages, render_pages
from astra.builder.service import Builder
from astra.builder.skeletons import inspect
from astra.builder.values import ActaRequest

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def acta_docx(full_acta_request: ActaRequest) -> bytes:
    acta = Builder().build(full_acta_request)
    assert acta.report.warnings == ()
    return acta.docx


def test_the_acta_opens_with_python_docx(acta_docx: bytes) -> None:
    document = docx.Document(io.BytesIO(acta_docx))
    tables = [Table(element, document) for element in document.element.body.iter(f"{W}tbl")]
    attendance, votes = (table for table in tables if len(table.columns) == 2)
    assert len(attendance.rows) == 1 + 11
    assert len(votes.rows) == 1 + 10
    properties = document.core_properties
    assert properties.title == "Acta 349 · Concejo Municipal de Villa Serena"
    assert properties.author == "Concejo Municipal de Villa Serena"
    assert {style.name for style in document.styles} >= {"Acta Cita", "Acta Intervención", "Acta Punto"}


def test_a_finished_acta_can_be_filled_again(full_acta_request: ActaRequest, acta_docx: bytes) -> None:
    before, after = inspect(full_acta_request.skeleton), inspect(acta_docx)
    assert (after.fields, after.zones, after.tables) == (before.fields, before.zones, before.tables)


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


def test_without_libreoffice_the_pages_are_unavailable(
    acta_docx: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PagesUnavailable, match="install it"):
        render_pages(acta_docx, tmp_path)


def test_a_libreoffice_that_hangs_is_stopped_with_all_it_started(
    acta_docx: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\n/bin/sleep 60 &\necho $! > {tmp_path}/pid\nwait\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PagesUnavailable, match="longer than"):
        render_pages(acta_docx, tmp_path / "pages", timeout_s=0.5)
    child = Path("/proc") / (tmp_path / "pid").read_text().strip() / "stat"
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_a_libreoffice_that_makes_nothing_is_reported(
    acta_docx: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PagesUnavailable, match="could not read"):
        render_pages(acta_docx, tmp_path / "pages")
