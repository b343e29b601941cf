"""A circuit breaker: a service that fails again and again is left alone for a while.

After Michael Nygard, "Release It!", 2007: closed, open, half open.
"""

import time
from collections.abc import Callable
from threading import Lock


class CircuitBreaker:
    """Counts failures in a row; thread-safe.

    Args:
        failures: after so many in a row the service is left alone …
        rest_s: … for so long; then one call tries it again.
        monotonic: a clock in seconds.
    """

    def __init__(
        self, *, failures: int = 3, rest_s: float = 60.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = failures
        self._rest_s = rest_s
        self._monotonic = monotonic
        self._lock = Lock()
        self._failures = 0
        self._rests_until: float | None = None

    def lets_through(self) -> bool:
        """Tell whether the service may be called now; each call that may ends in one of the two below."""
        with self._lock:
            if self._rests_until is None:
                return True
            if self._monotonic() < self._rests_until:
                return False
            self._rests_until = self._monotonic() + self._rest_s  # for all but this one call
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._rests_until = None

    def failed(self) -> bool:
        """Count a failure; tell whether the rest begins with it."""
        with self._lock:
            self._failures += 1
            begins = self._failures == self._most
            if self._failures >= self._most:
                self._rests_until = self._monotonic() + self._rest_s
            return begins
