import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.ledger import MISSING
from astra.core.pipeline.chunking import LONGEST_CHUNK_MS, Chunk, Chunker, pause_in
from astra.core.values import MissingSound, Pcm16k

Layout = list[tuple[str, int]]  # what, ms
layouts = st.lists(
    st.tuples(st.sampled_from(["voice", "silence", "gap"]), st.integers(1, 40_000)), min_size=1, max_size=8
)


class Everywhere:
    """Finds voice wherever the sound is not zero."""

    window_ms = 1

    def stream(self) -> "Everywhere":
        return self

    def probabilities(self, sound: Pcm16k) -> list[float]:
        return [float(sample > 0) for sample in sound[::16]]


def pieces_of(layout: Layout) -> list[Pcm16k | MissingSound]:
    return [
        MissingSound(samples=ms * 16, reason=MISSING)
        if what == "gap"
        else np.full(ms * 16, 0.5 if what == "voice" else 0.0, dtype=np.float32)
        for what, ms in layout
    ]


def chunks_of(layout: Layout, cuts: list[int] | None = None) -> list[Chunk]:
    return list(Chunker(Everywhere(), cuts or []).chunks(pieces_of(layout)))


@settings(deadline=None, max_examples=60)
@given(layouts, st.lists(st.integers(1, 120_000), max_size=4))
def test_chunks_follow_one_another_and_account_for_the_whole_recording(
    layout: Layout, cuts: list[int]
) -> None:
    chunks = chunks_of(layout, cuts)
    position = 0
    for chunk in chunks:
        assert chunk.start_ms == position
        assert chunk.duration_ms > 0
        position += chunk.duration_ms
    assert position == sum(ms for _, ms in layout)


@settings(deadline=None, max_examples=60)
@given(layouts)
def test_no_chunk_with_sound_is_longer_than_the_engines_window(layout: Layout) -> None:
    for chunk in chunks_of(layout):
        assert chunk.duration_ms <= LONGEST_CHUNK_MS or not len(chunk.audio)
        assert all(0 <= start < end <= chunk.duration_ms for start, end in chunk.speech)
        assert all(0 <= start < end <= chunk.duration_ms for start, end, _ in chunk.gaps)


def test_a_cut_falls_in_the_longest_late_pause_of_the_window() -> None:
    sentences: Layout = [
        ("voice", 9_000),
        ("silence", 1_500),
        ("voice", 10_000),
        ("silence", 800),
        ("voice", 4_000),
        ("silence", 500),
        ("voice", 20_000),
    ]
    first, *_ = chunks_of(sentences)
    assert first.duration_ms == 9_000 + 1_500 + 10_000 + 400


def test_a_given_time_is_a_cut_to_the_millisecond() -> None:
    chunks = chunks_of([("voice", 20_000)], cuts=[7_123])
    assert [chunk.duration_ms for chunk in chunks] == [7_123, 12_877]


def test_speech_without_a_pause_is_cut_at_the_end_of_the_window() -> None:
    assert pause_in([(0, 30_000)], 30_000) == 30_000


def test_a_short_gap_stays_inside_its_chunk_and_a_long_one_is_a_chunk_of_its_own() -> None:
    short = chunks_of([("voice", 2_000), ("gap", 300), ("voice", 2_000)])
    long = chunks_of([("voice", 2_000), ("gap", 5_000), ("voice", 2_000)])
    assert [(chunk.duration_ms, chunk.gaps) for chunk in short] == [(4_300, ((2_000, 2_300, MISSING),))]
    assert [chunk.gaps for chunk in long] == [(), ((0, 5_000, MISSING),), ()]


def test_an_hour_is_cut_in_memory_that_does_not_grow() -> None:
    chunker = Chunker(Everywhere())
    hour = (np.full(16_000, 0.5 * (second % 7 > 0), dtype=np.float32) for second in range(3_600))
    total_ms = 0
    for chunk in chunker.chunks(hour):
        total_ms += chunk.duration_ms
        assert len(chunker._buffer) <= LONGEST_CHUNK_MS * 16 + 16_000
        assert len(chunker._voice._probabilities) <= LONGEST_CHUNK_MS + 1_000
    assert total_ms == 3_600_000
