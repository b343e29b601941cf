"""What every `Diarizer` must do; each kind of model takes the whole suite, with real sound."""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from astra.core.diarization.activity import active_voices
from astra.core.diarization.embedded_voices import EmbeddedVoices
from astra.core.diarization.error_rate import diarization_errors
from astra.core.diarization.nemo_sortformer import NemoSortformer
from astra.core.diarization.nemo_titanet import NemoTitanet
from astra.core.diarization.ports import Diarizer
from astra.core.diarization.rttm import turns_by_file
from astra.core.diarization.values import LocalVoice, SpeakerBounds, SpeakerTurn, Vectors
from astra.core.diarization.windowed import WindowedDiarizer
from astra.core.errors import EngineUnavailable
from astra.core.ledger import MISSING
from astra.core.pipeline.chunking import Chunk
from astra.core.values import SAMPLE_RATE, MissingSound, Pcm16k
from astra.samples import load_sample

BANDS = 16  # of 480 Hz
FRAME = 400  # samples: 25 ms
WINDOW = 512  # samples of the loudness detector
Piece = Pcm16k | MissingSound


class Loudness:
    """A `VoiceDetector` for sound whose silence is silent."""

    window_ms = WINDOW * 1000 // SAMPLE_RATE

    def stream(self) -> "LoudnessStream":
        return LoudnessStream()


class LoudnessStream:
    def __init__(self) -> None:
        self._waiting = np.zeros(0, dtype=np.float32)

    def probabilities(self, sound: Pcm16k) -> list[float]:
        samples = np.concatenate([self._waiting, sound])
        complete = len(samples) // WINDOW * WINDOW
        self._waiting = samples[complete:]
        loudness = np.sqrt((samples[:complete].reshape(-1, WINDOW) ** 2).mean(axis=1))
        return [float(level > 0.01) for level in loudness]


