"""Chunks of at most 30 s that begin and end in pauses, from a stream of any length, in constant memory."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from astra.core.ports import VoiceDetector
from astra.core.values import SAMPLES_PER_MS, MissingSound, Pcm16k

LONGEST_CHUNK_MS: Final = 30_000  # Whisper's window
_EARLIEST_GOOD_CUT_MS: Final = 10_000  # shorter chunks recognise worse
_SENTENCE_PAUSE_MS: Final = 500
_ZERO_FILLED_GAP: Final = (
    16_000  # samples; a sentence survives a shorter gap, a longer one is a chunk of its own
)

Gap = tuple[int, int, str]  # start, end, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A stretch of the recording; `speech` and `gaps` are in ms from its start. A long gap has no samples."""

    start_ms: int
    duration_ms: int
    audio: Pcm16k
    speech: tuple[tuple[int, int], ...]
    gaps: tuple[Gap, ...] = ()


class Chunker:
    """Cuts at pauses, and exactly at the times given, such as changes of speaker."""

    def __init__(self, voice_detector: VoiceDetector, cut_at_ms: Iterable[int] = ()) -> None:
        self._detector = voice_detector
        self._cuts = sorted(set(cut_at_ms))
        self._start_ms = 0
        self._buffer = np.zeros(0, dtype=np.float32)
        self._waiting: list[Pcm16k] = []
        self._waiting_samples = 0
        self._gaps: list[Gap] = []  # in samples from the buffer's start

    def chunks(self, pieces: Iterable[Pcm16k | MissingSound]) -> Iterator[Chunk]:
        """Yield chunks that follow one another without a hole, from 0 to the recording's end."""
        for piece in pieces:
            if not isinstance(piece, MissingSound):
                self._add(piece)
            elif piece.samples < _ZERO_FILLED_GAP:
                self._gaps.append((self._held, self._held + piece.samples, piece.reason))
                self._add(np.zeros(piece.samples, dtype=np.float32))
            else:
                yield from self._flushed()
                yield self._missing(piece)
            yield from self._full()
        yield from self._flushed()

    @property
    def _held(self) -> int:
        return len(self._buffer) + self._waiting_samples

    def _add(self, samples: Pcm16k) -> None:
        self._waiting.append(samples)
        self._waiting_samples += len(samples)

    def _limit_ms(self) -> int:
        """Return how long the next chunk may be: up to the next forced cut."""
        index = bisect_right(self._cuts, self._start_ms)
        to_cut = self._cuts[index] - self._start_ms if index < len(self._cuts) else LONGEST_CHUNK_MS
        return min(to_cut, LONGEST_CHUNK_MS)

    def _full(self) -> Iterator[Chunk]:
        while self._held >= self._limit_ms() * SAMPLES_PER_MS:
            yield self._next(self._limit_ms())

    def _flushed(self) -> Iterator[Chunk]:
        yield from self._full()
        if self._held:
            self._add(np.zeros(-self._held % SAMPLES_PER_MS, dtype=np.float32))
            rest_ms = self._held // SAMPLES_PER_MS
            yield self._emitted(self._detector.speech_ms(self._window(rest_ms)), rest_ms)

    def _next(self, limit_ms: int) -> Chunk:
        speech = self._detector.speech_ms(self._window(limit_ms))
        is_forced = limit_ms < LONGEST_CHUNK_MS
        return self._emitted(speech, limit_ms if is_forced else pause_in(speech, limit_ms))

    def _window(self, duration_ms: int) -> Pcm16k:
        self._buffer = np.concatenate([self._buffer, *self._waiting])
        self._waiting, self._waiting_samples = [], 0
        return self._buffer[: duration_ms * SAMPLES_PER_MS]

    def _emitted(self, speech: Sequence[tuple[int, int]], duration_ms: int) -> Chunk:
        samples = duration_ms * SAMPLES_PER_MS
        chunk = Chunk(
            start_ms=self._start_ms,
            duration_ms=duration_ms,
            audio=self._buffer[:samples].copy(),
            speech=tuple((start, min(end, duration_ms)) for start, end in speech if start < duration_ms),
            gaps=tuple(_in_ms(gap, duration_ms) for gap in self._gaps if gap[0] < samples),
        )
        self._buffer = self._buffer[samples:].copy()
        self._gaps = [(max(a - samples, 0), b - samples, why) for a, b, why in self._gaps if b > samples]
        self._start_ms += duration_ms
        return chunk

    def _missing(self, piece: MissingSound) -> Chunk:
        duration_ms = piece.samples // SAMPLES_PER_MS
        chunk = Chunk(
            start_ms=self._start_ms,
            duration_ms=duration_ms,
            audio=np.zeros(0, dtype=np.float32),
            speech=(),
            gaps=((0, duration_ms, piece.reason),),
        )
        self._start_ms += duration_ms
        return chunk


def _in_ms(gap: Gap, duration_ms: int) -> Gap:
    start, end, reason = gap
    return start // SAMPLES_PER_MS, min(-(-end // SAMPLES_PER_MS), duration_ms), reason


def pause_in(speech: Sequence[tuple[int, int]], window_ms: int) -> int:
    """Return where to cut a window, in ms: the last sentence pause, else the longest pause, else the end."""
    if not speech:
        return window_ms
    ends = [*speech, (window_ms, window_ms)]
    pauses = [(before[1], after[0]) for before, after in pairwise(ends) if after[0] > before[1]]
    good = [(a, b) for a, b in pauses if b - a >= _SENTENCE_PAUSE_MS and a >= _EARLIEST_GOOD_CUT_MS]
    if good:
        return sum(good[-1]) // 2
    longest = max(pauses, key=lambda pause: pause[1] - pause[0], default=(window_ms, window_ms))
    return sum(longest) // 2
