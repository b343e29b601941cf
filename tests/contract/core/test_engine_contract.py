"""What every `Engine` must do; each one takes the whole suite, with real sound."""

import io
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from astra.core.engines.deepgram import Deepgram
from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.engines.model_digest import folder_digest
from astra.core.engines.nemo_asr import NemoAsr
from astra.core.engines.onnx_asr import OnnxAsr
from astra.core.engines.openai_audio import OpenAiAudio
from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Engine, LoadedEngine
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.values import SAMPLE_RATE, Pcm16k, TranscribeOptions
from astra.samples import Sample, load_sample


@pytest.fixture(scope="module")
def sample() -> Sample:
    return load_sample()


@pytest.fixture(scope="module")
def sound(sample: Sample) -> Pcm16k:
    pieces = PyAvDecoder().pieces(sample.audio)
    return np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An engine that runs here, and whether its model has learned to recognise the sample's voices."""

    engine: Engine
    name: str
    recognises: bool


CASES: dict[str, Callable[[], Case]] = {
    "whisper, demo by name": lambda: Case(
        engine=FasterWhisper("demo", cpu_threads=1), name="whisper", recognises=True
    ),
    "whisper, in batches": lambda: Case(
        engine=FasterWhisper("demo", cpu_threads=1, batch_size=4), name="whisper", recognises=True
    ),
    "whisper, a folder": lambda: Case(
        engine=FasterWhisper(FasterWhisper("demo").folder, cpu_threads=1), name="whisper", recognises=True
    ),
}


MODELS = Path(sys.prefix) / "models"  # made by tools/tiny_parakeet: real formats and code, random weights
OF_EXTRAS: dict[str, Callable[[], Case]] = {
    "parakeet": lambda: Case(
        engine=NemoAsr(MODELS / "tiny-parakeet.nemo", device="cpu"), name="parakeet", recognises=False
    ),
    "canary": lambda: Case(
        engine=NemoAsr(MODELS / "tiny-canary.nemo", device="cpu"), name="canary", recognises=False
    ),
    "parakeet-onnx": lambda: Case(
        engine=OnnxAsr(MODELS / "parakeet-onnx", device="cpu"), name="parakeet-onnx", recognises=False
    ),
    "canary-onnx": lambda: Case(
        engine=OnnxAsr(MODELS / "canary-onnx", device="cpu"), name="canary-onnx", recognises=False
    ),
}
REMOTE = ("deepgram", "openai")  # fixtures below, each with a server that speaks its protocol


@pytest.fixture(
    scope="module",
    params=[*CASES, *REMOTE, *(pytest.param(name, marks=pytest.mark.nemo) for name in OF_EXTRAS)],
)
def case(request: pytest.FixtureRequest) -> Case:
    if request.param in REMOTE:
        found: Case = request.getfixturevalue(request.param)
        return found
    return (CASES | OF_EXTRAS)[request.param]()


@pytest.fixture(scope="module")
def deepgram(deepgram_server: Any) -> Case:
    engine = Deepgram(deepgram_server.key, base_url=deepgram_server.url)
    return Case(engine=engine, name="deepgram", recognises=True)


@pytest.fixture(scope="module")
def openai(openai_server: Any) -> Case:
    engine = OpenAiAudio(openai_server.key, base_url=openai_server.url)
    return Case(engine=engine, name="openai", recognises=True)


@pytest.fixture(scope="module")
def model(case: Case) -> Iterator[LoadedEngine]:
    loaded = case.engine.load()
    yield loaded
    loaded.close()


def lines(sample: Sample, sound: Pcm16k, first: int, last: int) -> tuple[str, Pcm16k, int]:
    """Return a stretch of the session: its text, its sound with half a second around, and where it begins."""
    start_ms, end_ms = sample.lines[first].start_ms - 500, sample.lines[last].end_ms + 500
    text = " ".join(line.text for line in sample.lines[first : last + 1])
    return text, sound[start_ms * 16 : end_ms * 16], start_ms


def test_it_writes_what_was_said(case: Case, model: LoadedEngine, sample: Sample, sound: Pcm16k) -> None:
    text, audio, _ = lines(sample, sound, 0, 2)
    (hearing,) = model.hear([audio], TranscribeOptions())
    if case.recognises:
        assert hearing.text == text
    assert all(isinstance(segment.text, str) for segment in hearing.segments)


def test_it_hears_the_same_in_the_same_sound_and_something_else_in_another(
    model: LoadedEngine, sample: Sample, sound: Pcm16k
) -> None:
    first, second = (lines(sample, sound, *which)[1] for which in ((0, 0), (1, 1)))
    texts = [model.hear([audio], TranscribeOptions())[0].text for audio in (first, second, first)]
    assert texts[0] == texts[2] != texts[1]
    assert all(texts)


