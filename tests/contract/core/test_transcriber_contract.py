"""What every `ITranscriber` must do; each engine that can run here takes the whole suite, with real sound."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from astra.core.errors import EngineUnavailable, OptionUnsupported
from astra.core.faster_whisper import FasterWhisperTranscriber, folder_digest
from astra.core.ports import ITranscriber
from astra.core.pyav_decoder import PyAvDecoder
from astra.core.values import Pcm16k, TranscribeOptions
from astra.samples import Sample, load_sample


@pytest.fixture(scope="module")
def sample() -> Sample:
    return load_sample()


@pytest.fixture(scope="module")
def sound(sample: Sample) -> Pcm16k:
    pieces = PyAvDecoder().pieces(sample.audio)
    return np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])


@pytest.fixture(scope="module", params=["demo by name", "demo by folder"])
def transcriber(request: pytest.FixtureRequest) -> ITranscriber:
    by_name = FasterWhisperTranscriber("demo", cpu_threads=1)
    if request.param == "demo by name":
        return by_name
    return FasterWhisperTranscriber(by_name._folder, cpu_threads=1)


def lines(sample: Sample, sound: Pcm16k, first: int, last: int) -> tuple[str, Pcm16k, int]:
    """Return a stretch of the session: its text, its sound with half a second around, and where it begins."""
    start_ms, end_ms = sample.lines[first].start_ms - 500, sample.lines[last].end_ms + 500
    text = " ".join(line.text for line in sample.lines[first : last + 1])
    return text, sound[start_ms * 16 : end_ms * 16], start_ms


def test_it_writes_what_was_said(transcriber: ITranscriber, sample: Sample, sound: Pcm16k) -> None:
    text, audio, _ = lines(sample, sound, 0, 2)
    result = transcriber.transcribe(audio, TranscribeOptions())
    assert " ".join(segment.text for segment in result.segments) == text


def test_its_times_are_those_of_the_sentences(
    transcriber: ITranscriber, sample: Sample, sound: Pcm16k
) -> None:
    _, audio, start_ms = lines(sample, sound, 0, 2)
    segments = transcriber.transcribe(audio, TranscribeOptions()).segments
    assert len(segments) == 3
    for segment, line in zip(segments, sample.lines, strict=False):
        assert segment.start_ms + start_ms == pytest.approx(line.start_ms, abs=200)
        assert segment.end_ms + start_ms == pytest.approx(line.end_ms, abs=200)
        assert 0 < segment.confidence <= 1


def test_it_gives_word_times_if_it_says_that_it_can(
    transcriber: ITranscriber, sample: Sample, sound: Pcm16k
) -> None:
    assert transcriber.features.word_times
    text, audio, _ = lines(sample, sound, 1, 1)
    (segment,) = transcriber.transcribe(audio, TranscribeOptions(word_times=True)).segments
    assert [word.text for word in segment.words] == text.split()
    assert all(word.start_ms <= word.end_ms for word in segment.words)


def test_it_refuses_a_language_that_its_features_exclude(transcriber: ITranscriber, sound: Pcm16k) -> None:
    languages = transcriber.features.languages
    if not languages:
        result = transcriber.transcribe(sound[:16_000], TranscribeOptions(language="es"))
        assert result.language == "es"
        return
    with pytest.raises(OptionUnsupported, match="'de'"):
        transcriber.transcribe(sound[:16_000], TranscribeOptions(language="de"))


def test_no_sound_is_no_text(transcriber: ITranscriber) -> None:
    assert transcriber.transcribe(np.zeros(0, dtype=np.float32), TranscribeOptions()).segments == ()


def test_its_identity_names_the_exact_model(transcriber: ITranscriber) -> None:
    identity = transcriber.identity
    assert (identity.engine, identity.model) == ("whisper", "demo")
    assert len(identity.model_digest) == 64


def test_it_serves_several_threads(transcriber: ITranscriber, sample: Sample, sound: Pcm16k) -> None:
    text, audio, _ = lines(sample, sound, 3, 3)
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: transcriber.transcribe(audio, TranscribeOptions()), range(3)))
    assert [result.segments[0].text for result in results] == [text] * 3


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
        FasterWhisperTranscriber(tmp_path).transcribe(np.zeros(160, dtype=np.float32), TranscribeOptions())


def test_a_damaged_model_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        FasterWhisperTranscriber(tmp_path).transcribe(np.zeros(160, dtype=np.float32), TranscribeOptions())


def test_a_model_that_cannot_be_downloaded_names_every_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EngineUnavailable, match=r"internet once.*--model FOLDER.*--model demo"):
        _ = FasterWhisperTranscriber("large-v3-turbo").identity


def test_importing_core_and_its_adapters_loads_no_heavy_library() -> None:
    script = (
        "import sys\n"
        "from astra.core import faster_whisper, pyav_decoder, service, silero_vad\n"
        "heavy = ('ctranslate2', 'onnxruntime', 'av', 'faster_whisper')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
