"""What BUILDER needs from outside."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class PageRenderer(Protocol):
    """Draws the pages of a document as pictures."""

    def __call__(self, docx: bytes, folder: Path) -> list[Path]:
        """Write one PNG a page into `folder` and return them in order.

        Raises:
            PagesUnavailable: the program that draws pages is missing or failed.
        """
        ...


class Paginator(Protocol):
    """Lays a document out and tells where its headings are."""

    def __call__(self, docx: bytes) -> Sequence[int]:
        """Return the page of each paragraph with an outline level, in order, the cover being page 1.

        Raises:
            PagesUnavailable: the program that lays documents out is missing or failed.
        """
        ...
