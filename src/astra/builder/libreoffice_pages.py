"""Pages drawn by LibreOffice: DOCX to PDF headless, then PDF to PNG with PDFium."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from astra.builder.errors import PagesUnavailable

PROGRAMS: Final = ("soffice", "libreoffice")
POINTS_PER_INCH: Final = 72


def render_pages(
    docx: bytes, folder: Path, *, dots_per_inch: int = 110, timeout_s: float = 120
) -> list[Path]:
    """Write `page-001.png` and so on into `folder`, which is made if needed, and return them in order.

    Raises:
        PagesUnavailable: LibreOffice is not on the PATH, failed, or took longer than `timeout_s`.
    """
    with tempfile.TemporaryDirectory(prefix="astra-pages-") as work:
        pdf = _to_pdf(docx, Path(work), timeout_s)
        folder.mkdir(parents=True, exist_ok=True)
        return _to_pictures(pdf, folder, dots_per_inch)


def heading_pages(docx: bytes, *, timeout_s: float = 90) -> list[int]:
    """Return the page of each heading, in order, the cover being page 1.

    Raises:
        PagesUnavailable: LibreOffice is not on the PATH, failed, or took longer than `timeout_s`.
    """
    import pypdfium2  # noqa: PLC0415 - a heavy library that only a laid-out document needs

    with tempfile.TemporaryDirectory(prefix="astra-pages-") as work:
        pdf = _to_pdf(docx, Path(work), timeout_s)
        with pypdfium2.PdfDocument(pdf) as document:
            places = [bookmark.get_dest() for bookmark in document.get_toc()]
            return [place.get_index() + 1 for place in places if place is not None]


def _to_pdf(docx: bytes, work: Path, timeout_s: float) -> Path:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise PagesUnavailable
    source, pdf = work / "acta.docx", work / "acta.pdf"
    source.write_bytes(docx)
    command = [
        program,
        f"-env:UserInstallation={(work / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(work),
        str(source),
    ]
    _run(command, timeout_s)
    if not pdf.exists():
        raise PagesUnavailable("LibreOffice could not read the document; open it there to see why.")
    return pdf


def _run(command: list[str], timeout_s: float) -> None:
    """Run LibreOffice in a process group of its own, so that a timeout leaves none of it behind."""
    with subprocess.Popen(  # noqa: S603 - a fixed program and paths of our own making
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            _kill_group(process)
            raise PagesUnavailable(f"LibreOffice took longer than {timeout_s:g} s; try again.") from error


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _to_pictures(pdf: Path, folder: Path, dots_per_inch: int) -> list[Path]:
    import pypdfium2  # noqa: PLC0415 - a heavy library that only page pictures need

    pages: list[Path] = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            page = document[number]
            path = folder / f"page-{number + 1:03}.png"
            page.render(scale=dots_per_inch / POINTS_PER_INCH).to_pil().save(path)
            pages.append(path)
            page.close()
    return pages
