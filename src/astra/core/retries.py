"""When and how often to ask a service again that does not answer now."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Sleep = Callable[[float], None]  # waits for so many seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Waits that double, with jitter so that many clients do not come back at once."""

    attempts: int = 5
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0

    def wait_s(self, failures: int, asked_s: float | None = None) -> float | None:
        """Return how long to wait after so many failures in a row; None: give up.

        Args:
            failures: 1 or more.
            asked_s: what the service asked for; it is honoured, or given up if it is too long.
        """
        if failures >= self.attempts or (asked_s or 0) > self.longest_wait_s:
            return None
        grown: float = min(self.first_wait_s * 2 ** (failures - 1), self.longest_wait_s)
        return max(asked_s or 0.0, grown * random.uniform(0.5, 1))  # noqa: S311  # jitter is no secret


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a `Retry-After` header, None without a valid one (RFC 9110, section 10.2.3).

    An instant is taken relative to the answer's own `Date`, so that no clock here matters.
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    instant, now = _instant(value), _instant(headers.get("date", ""))
    return max((instant - now).total_seconds(), 0.0) if instant and now else None


def _instant(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value).replace(tzinfo=UTC)  # HTTP's dates are in GMT
    except ValueError:
        return None
