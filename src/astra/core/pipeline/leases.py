"""Models in memory: shared by all who hear at the same time, and given back when nobody has for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer

from astra.core.ports import Engine, LoadedEngine
from astra.core.values import EngineFeatures, EngineIdentity


class SharedEngine:
    """One engine whose model is loaded at the first lease and closed `idle_s` after the last one ends.

    Args:
        engine: what can be loaded.
        idle_s: how long the model stays without a lease; None keeps it until `close`.
    """

    def __init__(self, engine: Engine, idle_s: float | None = None) -> None:
        self._engine = engine
        self._idle_s = idle_s
        self._lock = Lock()
        self._loaded: LoadedEngine | None = None
        self._leases = 0
        self._eviction: Timer | None = None

    @property
    def identity(self) -> EngineIdentity:
        return self._engine.identity

    @property
    def features(self) -> EngineFeatures:
        return self._engine.features

    @property
    def is_loaded(self) -> bool:
        return self._loaded is not None

    @contextmanager
    def lease(self) -> Iterator[LoadedEngine]:
        """Lend the model; raises what `Engine.load` raises."""
        model = self._taken()
        try:
            yield model
        finally:
            self._given_back()

    def close(self) -> None:
        """Close the model unless it is lent; the next lease loads it again."""
        with self._lock:
            self._evict()

    def _taken(self) -> LoadedEngine:
        with self._lock:
            self._stop_waiting()
            if self._loaded is None:
                self._loaded = self._engine.load()
            self._leases += 1
            return self._loaded

    def _given_back(self) -> None:
        with self._lock:
            self._leases -= 1
            if self._leases == 0 and self._idle_s is not None:
                self._eviction = Timer(self._idle_s, self.close)
                self._eviction.daemon = True
                self._eviction.start()

    def _evict(self) -> None:
        self._stop_waiting()
        if self._loaded is not None and self._leases == 0:
            self._loaded.close()
            self._loaded = None

    def _stop_waiting(self) -> None:
        if self._eviction is not None:
            self._eviction.cancel()
            self._eviction = None
