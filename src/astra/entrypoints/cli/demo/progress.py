"""The demo's progress, for somebody who watches."""

from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

DOING: Final = {
    "append": "Hearing the session",
    "finalize": "Closing the session",
    "drain": "Waiting for every chunk",
    "dump": "Writing the session down",
    "build": "Building the acta",
    "seal": "Sealing it",
    "custody": "Taking it into custody",
    "deliver": "Delivering",
    "pages": "Drawing the pages",
}


class DemoProgress:
    """A bar of the seconds of sound taken in, with what is being done."""

    def __init__(self, console: Console, duration_ms: int) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<26}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("s of sound"),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._progress.add_task("Starting the platform", total=duration_ms // 1000)
        self._heard_ms = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def told(self, doing: str, heard_ms: int) -> None:
        """Show what is being done, and count the sound that was taken in."""
        self._heard_ms += heard_ms
        self._progress.update(
            self._task, description=DOING.get(doing, doing), completed=self._heard_ms // 1000
        )
