"""A session of eight hours, as a stream that is never held whole: twelve known voices, and gaps."""

import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from astra.core.diarization.embedded_voices import EmbeddedVoices
from astra.core.diarization.error_rate import diarization_errors
from astra.core.diarization.values import SpeakerTurn, Vectors
from astra.core.diarization.windowed import WindowedDiarizer
from astra.core.ledger import MISSING
from astra.core.values import SAMPLE_RATE, MissingSound, Pcm16k

VOICES = 12
WINDOW = 512
HOUR_MS = 3_600_000
LOOP = 3 * SAMPLE_RATE
SILENT, MISSED = -1, -2


class Loudness:
    """A `VoiceDetector` for sound whose silence is silent."""

    window_ms = 32

    def stream(self) -> "LoudnessStream":
        return LoudnessStream()


class LoudnessStream:
    def __init__(self) -> None:
        self._waiting = np.zeros(0, dtype=np.float32)

    def probabilities(self, sound: Pcm16k) -> list[float]:
        samples = np.concatenate([self._waiting, sound])
        complete = len(samples) // WINDOW * WINDOW
        self._waiting = samples[complete:]
        loudest: list[float] = (np.abs(samples[:complete]).reshape(-1, WINDOW).max(axis=1) > 0.01).tolist()
        return loudest


