"""The voice detector against the model it was made from, on real sound."""

from itertools import pairwise

import numpy as np
import pytest
from faster_whisper.vad import VadOptions, get_speech_timestamps, get_vad_model
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.pipeline.voice import stretches_of
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.values import Pcm16k
from astra.samples import load_sample

WINDOW = 512


@pytest.fixture(scope="module")
def sound() -> Pcm16k:
    pieces = PyAvDecoder().pieces(load_sample().audio)
    samples = np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])
    return samples[: len(samples) // WINDOW * WINDOW]


@pytest.fixture(scope="module")
def probabilities(sound: Pcm16k) -> list[float]:
    return SileroVad().stream().probabilities(sound)


def test_its_probabilities_are_those_of_the_published_model(
    sound: Pcm16k, probabilities: list[float]
) -> None:
    published = get_vad_model()(sound.copy())
    assert np.abs(np.array(probabilities) - published).max() < 1e-4


def test_its_stretches_are_those_of_the_published_algorithm(
    sound: Pcm16k, probabilities: list[float]
) -> None:
    options = VadOptions(
        threshold=0.4, min_speech_duration_ms=90, min_silence_duration_ms=250, speech_pad_ms=100
    )
    published = get_speech_timestamps(sound, options)
    ours = stretches_of(probabilities, 32, 0, len(sound) // 16)
    assert len(ours) == len(published)
    for (start, end), theirs in zip(ours, published, strict=True):
        assert start == pytest.approx(theirs["start"] / 16, abs=33)
        assert end == pytest.approx(theirs["end"] / 16, abs=33)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=8))
def test_how_the_sound_is_cut_does_not_matter(
    sound: Pcm16k, probabilities: list[float], lengths: list[int]
) -> None:
    stream = SileroVad().stream()
    edges = np.cumsum([0, *lengths])
    found = [
        probability
        for start, end in pairwise(edges)
        for probability in stream.probabilities(sound[start:end])
    ]
    assert found == pytest.approx(probabilities[: len(found)], abs=1e-4)
    assert len(found) == min(edges[-1], len(sound)) // WINDOW
