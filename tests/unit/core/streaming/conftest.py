"""Speech that is a row of tones, and doubles of the ports that hear it as an engine does."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

import numpy as np
import pytest

from astra.core.pipeline.leases import SharedEngine
from astra.core.streaming.realtime import RealtimeTranscriber
from astra.core.values import (
    SAMPLE_RATE,
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    Segment,
    TranscribeOptions,
    Word,
)

WORD_MS, BETWEEN_WORDS_MS = 220, 80
FRAME = 160  # samples: 10 ms
LOUD = 0.05
DICE = random.Random(1)
NAMES = ["".join(DICE.choices(ascii_lowercase, k=8)) for _ in range(60)]  # no text of them is compressible


def spoken(word: int) -> Pcm16k:
    """Return a word: a tone of 300 Hz, 400 Hz, … and the short silence after it."""
    time = np.arange(WORD_MS * 16) / SAMPLE_RATE
    tone = 0.5 * np.sin(2 * np.pi * (300 + 100 * word) * time + 0.1)
    return np.concatenate([tone, np.zeros(BETWEEN_WORDS_MS * 16)]).astype(np.float32)


def silence(duration_ms: int) -> Pcm16k:
    return np.zeros(duration_ms * 16, dtype=np.float32)


class LoudnessDetector:
    """A voice is where it is loud."""

    window_ms = 32

    def stream(self) -> "LoudnessStream":
        return LoudnessStream()


class LoudnessStream:
    def __init__(self) -> None:
        self._waiting = np.zeros(0, dtype=np.float32)

    def probabilities(self, sound: Pcm16k) -> list[float]:
        self._waiting = np.concatenate([self._waiting, sound])
        whole = len(self._waiting) // 512 * 512
        windows, self._waiting = self._waiting[:whole].reshape(-1, 512), self._waiting[whole:]
        return [float(loud) for loud in np.abs(windows).max(axis=1, initial=0.0) > LOUD]


@dataclass
class ToneEngine:
    """Hears tones; what is cut off at the sound's edge it takes for another word, as engines do."""

    word_times: bool = True
    longest_ms: int = 30_000
    longest_heard_ms: int = 0
    is_closed: bool = False
    heard: list[Pcm16k] = field(default_factory=list)  # kept if `keeps_sound`
    keeps_sound: bool = False
    is_deaf: bool = False

    identity = EngineIdentity(engine="tones", engine_version="1", model="tones", model_digest="0" * 64)

    @property
    def features(self) -> EngineFeatures:
        return EngineFeatures(
            languages=frozenset({"es"}), word_times=self.word_times, longest_ms=self.longest_ms
        )

    def load(self) -> "ToneEngine":
        return self

    def close(self) -> None:
        self.is_closed = True

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        assert options.word_times == self.word_times
        return [self._heard(chunk) for chunk in chunks]

    def _heard(self, chunk: Pcm16k) -> Hearing:
        self.longest_heard_ms = max(self.longest_heard_ms, len(chunk) // 16)
        if self.keeps_sound:
            self.heard.append(chunk)
        words = [self._word(chunk, start, end) for start, end in tones_in(chunk)]
        if not words or self.is_deaf:
            return Hearing(segments=())
        segment = Segment(
            start_ms=words[0].start_ms,
            end_ms=words[-1].end_ms,
            text=" ".join(word.text for word in words),
            confidence=0.9,
            words=tuple(words) if self.word_times else (),
        )
        return Hearing(segments=(segment,))

    def _word(self, chunk: Pcm16k, start: int, end: int) -> Word:
        text = name_of(chunk[start:end]) if end - start >= (WORD_MS - 60) * 16 else "eh"
        return Word(start_ms=start // 16, end_ms=end // 16, text=text, confidence=0.9)


def name_of(tone: Pcm16k) -> str:
    crossings = np.flatnonzero(np.diff(np.signbit(tone)))
    cycles = (len(crossings) - 1) / 2
    return NAMES[round(cycles * SAMPLE_RATE / float(crossings[-1] - crossings[0]) / 100) - 3]


def tones_in(chunk: Pcm16k) -> list[tuple[int, int]]:
    """Return the loud stretches, in samples, to a hundredth of a second."""
    whole = len(chunk) // FRAME * FRAME
    is_loud = np.abs(chunk[:whole].reshape(-1, FRAME)).max(axis=1, initial=0.0) > LOUD
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_loud, [False]]).astype(np.int8)))
    return [(int(start) * FRAME, int(end) * FRAME) for start, end in edges.reshape(-1, 2)]


@pytest.fixture(scope="session")
def tone_engine() -> type[ToneEngine]:
    return ToneEngine


@pytest.fixture(scope="session")
def realtime_over() -> Callable[..., RealtimeTranscriber]:
    """Make a transcriber over an engine; its hearings take no time unless a clock is given."""

    def make(engine: ToneEngine, monotonic: Callable[[], float] = lambda: 0.0) -> RealtimeTranscriber:
        return RealtimeTranscriber(
            engine=SharedEngine(engine), voice_detector=LoudnessDetector(), monotonic=monotonic
        )

    return make


@pytest.fixture(scope="session")
def speech() -> Callable[[Sequence[tuple[Sequence[int], int]]], Pcm16k]:
    """Make sound of utterances, each some words and the pause (in ms) after them."""

    def make(utterances: Sequence[tuple[Sequence[int], int]]) -> Pcm16k:
        pieces = [silence(0)]
        for words, pause_ms in utterances:
            pieces += [*map(spoken, words), silence(pause_ms)]
        return np.concatenate(pieces)

    return make


@pytest.fixture(scope="session")
def said() -> Callable[[Sequence[tuple[Sequence[int], int]]], str]:
    """Tell the text of utterances."""
    return lambda utterances: " ".join(NAMES[word] for words, _ in utterances for word in words)