class BandEmbedder:
    """A `SpeakerEmbedder`: the shape of the spectrum in 16 bands, whatever its loudness."""

    shortest_ms = 200
    same_voice = 0.6

    def embed(self, sounds: Sequence[Pcm16k]) -> Vectors:
        vectors = np.array([self._shape(sound) for sound in sounds], dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def close(self) -> None:
        pass

    def _shape(self, sound: Pcm16k) -> Pcm16k:
        levels = np.sqrt((band_spectrum(sound) ** 2).mean(axis=0))
        shape: Pcm16k = levels - levels.mean()
        return shape


class ToneListener:
    """A `LocalDiarizer` of the other kind: who of four is active in each frame of 25 ms, overlaps included.

    A voice is a tone in a band of its own; the columns of the four change places from chunk to chunk.
    """

    longest_ms = 20_000
    blur_ms = 50

    def __init__(self) -> None:
        self._embedder = BandEmbedder()

    @property
    def same_voice(self) -> float:
        return self._embedder.same_voice

    def voices(self, chunk: Chunk) -> list[LocalVoice]:
        levels = band_spectrum(chunk.audio)
        present = np.argsort(-levels.sum(axis=0))[:4]
        columns = np.roll(present, chunk.start_ms // 1000)
        activity = np.clip(levels[:, columns] / 5.0, 0, 1).astype(np.float32)
        return active_voices(activity, FRAME * 1000 // SAMPLE_RATE, chunk, self._embedder)

    def close(self) -> None:
        self._embedder.close()


def band_spectrum(sound: Pcm16k) -> Pcm16k:
    """Return the strength of 16 bands of 480 Hz in frames of 25 ms."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(FRAME)))[:, 1:]
    width = spectrum.shape[1] // BANDS
    strength: Pcm16k = spectrum[:, : width * BANDS].reshape(len(frames), BANDS, width).max(axis=2)
    return strength


def tone(voice: int, duration_ms: int) -> Pcm16k:
    """Return the sound of a voice: a tone that trembles, in its own band."""
    seconds = np.arange(duration_ms * 16) / SAMPLE_RATE
    frequency = 240 + 480 * voice
    phase = 2 * np.pi * frequency * seconds + 0.5 * np.sin(2 * np.pi * 5 * seconds)
    sound: Pcm16k = (0.1 * np.sin(phase)).astype(np.float32)
    return sound


def turn(start_ms: int, end_ms: int, voice: int) -> SpeakerTurn:
    return SpeakerTurn(start_ms=start_ms, end_ms=end_ms, speaker=str(voice), confidence=1.0)


def sound_of(turns: Iterable[SpeakerTurn], duration_ms: int) -> Pcm16k:
    sound = np.zeros(duration_ms * 16, dtype=np.float32)
    for one in turns:
        sound[one.start_ms * 16 : one.end_ms * 16] += tone(int(one.speaker), one.duration_ms)
    return sound


DURATION_MS = 120_000
SPEAKERS = (3, 7, 3, 12, 5, 7, 9, 3, 12, 5, 9, 7)  # five voices: more than a local diarizer knows
TRUE_TURNS = [turn(index * 10_000 + 1_000, index * 10_000 + 8_500, who) for index, who in enumerate(SPEAKERS)]
SOUND = sound_of(TRUE_TURNS, DURATION_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A diarizer that runs here; whether it knows these voices, and whether it hears two at once."""

    diarizer: Diarizer
    knows: bool
    hears_overlaps: bool = False


def windows(_: Path) -> Case:
    return Case(diarizer=WindowedDiarizer(EmbeddedVoices(BandEmbedder()), Loudness()), knows=True)


def frames(_: Path) -> Case:
    return Case(diarizer=WindowedDiarizer(ToneListener(), Loudness()), knows=True, hears_overlaps=True)


def titanet(folder: Path) -> Case:
    return Case(diarizer=WindowedDiarizer(EmbeddedVoices(tiny_titanet(folder)), Loudness()), knows=False)


def sortformer(folder: Path, *, is_streaming: bool) -> Case:
    file = tiny_sortformer(folder, is_streaming=is_streaming)
    local = NemoSortformer(tiny_titanet(folder), file, device="cpu")
    return Case(diarizer=WindowedDiarizer(local, Loudness()), knows=False)


CASES: dict[str, tuple[Callable[[Path], Case], bool]] = {  # and whether it needs NeMo
    "windows": (windows, False),
    "frames": (frames, False),
    "TitaNet": (titanet, True),
    "Sortformer": (partial(sortformer, is_streaming=False), True),
    "Sortformer, streaming": (partial(sortformer, is_streaming=True), True),
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(make, id=name, marks=[pytest.mark.nemo] if is_nemo else [])
        for name, (make, is_nemo) in CASES.items()
    ],
)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    case: Case = request.param(tmp_path_factory.mktemp("models"))
    yield case
    case.diarizer.close()


def test_turns_are_in_order_within_the_recording_and_named_as_they_appear(case: Case) -> None:
    turns = case.diarizer.turns([SOUND])
    assert turns
    assert all(0 <= one.start_ms < one.end_ms <= DURATION_MS for one in turns)
    assert all(0 <= one.confidence <= 1 for one in turns)
    assert [one.start_ms for one in turns] == sorted(one.start_ms for one in turns)
    names = list(dict.fromkeys(one.speaker for one in turns))
    assert names == [f"S{number}" for number in range(1, len(names) + 1)]


def test_the_turns_of_one_speaker_do_not_overlap(case: Case) -> None:
    turns = case.diarizer.turns([SOUND])
    for speaker in {one.speaker for one in turns}:
        own = [one for one in turns if one.speaker == speaker]
        assert all(before.end_ms < after.start_ms for before, after in pairwise(own))


def test_it_finds_who_speaks_when(case: Case) -> None:
    turns = case.diarizer.turns([SOUND])
    if case.knows:
        assert len({one.speaker for one in turns}) == len(set(SPEAKERS))
        assert diarization_errors(TRUE_TURNS, turns).rate < 0.04  # the detector's pads; measured 0.027
        assert diarization_errors(TRUE_TURNS, turns, collar_ms=250).rate == 0


def test_a_change_without_a_pause_is_found_to_half_a_second(case: Case) -> None:
    true = [turn(1_000, 7_300, 2), turn(7_300, 13_100, 9), turn(13_100, 20_000, 2)]
    found = case.diarizer.turns([sound_of(true, 21_000)])
    if case.knows:
        assert [one.speaker for one in found] == ["S1", "S2", "S1"]
        assert found[1].start_ms == pytest.approx(7_300, abs=500)
        assert found[1].end_ms == pytest.approx(13_100, abs=500)


def test_overlaps_are_two_turns_if_it_hears_them(case: Case) -> None:
    true = [turn(1_000, 9_000, 2), turn(6_000, 14_000, 9)]
    found = case.diarizer.turns([sound_of(true, 15_000)])
    if case.hears_overlaps:
        assert [one.speaker for one in found] == ["S1", "S2"]
        assert diarization_errors(true, found).rate < 0.02


def test_the_size_of_the_pieces_makes_no_difference(case: Case) -> None:
    sizes = (1, 7_777, 160_000, 33)
    edges = np.cumsum(np.resize(sizes, 40)).clip(max=len(SOUND))
    pieces = [piece for piece in np.split(SOUND, edges) if len(piece)]
    assert case.diarizer.turns(pieces) == case.diarizer.turns([SOUND])


def test_missing_sound_keeps_its_time_and_nobody_speaks_in_it(case: Case) -> None:
    gap_ms = 45_000
    cut_ms = 60_000  # a pause
    pieces: list[Piece] = [
        SOUND[: cut_ms * 16],
        MissingSound(samples=gap_ms * 16, reason=MISSING),
        SOUND[cut_ms * 16 :],
    ]
    turns = case.diarizer.turns(pieces)
    assert all(one.end_ms <= cut_ms or one.start_ms >= cut_ms + gap_ms for one in turns)
    assert max(one.end_ms for one in turns) > cut_ms + gap_ms
    if case.knows:
        later = [
            turn(one.start_ms + gap_ms, one.end_ms + gap_ms, int(one.speaker))
            if one.start_ms > cut_ms
            else one
            for one in TRUE_TURNS
        ]
        assert diarization_errors(later, turns, collar_ms=250).rate == 0


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [np.zeros(0, dtype=np.float32)],
        [np.zeros(30 * SAMPLE_RATE, dtype=np.float32)],
        [MissingSound(samples=SAMPLE_RATE, reason=MISSING)],
    ],
    ids=["no piece", "no sample", "silence", "nothing but a gap"],
)
def test_without_a_voice_there_are_no_turns(case: Case, pieces: list[Piece]) -> None:
    assert case.diarizer.turns(pieces) == []


