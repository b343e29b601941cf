"""The digest that says exactly which model did the hearing."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_CTRANSLATE2_FILES: Final = frozenset({".bin", ".json", ".txt"})


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 (hex) of a CTranslate2 model; a README beside it does not change what it hears."""
    return files_digest(
        path for path in folder.iterdir() if path.is_file() and path.suffix in _CTRANSLATE2_FILES
    )


def files_digest(paths: Iterable[Path]) -> str:
    """Return a SHA-256 (hex): over each file in order of name, its name, a zero byte, its SHA-256."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        digest.update(path.name.encode() + b"\0" + bytes.fromhex(file_digest(path)))
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 (hex) of one file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
