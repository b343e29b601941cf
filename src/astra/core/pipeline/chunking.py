"""Chunks of at most 30 s that begin and end in pauses, from a stream of any length, in constant memory."""

from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from astra.core.pipeline.voice import Stretch
from astra.core.pipeline.voice_track import VoiceTrack
from astra.core.ports import VoiceDetector
from astra.core.values import SAMPLES_PER_MS, MissingSound, Pcm16k

LONGEST_CHUNK_MS: Final = 30_000  # Whisper's window
_EARLIEST_GOOD_CUT_MS: Final = 12_000  # shorter chunks recognise worse
_ZERO_FILLED_GAP: Final = 16_000  # samples; a sentence survives less, more is a chunk of its own

Gap = tuple[int, int, str]  # start, end, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A stretch of the recording; `speech` and `gaps` are in ms from its start. A long gap has no samples."""

    start_ms: int
    duration_ms: int
    audio: Pcm16k
    speech: tuple[Stretch, ...]
    gaps: tuple[Gap, ...] = ()


class Chunker:
    """Cuts at pauses, and exactly at the times given, such as changes of speaker.

    Args:
        voice_detector: tells where the pauses are.
        cut_at_ms: times from the recording's start at which a chunk must end.
        longest_ms: the longest chunk.
    """

    def __init__(
        self,
        voice_detector: VoiceDetector,
        cut_at_ms: Iterable[int] = (),
        longest_ms: int = LONGEST_CHUNK_MS,
    ) -> None:
        self._detector = voice_detector
        self._voice = VoiceTrack(voice_detector)
        self._cuts = sorted(set(cut_at_ms))
        self._longest_ms = longest_ms
        self._start_ms = 0
        self._buffer = np.zeros(0, dtype=np.float32)
        self._waiting: list[Pcm16k] = []
        self._waiting_samples = 0
        self._gaps: list[Gap] = []  # in samples from the buffer's start

    def chunks(self, pieces: Iterable[Pcm16k | MissingSound]) -> Generator[Chunk]:
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
        self._voice.add(samples)

    def _limit_ms(self) -> int:
        """Return how long the next chunk may be: up to the next forced cut."""
        index = bisect_right(self._cuts, self._start_ms)
        to_cut = self._cuts[index] - self._start_ms if index < len(self._cuts) else self._longest_ms
        return min(to_cut, self._longest_ms)

    def _full(self) -> Iterator[Chunk]:
        while self._held >= self._limit_ms() * SAMPLES_PER_MS and self._voice.covers(self._limit_ms()):
            yield self._next(self._limit_ms())

    def _flushed(self) -> Iterator[Chunk]:
        """Yield what is held; the voice is followed anew after it."""
        self._voice.finish()
        yield from self._full()
        if self._held:
            self._waiting.append(np.zeros(-self._held % SAMPLES_PER_MS, dtype=np.float32))
            self._gather()
            rest_ms = len(self._buffer) // SAMPLES_PER_MS
            yield self._emitted(self._voice.speech_ms(rest_ms), rest_ms)
        self._voice = VoiceTrack(self._detector)

    def _next(self, limit_ms: int) -> Chunk:
        self._gather()
        speech = self._voice.speech_ms(limit_ms)
        is_forced = limit_ms < self._longest_ms
        return self._emitted(speech, limit_ms if is_forced else pause_in(speech, limit_ms))

    def _gather(self) -> None:
        self._buffer = np.concatenate([self._buffer, *self._waiting])
        self._waiting, self._waiting_samples = [], 0

    def _emitted(self, speech: Sequence[Stretch], duration_ms: int) -> Chunk:
        samples = duration_ms * SAMPLES_PER_MS
        chunk = Chunk(
            start_ms=self._start_ms,
            duration_ms=duration_ms,
            audio=self._buffer[:samples],
            speech=tuple((start, min(end, duration_ms)) for start, end in speech if start < duration_ms),
            gaps=tuple(_in_ms(gap, duration_ms) for gap in self._gaps if gap[0] < samples),
        )
        self._buffer = self._buffer[samples:].copy()
        self._voice.drop(duration_ms)
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


def halves(chunk: Chunk) -> tuple[Chunk, ...]:
    """Return a chunk cut in two at its longest pause, or the chunk alone where it has none."""
    pauses = [(before[1], after[0]) for before, after in pairwise(chunk.speech)]
    if not pauses:
        return (chunk,)
    start, end = max(pauses, key=_length)
    cut = (start + end) // 2
    return _part(chunk, 0, cut), _part(chunk, cut, chunk.duration_ms)


def _part(chunk: Chunk, start_ms: int, end_ms: int) -> Chunk:
    return Chunk(
        start_ms=chunk.start_ms + start_ms,
        duration_ms=end_ms - start_ms,
        audio=chunk.audio[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS],
        speech=tuple(
            (start - start_ms, end - start_ms) for start, end in chunk.speech if start_ms <= start < end_ms
        ),
    )


def _in_ms(gap: Gap, duration_ms: int) -> Gap:
    start, end, reason = gap
    return start // SAMPLES_PER_MS, min(-(-end // SAMPLES_PER_MS), duration_ms), reason


def pause_in(speech: Sequence[Stretch], window_ms: int) -> int:
    """Return where to cut a window, in ms: in its longest late pause, else its longest, else its end."""
    if not speech:
        return window_ms
    ends = [*speech, (window_ms, window_ms)]
    pauses = [(before[1], after[0]) for before, after in pairwise(ends) if after[0] > before[1]]
    late = [pause for pause in pauses if pause[0] >= _EARLIEST_GOOD_CUT_MS]
    start, end = max(late or pauses, key=_length, default=(window_ms, window_ms))
    return (start + end) // 2


def _length(stretch: Stretch) -> int:
    start, end = stretch
    return end - start
