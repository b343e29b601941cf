"""Raw samples of any rate, cut anywhere."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.streaming.raw import RawEncoding, RawSound, Resampler
from astra.core.values import Pcm16k


def tone(rate: int, frequency: int, seconds: float = 0.5) -> Pcm16k:
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000])
def test_a_tone_is_the_same_tone_at_the_other_rate(rate: int) -> None:
    resampler = Resampler(rate)
    found = np.concatenate([resampler.resampled(tone(rate, 1_000)), resampler.end()])
    assert len(found) == pytest.approx(8_000, abs=2)
    inner = slice(400, 7_600)
    assert np.abs(found[inner] - tone(16_000, 1_000)[: len(found)][inner]).max() < 0.005


def test_what_a_lower_rate_cannot_hold_is_filtered_out() -> None:
    found = Resampler(48_000).resampled(tone(48_000, 12_000))
    assert np.abs(found[400:-400]).max() < 0.01


@settings(deadline=None, max_examples=30)
@given(
    rate=st.sampled_from([8_000, 16_000, 44_100, 48_000]),
    channels=st.integers(1, 3),
    cuts=st.lists(st.integers(0, 20_000), max_size=8),
)
def test_pieces_may_end_anywhere(rate: int, channels: int, cuts: list[int]) -> None:
    values = np.random.default_rng(1).integers(-20_000, 20_000, (3_000, channels), dtype="<i2")
    data = values.tobytes()
    whole, cut = (RawSound(RawEncoding.LINEAR16, rate, channels) for _ in range(2))
    expected = np.concatenate([whole.samples(data), whole.end()])
    edges = [0, *sorted(min(at, len(data)) for at in cuts), len(data)]
    pieces = [cut.samples(data[start:end]) for start, end in pairwise(edges)]
    assert np.concatenate([*pieces, cut.end()]) == pytest.approx(expected, abs=1e-6)
    assert len(expected) == pytest.approx(3_000 * 16_000 / rate, abs=2)


def test_channels_are_averaged_and_what_is_no_number_is_silence() -> None:
    raw = RawSound(RawEncoding.LINEAR32, 16_000, 2)
    data = np.array([[0.5, -0.1], [np.nan, 0.4], [9.0, 9.0]], dtype="<f4").tobytes()
    assert raw.samples(data) == pytest.approx([0.2, 0.2, 1.0])
    assert len(raw.end()) == 0
