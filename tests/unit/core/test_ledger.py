from hypothesis import given
from hypothesis import strategies as st

from astra.core.ledger import DAMAGED, UNRECOGNISED, UNTRUSTED, account
from astra.kernel.coverage import SpanKind

stretch = st.tuples(st.integers(-500, 40_000), st.integers(-500, 40_000))
stretches = st.lists(stretch, max_size=6)


@given(st.integers(1, 30_000), stretches, stretches, stretches)
def test_whatever_was_heard_every_millisecond_is_accounted_for_once(
    duration_ms: int, text: list[tuple[int, int]], speech: list[tuple[int, int]], gaps: list[tuple[int, int]]
) -> None:
    declared = [(start, end, DAMAGED) for start, end in gaps]
    coverage = account(duration_ms=duration_ms, text=text, speech=speech, gaps=declared)
    assert sum(span.duration_ms for span in coverage.spans) == duration_ms
    assert sum(coverage.total_ms(kind) for kind in SpanKind) == duration_ms


def test_a_gap_is_never_hidden_by_text() -> None:
    coverage = account(duration_ms=1_000, text=[(0, 1_000)], speech=[], gaps=[(200, 300, DAMAGED)])
    assert [(span.start_ms, span.kind, span.reason) for span in coverage.spans] == [
        (0, SpanKind.TEXT, ""),
        (200, SpanKind.GAP, DAMAGED),
        (300, SpanKind.TEXT, ""),
    ]


def test_a_voice_without_words_is_declared() -> None:
    coverage = account(duration_ms=10_000, text=[(0, 2_000)], speech=[(0, 2_100), (4_000, 7_000)])
    assert [(span.start_ms, span.end_ms) for span in coverage.spans if span.reason == UNRECOGNISED] == [
        (4_000, 7_000)
    ]


def test_an_answer_that_nobody_wrote_is_a_gap_and_the_edge_of_a_word_is_none() -> None:
    coverage = account(duration_ms=5_000, text=[(0, 900)], speech=[(0, 1_400), (3_000, 3_500)])
    assert coverage.total_ms(SpanKind.GAP) == 500
    assert coverage.total_ms(SpanKind.SILENCE) == 3_600


def test_words_taken_out_are_a_gap_however_short() -> None:
    coverage = account(duration_ms=5_000, text=[(0, 900)], speech=[], untrusted=[(800, 950)])
    assert [(span.start_ms, span.end_ms) for span in coverage.spans if span.reason == UNTRUSTED] == [
        (900, 950)
    ]


def test_a_click_is_silence() -> None:
    coverage = account(duration_ms=5_000, text=[], speech=[(1_000, 1_300)])
    assert coverage.total_ms(SpanKind.SILENCE) == 5_000