def test_a_single_short_word_is_heard(case: Case) -> None:
    found = case.diarizer.turns([sound_of([turn(1_000, 1_300, 4)], 2_000)])
    if case.knows:
        assert [one.speaker for one in found] == ["S1"]
        assert found[0].start_ms == pytest.approx(1_000, abs=150)
        assert found[0].end_ms == pytest.approx(1_300, abs=150)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_there_are_no_more_speakers_than_the_most(case: Case, most: int) -> None:
    speakers = {one.speaker for one in case.diarizer.turns([SOUND], SpeakerBounds(most=most))}
    assert len(speakers) <= most
    if case.knows:
        assert len(speakers) == most


def test_there_are_no_fewer_speakers_than_the_fewest(case: Case) -> None:
    speakers = {one.speaker for one in case.diarizer.turns([SOUND], SpeakerBounds(fewest=6))}
    if case.knows:
        assert len(speakers) >= 6


def test_it_gives_the_same_every_time_from_several_threads_and_after_closing(case: Case) -> None:
    first = case.diarizer.turns([SOUND])
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda _: case.diarizer.turns([SOUND]), range(3))) == [first] * 3
    case.diarizer.close()
    assert case.diarizer.turns([SOUND]) == first


@pytest.mark.nemo
@pytest.mark.parametrize("make", [NemoTitanet, partial(NemoSortformer, BandEmbedder())])
def test_a_damaged_nemo_model_is_unavailable(make: Callable[[Path], Any], tmp_path: Path) -> None:
    file = tmp_path / "broken.nemo"
    file.write_bytes(b"not a model")
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        hear(make(file))


