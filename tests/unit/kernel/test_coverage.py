import pytest
from hypothesis import given
from hypothesis import strategies as st

from astra.kernel.coverage import Coverage, CoverageBroken, Span, SpanKind

STRETCHES = st.lists(st.tuples(st.integers(-50, 500), st.integers(-50, 500)), max_size=12)
DURATIONS = st.integers(0, 400)


@given(STRETCHES, DURATIONS)
def test_every_millisecond_is_text_or_silence_exactly_once(
    speech: list[tuple[int, int]], duration_ms: int
) -> None:
    coverage = Coverage.of_speech(speech, duration_ms)
    assert sum(coverage.total_ms(kind) for kind in SpanKind) == duration_ms
    assert coverage.duration_ms == duration_ms
    voiced = {ms for start, end in speech for ms in range(max(start, 0), min(end, duration_ms))}
    assert coverage.total_ms(SpanKind.TEXT) == len(voiced)


@given(st.lists(st.tuples(STRETCHES, DURATIONS), max_size=5))
def test_joined_ledgers_last_as_long_as_their_parts(
    parts: list[tuple[list[tuple[int, int]], int]],
) -> None:
    ledgers = [Coverage.of_speech(speech, duration_ms) for speech, duration_ms in parts]
    whole = Coverage.joined(ledgers)
    assert whole.duration_ms == sum(ledger.duration_ms for ledger in ledgers)
    for kind in SpanKind:
        assert whole.total_ms(kind) == sum(ledger.total_ms(kind) for ledger in ledgers)


@pytest.mark.parametrize(
    "spans",
    [
        (Span(start_ms=5, end_ms=9, kind=SpanKind.TEXT),),
        (
            Span(start_ms=0, end_ms=9, kind=SpanKind.TEXT),
            Span(start_ms=8, end_ms=12, kind=SpanKind.SILENCE),
        ),
        (Span(start_ms=0, end_ms=0, kind=SpanKind.TEXT),),
        (Span(start_ms=0, end_ms=9, kind=SpanKind.GAP),),
        (Span(start_ms=0, end_ms=9, kind=SpanKind.TEXT, reason="noise"),),
    ],
)
def test_a_ledger_that_skips_repeats_or_explains_wrongly_is_refused(spans: tuple[Span, ...]) -> None:
    with pytest.raises(CoverageBroken):
        Coverage(spans)
