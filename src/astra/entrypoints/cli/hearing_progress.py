"""The progress of hearing a long recording: how far, how fast, how much longer."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from astra.core.values import Progress as Heard


class HearingProgress:
    """A bar over the recording, then the name of each finalizing step."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<22}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[pace]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("Starting", total=None, pace="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def heard(self, progress: Heard) -> None:
        """Show how far CORE is."""
        self._bar.update(
            self._task,
            description="Hearing",
            completed=progress.done_s,
            total=progress.total_s,
            pace=pace_of(progress),
        )

    def doing(self, step: str) -> None:
        """Show a finalizing step."""
        self._bar.update(self._task, description=step.capitalize(), pace="")


def pace_of(progress: Heard) -> str:
    """Return speed and time left, such as "31 x · 4:05 left"."""
    speed = f"{progress.speed:.0f} x" if progress.speed else ""
    if progress.eta_s is None:
        return speed
    minutes, seconds = divmod(round(progress.eta_s), 60)
    return f"{speed} · {minutes}:{seconds:02} left"