@pytest.mark.nemo
def test_a_model_of_another_kind_is_unavailable(tmp_path: Path) -> None:
    file = tiny_sortformer(tmp_path, is_streaming=False)
    with pytest.raises(EngineUnavailable, match="EncDecSpeakerLabelModel"):
        hear(NemoTitanet(file))


@pytest.mark.nemo
def test_a_nemo_file_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"There is no file .*none\.nemo"):
        hear(NemoTitanet(tmp_path / "none.nemo"))


@pytest.mark.nemo
def test_a_hub_model_that_may_not_be_downloaded_says_the_way_out() -> None:
    with pytest.raises(
        EngineUnavailable, match=r"nvidia/speakerverification_en_titanet_large.*internet once"
    ):
        hear(NemoTitanet(may_download=False))


@pytest.mark.nemo
@pytest.mark.parametrize(("name", "format_name"), [("sortformer", "rttm"), ("titanet", "json")])
def test_the_command_line_tells_speakers_apart(tmp_path: Path, name: str, format_name: str) -> None:
    tiny_titanet(tmp_path)
    environment = {
        **os.environ,
        "ASTRA_SPEAKER_MODEL": str(tmp_path / "titanet.nemo"),
        "ASTRA_DIARIZER_MODEL": str(tiny_sortformer(tmp_path, is_streaming=False)),
        "ASTRA_DEVICE": "cpu",
    }
    astra = Path(sys.executable).with_name("astra")
    arguments = ["transcribe", load_sample().audio_path, "--model", "demo", "--diarize", name]
    done = subprocess.run(
        [astra, *arguments, "--format", format_name, "--max-speakers", "3"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if format_name == "rttm":
        (turns,) = turns_by_file(done.stdout.splitlines()).values()
        speakers = {turn.speaker for turn in turns}
    else:
        speakers = {segment["speaker"] for segment in json.loads(done.stdout)["segments"]} - {""}
    assert 1 <= len(speakers) <= 3


def hear(model: Any) -> None:
    sound = tone(1, 3_000)
    if isinstance(model, NemoTitanet):
        model.embed([sound])
    else:
        model.voices(Chunk(start_ms=0, duration_ms=3_000, audio=sound, speech=((0, 3_000),)))


def tiny_titanet(folder: Path) -> NemoTitanet:
    """Save a speaker model as NeMo saves them, and return it as a user would name it."""
    file = saved("EncDecSpeakerLabelModel", "titanet.yaml", folder / "titanet.nemo")
    return NemoTitanet(file, device="cpu")


def tiny_sortformer(folder: Path, *, is_streaming: bool) -> Path:
    """Save a Sortformer as NeMo saves them."""
    file = folder / f"sortformer_{is_streaming}.nemo"
    return saved("SortformerEncLabelModel", "sortformer.yaml", file, streaming_mode=is_streaming)


def saved(kind: str, config: str, file: Path, **changes: bool) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # meant for NeMo's developers
        import torch  # noqa: PLC0415  # of an extra
        from nemo.collections.asr import models  # noqa: PLC0415
        from omegaconf import OmegaConf  # noqa: PLC0415

        torch.manual_seed(0)
        described = OmegaConf.load(Path(__file__).parent / "tiny_diarization" / config)
        described.update(changes)
        getattr(models, kind)(cfg=described).eval().save_to(str(file))
    return file
