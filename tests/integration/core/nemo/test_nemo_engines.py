"""Parakeet and Canary with their packages, on the tiny models that tools/tiny_parakeet makes."""

import hashlib
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from astra.core.engines.halves import heard_in_halves
from astra.core.engines.nemo_asr import NemoAsr
from astra.core.engines.onnx_asr import OnnxAsr
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.ports import Engine, LoadedEngine
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.values import Hearing, Pcm16k, TranscribeOptions
from astra.samples import load_sample

pytestmark = pytest.mark.nemo

MODELS = Path(sys.prefix) / "models"
PARAKEET = MODELS / "tiny-parakeet.nemo"
CANARY = MODELS / "tiny-canary.nemo"
PARAKEET_ONNX = MODELS / "parakeet-onnx"
CANARY_ONNX = MODELS / "canary-onnx"
WORDS = TranscribeOptions(word_times=True)

ENGINES: dict[str, Callable[[], Engine]] = {
    "parakeet": lambda: NemoAsr(PARAKEET, device="cpu"),
    "canary": lambda: NemoAsr(CANARY, device="cpu"),
    "parakeet-onnx": lambda: OnnxAsr(PARAKEET_ONNX, device="cpu"),
    "canary-onnx": lambda: OnnxAsr(CANARY_ONNX, device="cpu"),
}


@pytest.fixture(scope="module")
def models() -> Iterator[dict[str, LoadedEngine]]:
    loaded = {name: build().load() for name, build in ENGINES.items()}
    yield loaded
    for model in loaded.values():
        model.close()


@pytest.fixture(scope="module")
def sound() -> Pcm16k:
    pieces = PyAvDecoder().pieces(load_sample().audio)
    return np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])


def times(hearing: Hearing) -> list[tuple[str, int]]:
    return [(word.text, word.start_ms) for segment in hearing.segments for word in segment.words]


def test_both_parakeets_write_the_same_words_at_the_same_times(
    models: dict[str, LoadedEngine], sound: Pcm16k
) -> None:
    audio = sound[16_000 * 4 : 16_000 * 24]
    nemo, onnx = (models[name].hear([audio], WORDS)[0] for name in ("parakeet", "parakeet-onnx"))
    assert times(nemo) == times(onnx)
    assert len(times(nemo)) > 5
    for ours, theirs in zip(nemo.segments, onnx.segments, strict=True):
        assert ours.confidence == pytest.approx(theirs.confidence, abs=0.02)


def test_both_canaries_write_the_same(models: dict[str, LoadedEngine], sound: Pcm16k) -> None:
    audio = sound[16_000 * 4 : 16_000 * 12]
    nemo, onnx = (models[name].hear([audio], TranscribeOptions())[0] for name in ("canary", "canary-onnx"))
    assert nemo.text == onnx.text != ""


@pytest.mark.parametrize("name", ["canary", "canary-onnx"])
def test_canary_is_told_the_language(models: dict[str, LoadedEngine], sound: Pcm16k, name: str) -> None:
    cuts = [sound[16_000 * start : 16_000 * (start + 6)] for start in (2, 8, 14)]
    spanish, english = (
        [hearing.text for hearing in models[name].hear(cuts, TranscribeOptions(language=language))]
        for language in ("es", "en")
    )
    assert spanish != english


def test_a_language_that_a_canary_has_no_token_for_is_refused(
    models: dict[str, LoadedEngine], sound: Pcm16k
) -> None:
    with pytest.raises(OptionUnsupported, match="'qu'"):
        models["canary-onnx"].hear([sound[:32_000]], TranscribeOptions(language="qu"))
    with pytest.raises((OptionUnsupported, EngineUnavailable)):
        models["canary"].hear([sound[:32_000]], TranscribeOptions(language="qu"))


@pytest.mark.parametrize("name", list(ENGINES))
def test_a_careful_hearing_is_that_of_the_halves(
    models: dict[str, LoadedEngine], sound: Pcm16k, name: str
) -> None:
    model, audio, options = models[name], sound[16_000 * 4 : 16_000 * 14], TranscribeOptions()
    careful = model.hear([audio], replace(options, is_careful=True))[0]
    halves = heard_in_halves(audio, lambda chunks: model.hear(chunks, options))
    assert careful.text == halves.text != model.hear([audio], options)[0].text
    assert [segment.start_ms for segment in careful.segments] == [
        segment.start_ms for segment in halves.segments
    ]