def test_its_times_lie_in_the_sound_and_in_order(
    case: Case, model: LoadedEngine, sample: Sample, sound: Pcm16k
) -> None:
    _, audio, start_ms = lines(sample, sound, 0, 2)
    segments = model.hear([audio], TranscribeOptions())[0].segments
    for segment in segments:
        assert 0 <= segment.start_ms <= segment.end_ms <= len(audio) // 16
        assert 0 <= segment.confidence <= 1
    assert [segment.start_ms for segment in segments] == sorted(segment.start_ms for segment in segments)
    if case.recognises:
        for segment, line in zip(segments, sample.lines, strict=False):
            assert segment.start_ms + start_ms == pytest.approx(line.start_ms, abs=200)
            assert segment.end_ms + start_ms == pytest.approx(line.end_ms, abs=200)


def test_it_hears_a_batch_as_it_hears_each_chunk(model: LoadedEngine, sample: Sample, sound: Pcm16k) -> None:
    chunks = [lines(sample, sound, first, last)[1] for first, last in ((0, 0), (1, 3), (4, 4))]
    together = model.hear([*chunks, np.zeros(0, dtype=np.float32)], TranscribeOptions())
    alone = [model.hear([chunk], TranscribeOptions())[0] for chunk in chunks]
    assert [hearing.text for hearing in together] == [*(hearing.text for hearing in alone), ""]


def test_it_gives_word_times_if_it_says_that_it_can(
    case: Case, model: LoadedEngine, sample: Sample, sound: Pcm16k
) -> None:
    if not case.engine.features.word_times:
        return
    text, audio, _ = lines(sample, sound, 1, 1)
    hearing = model.hear([audio], TranscribeOptions(word_times=True))[0]
    words = [word for segment in hearing.segments for word in segment.words]
    assert all(0 <= word.start_ms <= word.end_ms <= len(audio) // 16 for word in words)
    assert " ".join(word.text for word in words) == hearing.text
    if case.recognises:
        assert [word.text for word in words] == text.split()


def test_the_transcriber_refuses_a_language_that_its_features_exclude(case: Case, sound: Pcm16k) -> None:
    with transcriber_of(case.engine) as transcriber:
        if not case.engine.features.languages:
            (result,) = transcriber.batch([sound[:16_000]], TranscribeOptions(language="es"))
            assert result.language == "es"
            return
        with pytest.raises(OptionUnsupported, match="'xx'"):
            transcriber.batch([sound[:16_000]], TranscribeOptions(language="xx"))


@contextmanager
def transcriber_of(engine: Engine) -> Iterator[Transcriber]:
    with closing(SharedEngine(engine)) as shared:
        yield Transcriber(engine=shared, voice_detector=SileroVad(), decoder=PyAvDecoder())


def test_file_stream_and_batch_give_the_same(case: Case, sound: Pcm16k) -> None:
    options = TranscribeOptions()
    piece = sound[: 25 * SAMPLE_RATE]
    with transcriber_of(case.engine) as transcriber:
        whole = transcriber.transcribe(wav_of(piece), options)
        (streamed,) = transcriber.stream([piece[:100_000], piece[100_000:]], options)
        (batched,) = transcriber.batch([piece], options)
    assert whole.text == streamed.result.text == batched.text
    assert whole.coverage == streamed.result.coverage == batched.coverage
    assert whole.duration_ms == 25_000


def test_its_identity_names_the_exact_model(case: Case) -> None:
    identity = case.engine.identity
    assert identity.engine == case.name
    assert len(identity.model_digest) == 64


def test_it_serves_several_threads(model: LoadedEngine, sample: Sample, sound: Pcm16k) -> None:
    _, audio, _ = lines(sample, sound, 3, 3)
    alone = model.hear([audio], TranscribeOptions())[0].text
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: model.hear([audio], TranscribeOptions())[0].text, range(3)))
    assert results == [alone] * 3


def wav_of(audio: Pcm16k) -> bytes:
    """Return the samples as a WAV file of 16 bits."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((audio * 32_768).round().clip(-32_768, 32_767).astype("<i2").tobytes())
    return buffer.getvalue()


def test_the_digest_changes_with_any_byte_of_the_model(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    (tmp_path / "config.json").write_bytes(b"{}")
    before = folder_digest(tmp_path)
    (tmp_path / "README.md").write_text("notes")
    assert folder_digest(tmp_path) == before
    (tmp_path / "model.bin").write_bytes(b"weightz")
    assert folder_digest(tmp_path) != before


def test_a_folder_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"model\.bin"):
        FasterWhisper(tmp_path).load()


def test_a_damaged_model_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        FasterWhisper(tmp_path).load()


def test_a_model_that_cannot_be_downloaded_names_every_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EngineUnavailable, match=r"internet once.*--model FOLDER.*--model demo"):
        _ = FasterWhisper("large-v3-turbo").identity


def test_importing_core_and_its_adapters_loads_no_heavy_library() -> None:
    script = (
        "import sys\n"
        "from astra.core import service\n"
        "from astra.core.engines import deepgram, faster_whisper, openai_audio\n"
        "from astra.core.sound import pyav_decoder, silero_vad\n"
        "heavy = ('ctranslate2', 'onnxruntime', 'av', 'faster_whisper', 'httpx')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
