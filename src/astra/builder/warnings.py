"""The lines of a build report: what degraded to plain text instead of failing."""

from astra.builder.values import BuildWarning


class Warnings:
    """Collects warnings in the order they arise, each once."""

    def __init__(self) -> None:
        self._warnings: dict[BuildWarning, None] = {}

    def add(self, code: str, detail: str) -> None:
        """Note something that gave way; `detail` holds names and ids, never what was said."""
        self._warnings[BuildWarning(code=code, detail=detail)] = None

    def all(self) -> tuple[BuildWarning, ...]:
        return tuple(self._warnings)