class SpectrumEmbedder:
    """A `SpeakerEmbedder`: the shape of the spectrum in 32 bands, from 24 frames spread over the sound."""

    shortest_ms = 300
    same_voice = 0.6

    def __init__(self) -> None:
        self.heard_s = 0.0
        self.most_at_once_s = 0.0

    def embed(self, sounds: Sequence[Pcm16k]) -> Vectors:
        seconds = sum(len(sound) for sound in sounds) / SAMPLE_RATE
        self.heard_s += seconds
        self.most_at_once_s = max(self.most_at_once_s, seconds)
        vectors = np.array([self._shape(sound) for sound in sounds], dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def close(self) -> None:
        pass

    def _shape(self, sound: Pcm16k) -> Pcm16k:
        starts = np.linspace(0, len(sound) - WINDOW, 24).astype(int)
        frames = np.stack([sound[start : start + WINDOW] for start in starts])
        power = (np.abs(np.fft.rfft(frames))[:, 1:] ** 2).mean(axis=0).reshape(32, -1).mean(axis=1)
        levels = np.log(power + 1e-6)
        shape: Pcm16k = levels - levels.mean()
        return shape


def loops() -> list[Pcm16k]:
    """Return three seconds of each voice: noise, its spectrum a random one in 32 bands."""
    dice = np.random.default_rng(7)
    made = []
    for _ in range(VOICES):
        colour = np.interp(np.linspace(0, 31, LOOP // 2 + 1), np.arange(32), dice.uniform(-2, 2, 32))
        noise = np.fft.irfft(np.fft.rfft(dice.standard_normal(LOOP)) * np.exp(colour))
        made.append((0.2 * noise / np.abs(noise).max()).astype(np.float32))
    return made


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the session: a voice's number, silence, or sound that is missing."""

    voice: int
    start_ms: int
    end_ms: int


def script(hours: int) -> list[Part]:
    """Return what happens: turns of 1.5 to 60 s, some without a pause between, and four gaps an hour."""
    dice = np.random.default_rng(hours)
    parts: list[Part] = []
    now, voice = 0, 0
    while now < hours * HOUR_MS:
        voice = (voice + int(dice.integers(1, VOICES))) % VOICES
        pause_ms = 0 if dice.random() < 0.3 else int(dice.integers(600, 3_000))
        for kind, length_ms in (
            (voice, int(1_500 + 58_500 * dice.random() ** 3)),
            (SILENT, pause_ms),
            (MISSED, 20_000 if now // (HOUR_MS // 4) != (now + 17_000) // (HOUR_MS // 4) else 0),
        ):
            parts.append(Part(kind, now, now + length_ms))
            now += length_ms
    return parts


def stream(parts: Sequence[Part]) -> Iterator[Pcm16k | MissingSound]:
    voices = loops()
    dice = np.random.default_rng(3)
    for part in parts:
        for start in range(part.start_ms, part.end_ms, 5_000):
            samples = (min(start + 5_000, part.end_ms) - start) * 16
            if part.voice == MISSED:
                yield MissingSound(samples=samples, reason=MISSING)
            elif part.voice == SILENT:
                yield np.zeros(samples, dtype=np.float32)
            else:
                rolled = np.roll(voices[part.voice], -int(dice.integers(LOOP)))
                yield np.resize(rolled, samples)


def turns_of(parts: Sequence[Part]) -> list[SpeakerTurn]:
    return [
        SpeakerTurn(start_ms=part.start_ms, end_ms=part.end_ms, speaker=str(part.voice), confidence=1.0)
        for part in parts
        if part.voice >= 0
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one recording took, and what came of it."""

    parts: list[Part]
    turns: list[SpeakerTurn]
    peak_mb: float
    embedder: SpectrumEmbedder


def run(hours: int) -> Run:
    parts, embedder = script(hours), SpectrumEmbedder()
    tracemalloc.start()
    turns = WindowedDiarizer(EmbeddedVoices(embedder), Loudness()).turns(stream(parts))
    peak_mb = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return Run(parts=parts, turns=turns, peak_mb=peak_mb, embedder=embedder)


@pytest.fixture(scope="module")
def session() -> Run:
    return run(8)


def test_it_finds_the_twelve_and_their_turns(session: Run) -> None:
    truth = turns_of(session.parts)
    assert len(truth) > 1_500
    assert len({turn.speaker for turn in session.turns}) == VOICES
    assert diarization_errors(truth, session.turns).rate < 0.025  # measured 0.0153, most of it the pads
    assert diarization_errors(truth, session.turns, collar_ms=250).rate < 0.004  # measured 0.0018


def test_a_speaker_is_the_same_person_in_the_last_hour_as_in_the_first(session: Run) -> None:
    truth = turns_of(session.parts)
    first, last = (
        {
            pair
            for turn in session.turns
            for pair in owners(turn, truth)
            if limits[0] <= turn.start_ms < limits[1]
        }
        for limits in ((0, HOUR_MS), (7 * HOUR_MS, 8 * HOUR_MS))
    )
    assert len(first) == len(last) == VOICES
    assert first == last


def owners(turn: SpeakerTurn, truth: Sequence[SpeakerTurn]) -> Iterator[tuple[str, str]]:
    """Yield the label of a long turn with the voice that it is."""
    if turn.duration_ms > 10_000:
        for true in truth:
            if min(true.end_ms, turn.end_ms) - max(true.start_ms, turn.start_ms) > 0.9 * turn.duration_ms:
                yield turn.speaker, true.speaker


def test_nobody_speaks_in_missing_sound_and_times_stay_right_after_it(session: Run) -> None:
    gaps = [part for part in session.parts if part.voice == MISSED and part.end_ms > part.start_ms]
    assert len(gaps) > 10
    for gap in gaps:
        assert not [
            turn for turn in session.turns if turn.start_ms < gap.end_ms and turn.end_ms > gap.start_ms
        ]


def test_memory_does_not_grow_with_the_recording(session: Run) -> None:
    hour = run(1)
    assert session.peak_mb < 110  # measured 71; the samples alone would be 1,843
    assert session.peak_mb < hour.peak_mb + 15  # measured 67 for one hour


def test_the_work_grows_with_the_recording_and_no_faster(session: Run) -> None:
    seconds = session.parts[-1].end_ms / 1000
    assert session.embedder.heard_s < 2.01 * seconds  # each moment is in two windows
    assert session.embedder.most_at_once_s <= 32 * 1.5
