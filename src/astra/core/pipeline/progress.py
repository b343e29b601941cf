"""How far a transcription has come, and how fast."""

from collections.abc import Callable

from astra.core.values import Progress


class Stopwatch:
    """Compares the time worked with the sound done."""

    def __init__(self, monotonic: Callable[[], float], total_ms: int | None) -> None:
        self._monotonic = monotonic
        self._started = monotonic()
        self._total_s = None if total_ms is None else total_ms / 1000

    def at(self, done_ms: int) -> Progress:
        """Return the progress when the first `done_ms` are done."""
        done_s = done_ms / 1000
        worked_s = max(self._monotonic() - self._started, 1e-6)
        speed = done_s / worked_s
        left_s = None if self._total_s is None else max(self._total_s - done_s, 0.0)
        eta_s = None if left_s is None or not speed else left_s / speed
        return Progress(done_s=done_s, total_s=self._total_s, speed=speed, eta_s=eta_s)
