"""How a command ends: its exit code, and one line that says what went wrong and the way out."""

import signal
import sys
from collections.abc import Callable
from typing import Final

import typer

from astra.kernel.errors import (
    AstraError,
    Conflict,
    IntegrityError,
    InvalidInput,
    NotFound,
    Unavailable,
)

EXIT_CODES: Final[tuple[tuple[type[AstraError], int], ...]] = (
    (InvalidInput, 2),
    (NotFound, 3),
    (Conflict, 4),
    (Unavailable, 5),
    (IntegrityError, 6),
)
DEFECT: Final = 1
INTERRUPTED: Final = 130


class FileMissing(NotFound):
    """There is no such file; check its name."""

    code = "file_missing"


class FileUnusable(InvalidInput):
    """The file cannot be read or written; check its permissions and the disk's free space."""

    code = "file_unusable"


def explained(command: Callable[[], int]) -> None:
    """Run a command and leave with its exit code; an error becomes one line.

    SIGTERM ends it as Ctrl-C does: servers are stopped and temporary folders removed.
    """
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        code = command()
    except AstraError as error:
        fail(str(error), exit_code_of(error))
    except FileNotFoundError as error:
        fail(f"there is no file {error.filename}; check its name", exit_code_of(FileMissing()))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        way_out = "check its permissions and the disk's free space"
        fail(f"{error.filename or 'a file'}: {reason}; {way_out}", exit_code_of(FileUnusable()))
    except KeyboardInterrupt:
        fail("stopped", INTERRUPTED)
    raise typer.Exit(code)


def fail(message: str, code: int) -> None:
    """Print the error and leave."""
    sys.stderr.write(f"astra: {' '.join(message.split())}\n")
    raise typer.Exit(code)


def exit_code_of(error: AstraError) -> int:
    """Return the exit code of the error's family."""
    return next((code for family, code in EXIT_CODES if isinstance(error, family)), DEFECT)
