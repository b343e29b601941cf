import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.diarization.embedded_voices import sound_of, windows_of
from astra.core.diarization.nemo_sortformer import NemoSortformer
from astra.core.diarization.nemo_titanet import NemoTitanet
from astra.core.diarization.pyannote_diarizer import PyannoteDiarizer, voices_of
from astra.core.errors import EngineUnavailable
from astra.core.pipeline.chunking import Chunk


@settings(deadline=None, max_examples=50)
@given(start=st.integers(0, 5_000), length=st.integers(1, 20_000))
def test_windows_own_their_stretch_without_a_hole_and_hear_nothing_else(start: int, length: int) -> None:
    windows = list(windows_of((start, start + length)))
    edges = [start, *(window.owns[1] for window in windows)]
    assert [window.owns for window in windows] == list(pairwise(edges))
    assert edges[-1] == start + length
    for window in windows:
        assert start <= window.hears[0] < window.hears[1] <= start + length
        assert window.hears[0] <= window.owns[0] < window.owns[1] <= window.hears[1]
        assert window.hears[1] - window.hears[0] == min(length, 1_500)


@settings(deadline=None, max_examples=50)
@given(start=st.integers(0, 999), length=st.integers(1, 1_000), shortest=st.integers(1, 1_500))
def test_a_short_stretch_is_widened_within_its_chunk(start: int, length: int, shortest: int) -> None:
    end = min(start + length, 1_000)
    audio = np.arange(16_000, dtype=np.float32)
    chunk = Chunk(start_ms=0, duration_ms=1_000, audio=audio, speech=((start, end),))
    sound = sound_of(chunk, (start, end), shortest)
    assert len(sound) >= min(shortest, 1_000) * 16
    assert len(sound) <= max(shortest, end - start) * 16
    assert sound[0] <= start * 16
    assert sound[-1] >= end * 16 - 1


def test_a_pipelines_speakers_become_voices_in_the_order_of_its_labels() -> None:
    vectors = np.array([[3.0, 4.0], [np.nan, np.nan], [0.0, 2.0]], dtype=np.float32)
    tracks = [(1.0, 2.0, "B"), (0.0, 0.5, "A"), (3.2, 9.9, "A"), (9.5, 9.9, "C")]
    first, second, _ = (*voices_of(tracks, ["A", "B", "C"], vectors, 4_000), None)
    assert [(turn.start_ms, turn.end_ms) for turn in first.turns] == [(0, 500), (3_200, 4_000)]
    assert first.vector.tolist() == pytest.approx([0.6, 0.8])
    assert [(turn.start_ms, turn.end_ms) for turn in second.turns] == [(1_000, 2_000)]
    assert second.vector.tolist() == [0, 0]


def test_a_pipeline_without_vectors_gives_voices_that_resemble_nobody() -> None:
    (voice,) = voices_of([(0.0, 1.0, "A")], ["A"], None, 1_000)
    assert not voice.vector.any()


def test_without_its_package_a_model_names_its_extra() -> None:
    chunk = Chunk(start_ms=0, duration_ms=1_000, audio=np.zeros(16_000, np.float32), speech=((0, 1_000),))
    with pytest.raises(EngineUnavailable, match=r"astra\[pyannote\]"):
        PyannoteDiarizer().voices(chunk)
    with pytest.raises(EngineUnavailable, match=r"astra\[parakeet\]"):
        NemoTitanet().embed([chunk.audio])
    with pytest.raises(EngineUnavailable, match=r"astra\[parakeet\]"):
        NemoSortformer(NemoTitanet()).voices(chunk)


def test_importing_diarization_and_its_adapters_loads_no_heavy_library() -> None:
    script = (
        "import sys\n"
        "from astra.core.diarization import nemo_sortformer, nemo_titanet, pyannote_diarizer, windowed\n"
        "heavy = ('torch', 'nemo', 'pyannote', 'huggingface_hub', 'onnxruntime', 'av')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
