from collections.abc import Sequence

import numpy as np

from astra.core.engines.halves import heard_in_halves
from astra.core.values import SAMPLE_RATE, Hearing, Pcm16k, Segment


class Ear:
    """Writes how long each sound is, over the whole of it."""

    def __init__(self) -> None:
        self.heard: list[Pcm16k] = []

    def __call__(self, chunks: Sequence[Pcm16k]) -> list[Hearing]:
        self.heard.extend(chunks)
        return [Hearing(segments=(self._segment(len(chunk) // 16),)) for chunk in chunks]

    def _segment(self, length_ms: int) -> Segment:
        return Segment(start_ms=0, end_ms=length_ms, text=f"{length_ms}", confidence=1.0)


def test_a_chunk_is_cut_where_it_is_quietest_and_times_are_from_its_start() -> None:
    chunk = np.ones(10 * SAMPLE_RATE, dtype=np.float32)
    chunk[6 * SAMPLE_RATE : 6 * SAMPLE_RATE + SAMPLE_RATE // 5] = 0
    ear = Ear()
    hearing = heard_in_halves(chunk, ear)
    assert [(segment.start_ms, segment.end_ms) for segment in hearing.segments] == [(0, 6100), (6100, 10_000)]
    assert np.array_equal(np.concatenate(ear.heard), chunk)


def test_silence_at_the_edges_is_no_place_to_cut() -> None:
    chunk = np.ones(8 * SAMPLE_RATE, dtype=np.float32)
    chunk[:SAMPLE_RATE] = 0
    hearing = heard_in_halves(chunk, Ear())
    assert 2000 <= hearing.segments[0].end_ms <= 6000


def test_a_short_chunk_is_heard_whole() -> None:
    ear = Ear()
    heard_in_halves(np.ones(3 * SAMPLE_RATE, dtype=np.float32), ear)
    assert [len(sound) for sound in ear.heard] == [3 * SAMPLE_RATE]
