"""How often a live transcription may listen again, so that a slow engine falls behind in partials only."""

from typing import Final

_MOST_CREDIT_MS: Final = 5_000
_MOST_DEBT_MS: Final = 20_000  # more is forgiven, or partials would stay away long after the load has gone


class HearingBudget:
    """A millisecond of sound earns a millisecond of hearing; while there is debt, only finals are heard."""

    def __init__(self) -> None:
        self._credit_ms: float = _MOST_CREDIT_MS

    @property
    def allows_partials(self) -> bool:
        return self._credit_ms >= 0

    def earn(self, duration_ms: float) -> None:
        """Take the length of sound that came."""
        self._credit_ms = min(self._credit_ms + duration_ms, _MOST_CREDIT_MS)

    def spend(self, duration_ms: float) -> None:
        """Take the time that a hearing took."""
        self._credit_ms = max(self._credit_ms - duration_ms, -_MOST_DEBT_MS)
