"""The coverage ledger: every millisecond of a recording is text, silence or a declared gap."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from astra.kernel.errors import IntegrityError


class SpanKind(StrEnum):
    """What a stretch of sound turned out to be."""

    TEXT = "text"
    SILENCE = "silence"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open stretch `[start_ms, end_ms)` of a recording."""

    start_ms: int
    end_ms: int
    kind: SpanKind
    reason: str = ""  # why it is a gap; empty for text and silence

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    def shifted(self, offset_ms: int) -> "Span":
        return Span(
            start_ms=self.start_ms + offset_ms,
            end_ms=self.end_ms + offset_ms,
            kind=self.kind,
            reason=self.reason,
        )


class CoverageBroken(IntegrityError):
    """The coverage ledger does not account for every millisecond exactly once."""

    code = "coverage_broken"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Contiguous spans from 0 to the recording's end; construction fails with `CoverageBroken` otherwise."""

    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        position = 0
        for span in self.spans:
            if span.start_ms != position or span.end_ms <= span.start_ms:
                raise CoverageBroken(f"coverage breaks at {position} ms: next span is {span}")
            if (span.kind is SpanKind.GAP) != bool(span.reason):
                raise CoverageBroken(f"a gap needs a reason and only a gap has one: {span}")
            position = span.end_ms

    @property
    def duration_ms(self) -> int:
        return self.spans[-1].end_ms if self.spans else 0

    def total_ms(self, kind: SpanKind) -> int:
        """Return how many milliseconds are of `kind`."""
        return sum(span.duration_ms for span in self.spans if span.kind is kind)

    @classmethod
    def of_speech(cls, speech: Iterable[tuple[int, int]], duration_ms: int) -> "Coverage":
        """Build the ledger of a recording with text in `speech` and silence elsewhere.

        `speech` holds (start_ms, end_ms) pairs in any order; they may overlap or stick out.
        """
        spans: list[Span] = []
        position = 0
        for start_ms, end_ms in sorted(speech):
            start, end = max(start_ms, position), min(end_ms, duration_ms)
            if end <= start:
                continue
            if start > position:
                spans.append(Span(start_ms=position, end_ms=start, kind=SpanKind.SILENCE))
            spans.append(Span(start_ms=start, end_ms=end, kind=SpanKind.TEXT))
            position = end
        if position < duration_ms:
            spans.append(Span(start_ms=position, end_ms=duration_ms, kind=SpanKind.SILENCE))
        return cls(tuple(merged(spans)))

    @classmethod
    def gap(cls, duration_ms: int, reason: str) -> "Coverage":
        """Build the ledger of a recording that could not be read at all."""
        return cls((Span(start_ms=0, end_ms=duration_ms, kind=SpanKind.GAP, reason=reason),))

    @classmethod
    def joined(cls, parts: Iterable["Coverage"]) -> "Coverage":
        """Lay ledgers one after another in time."""
        spans: list[Span] = []
        offset_ms = 0
        for part in parts:
            spans.extend(span.shifted(offset_ms) for span in part.spans)
            offset_ms += part.duration_ms
        return cls(tuple(merged(spans)))


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Join neighbours of the same kind and reason."""
    last: Span | None = None
    for span in spans:
        if last and (last.kind, last.reason) == (span.kind, span.reason):
            last = Span(start_ms=last.start_ms, end_ms=span.end_ms, kind=span.kind, reason=span.reason)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last
