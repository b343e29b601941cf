"""What Parakeet and Canary refuse, and what they say, before any package or model of theirs is there."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from astra.core.engines.nemo_asr import NemoAsr
from astra.core.engines.nvidia_models import KNOWN
from astra.core.engines.onnx_asr import OnnxAsr
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Engine
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.values import TranscribeOptions

Build = Callable[[str | Path], Engine]


def nemo(model: str | Path) -> Engine:
    return NemoAsr(model, device="cpu", may_download=False)


def onnx(model: str | Path) -> Engine:
    return OnnxAsr(model, device="cpu", may_download=False)


BOTH = pytest.mark.parametrize("build", [nemo, onnx])


def hear(engine: Engine, language: str) -> None:
    transcriber = Transcriber(engine=SharedEngine(engine), voice_detector=SileroVad(), decoder=PyAvDecoder())
    transcriber.batch([np.zeros(16_000, dtype=np.float32)], TranscribeOptions(language=language))


@BOTH
@pytest.mark.parametrize("name", ["parakeet-tdt-0.6b-v2", "nvidia/parakeet-tdt-0.6b-v2"])
def test_a_model_that_knows_english_only_is_refused_for_spanish_before_it_is_fetched(
    build: Build, name: str
) -> None:
    with pytest.raises(OptionUnsupported, match=r"'es'; it knows en\. Use parakeet-tdt-0\.6b-v3.* es,"):
        hear(build(name), "es")


def test_a_file_is_known_by_its_name() -> None:
    assert nemo("models/parakeet-tdt-0.6b-v2.nemo").features.languages == {"en"}
    assert onnx("models/parakeet-tdt-0.6b-v2-onnx").features.languages == {"en"}


@BOTH
@pytest.mark.parametrize("name", ["parakeet-tdt-0.6b-v3", "canary-1b-v2"])
def test_the_default_models_know_spanish_and_24_more(build: Build, name: str) -> None:
    languages = build(name).features.languages
    assert len(languages) == 25
    assert {"es", "en", "pt", "uk"} <= languages


def test_every_model_that_is_recommended_knows_all_that_the_other_does_and_spanish() -> None:
    for model in KNOWN.values():
        if model.successor:
            assert model.languages < KNOWN[model.successor].languages
            assert "es" in KNOWN[model.successor].languages


def test_without_its_package_an_engine_says_what_to_install() -> None:
    with pytest.raises(EngineUnavailable, match=r"astra\[parakeet\].*parakeet-onnx"):
        nemo("parakeet-tdt-0.6b-v3").load()
    with pytest.raises(EngineUnavailable, match=r"astra\[parakeet\]"):
        _ = nemo("canary-1b-v2").identity
    with pytest.raises(EngineUnavailable, match=r"astra\[onnx\]"):
        onnx("parakeet-tdt-0.6b-v3").load()
    with pytest.raises(EngineUnavailable, match=r"astra\[onnx\]"):
        _ = onnx("canary-1b-v2").identity


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="There is no file"):
        _ = nemo(tmp_path / "missing.nemo").features
    with pytest.raises(EngineUnavailable, match=r"There is no file.*\.nemo file or a hub name"):
        _ = nemo(tmp_path).features
    with pytest.raises(EngineUnavailable, match=r"config\.json"):
        _ = onnx(tmp_path).features


@pytest.mark.parametrize("content", [b"", b"not a model", b"\0" * 2048])
def test_a_file_that_is_no_model_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.nemo"
    path.write_bytes(content)
    with pytest.raises(EngineUnavailable, match="is not a NeMo model"):
        _ = nemo(path).features


@pytest.mark.parametrize(
    ("config", "languages"),
    [
        ("tokenizer: {langs: {spl_tokens: {}, en: {}, es: {}}}", {"en", "es"}),
        ("tokenizer: {langs: {spl_tokens: {}, unified: {}}}", set()),
        ("tokenizer: {type: bpe}", set()),
    ],
)
def test_an_unknown_file_speaks_the_languages_that_it_has_tokenizers_for(
    tmp_path: Path, config: str, languages: set[str]
) -> None:
    path = tmp_path / "mine.nemo"
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("./model_config.yaml")
        member.size = len(config)
        archive.addfile(member, io.BytesIO(config.encode()))
    assert nemo(path).features.languages == languages


def test_a_hub_model_that_cannot_be_had_names_every_way_out() -> None:
    with pytest.raises(
        EngineUnavailable, match=r"internet once.*hub \(nvidia/none-such\).*--model FILE.*--model demo"
    ):
        _ = nemo("none-such").features
