"""The acta as other programs see it, and page pictures where LibreOffice fails."""

import io
from pathlib import Path

import docx
import pytest
from docx.table import Table

from astra.builder.errors import PagesUnavailable
from astra.builder.libreoffice_pages import render_pages
from astra.builder.skeletons import inspect
from astra.builder.values import ActaRequest

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


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
