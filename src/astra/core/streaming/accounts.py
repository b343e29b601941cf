"""The coverage ledger of a stream that goes on for hours, in a few bytes a span."""

from array import array
from collections import Counter

from astra.kernel.coverage import Coverage, Span, SpanKind


class StreamLedger:
    """Ledgers laid one after another; about ten bytes for each stretch of text, silence or gap."""

    def __init__(self) -> None:
        self._ends = array("q")
        self._labels = array("H")
        self._known: list[tuple[SpanKind, str]] = []
        self._totals: Counter[SpanKind] = Counter()

    @property
    def duration_ms(self) -> int:
        return self._ends[-1] if self._ends else 0

    def total_ms(self, kind: SpanKind) -> int:
        """Return how many milliseconds are of `kind`."""
        return self._totals[kind]

    def add(self, part: Coverage) -> None:
        """Lay a ledger after the last one."""
        offset_ms = self.duration_ms
        for span in part.spans:
            self._totals[span.kind] += span.duration_ms
            label = self._label(span)
            if self._labels and self._labels[-1] == label:
                self._ends[-1] = offset_ms + span.end_ms
            else:
                self._ends.append(offset_ms + span.end_ms)
                self._labels.append(label)

    @property
    def coverage(self) -> Coverage:
        """All of it; built anew at each call."""
        starts = [0, *self._ends[:-1]]
        labels = (self._known[index] for index in self._labels)
        return Coverage(
            tuple(
                Span(start_ms=start, end_ms=end, kind=kind, reason=reason)
                for start, end, (kind, reason) in zip(starts, self._ends, labels, strict=False)
            )
        )

    def _label(self, span: Span) -> int:
        label = (span.kind, span.reason)
        if label not in self._known:
            self._known.append(label)
        return self._known.index(label)