@pytest.mark.parametrize("name", list(ENGINES))
@pytest.mark.parametrize("samples", [1, 160, 1600, 8000])
def test_the_times_of_a_very_short_sound_lie_in_it(
    models: dict[str, LoadedEngine], sound: Pcm16k, name: str, samples: int
) -> None:
    (hearing,) = models[name].hear([sound[16_000 * 5 :][:samples]], TranscribeOptions())
    for segment in hearing.segments:
        assert 0 <= segment.start_ms <= segment.end_ms <= samples // 16


def test_times_of_a_short_sound_are_not_moved_by_padding(
    models: dict[str, LoadedEngine], sound: Pcm16k
) -> None:
    audio = sound[16_000 * 5 : 16_000 * 5 + 8_000]
    padded = np.pad(audio, (0, 8_000))
    short, long = (models["parakeet"].hear([each], WORDS)[0] for each in (audio, padded))
    assert [start for _, start in times(short)] == [min(start, 500) for _, start in times(long)]


def test_the_digest_is_that_of_the_file() -> None:
    identity = NemoAsr(PARAKEET).identity
    assert identity.model_digest == hashlib.sha256(PARAKEET.read_bytes()).hexdigest()
    assert (identity.model, identity.engine_version.split()[0]) == ("tiny-parakeet", "nemo")


def test_the_digest_of_a_folder_is_that_of_the_files_that_are_read(tmp_path: Path) -> None:
    folder = shutil.copytree(PARAKEET_ONNX, tmp_path / "model")
    before = OnnxAsr(folder).identity.model_digest
    (folder / "encoder-model.int8.onnx").write_bytes(b"the other precision")
    assert OnnxAsr(folder).identity.model_digest == before
    (folder / "encoder-model.onnx.data").write_bytes(b"weights aside")
    assert OnnxAsr(folder).identity.model_digest != before


def test_a_truncated_file_cannot_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "parakeet-tdt-0.6b-v3.nemo"
    path.write_bytes(PARAKEET.read_bytes()[: PARAKEET.stat().st_size // 2])
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        NemoAsr(path, device="cpu").load()


def test_a_folder_without_all_its_files_says_which_one_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="encoder-model"):
        OnnxAsr(PARAKEET_ONNX, quantization="int8").load()
    folder = shutil.copytree(PARAKEET_ONNX, tmp_path / "model")
    (folder / "decoder_joint-model.onnx").unlink()
    with pytest.raises(EngineUnavailable, match="decoder_joint-model"):
        OnnxAsr(folder).load()


def test_a_damaged_graph_cannot_be_loaded(tmp_path: Path) -> None:
    folder = shutil.copytree(PARAKEET_ONNX, tmp_path / "model")
    (folder / "encoder-model.onnx").write_bytes(b"not a graph")
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        OnnxAsr(folder, device="cpu").load()


def test_a_gpu_that_is_not_there_is_told() -> None:
    with pytest.raises(EngineUnavailable, match="onnxruntime-gpu"):
        OnnxAsr(PARAKEET_ONNX, device="cuda").load()


def test_a_closed_model_hears_no_more(sound: Pcm16k) -> None:
    model = OnnxAsr(PARAKEET_ONNX, device="cpu").load()
    model.close()
    with pytest.raises(EngineUnavailable, match="closed"):
        model.hear([sound[:16_000]], TranscribeOptions())


def test_loading_and_hearing_print_nothing() -> None:
    script = (
        "import sys, numpy\n"
        "from astra.core.engines.nemo_asr import NemoAsr\n"
        "from astra.core.values import TranscribeOptions\n"
        "for path in sys.argv[1:]:\n"
        "    NemoAsr(path, device='cpu').load().hear([numpy.ones(16_000, 'float32')], TranscribeOptions())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, PARAKEET, CANARY], capture_output=True, text=True, check=True
    )
    assert done.stdout + done.stderr == ""


@pytest.mark.usefixtures("models")
def test_loading_leaves_the_warnings_of_the_process_alone() -> None:
    with pytest.warns(UserWarning, match="ours"):
        warnings.warn("ours", UserWarning, stacklevel=1)


def test_importing_the_adapters_loads_no_package_of_theirs() -> None:
    script = (
        "import sys\n"
        "from astra.core.engines import nemo_asr, onnx_asr\n"
        "heavy = ('torch', 'nemo', 'onnx_asr', 'onnxruntime', 'huggingface_hub')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
