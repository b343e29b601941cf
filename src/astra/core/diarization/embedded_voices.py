"""`LocalDiarizer` over vectors of short windows of the voiced stretches, clustered within the chunk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from astra.core.diarization.clustering import Labels, Linkage, grouped
from astra.core.diarization.ports import SpeakerEmbedder
from astra.core.diarization.values import LocalTurn, LocalVoice, SpeakerBounds, Vectors
from astra.core.pipeline.chunking import Chunk
from astra.core.pipeline.voice import Stretch
from astra.core.values import SAMPLES_PER_MS, Pcm16k

_WINDOW_MS: Final = 1_500  # shorter says less about the voice, longer blurs the changes
_HOP_MS: Final = 750
_BATCH: Final = 32  # windows in one call
_VOICES_KEPT: Final = 8  # apart in each chunk, so that who they are is decided over the whole recording
_CHUNK_MS: Final = 300_000  # 400 windows: clustered in milliseconds, and 20 MB of sound


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one voice: `hears` is given to the embedder, `owns` gets the voice's label; in ms."""

    hears: Stretch
    owns: Stretch


class EmbeddedVoices:
    """Tells voices apart by their vectors alone; one voice at a time, wherever the voice detector hears one.

    Changes without a pause are found to about 0.4 s; beside pauses, as exactly as the detector.
    """

    longest_ms = _CHUNK_MS
    blur_ms = _WINDOW_MS

    def __init__(self, embedder: SpeakerEmbedder) -> None:
        self._embedder = embedder

    @property
    def same_voice(self) -> float:
        return self._embedder.same_voice

    def voices(self, chunk: Chunk) -> list[LocalVoice]:
        windows = [window for stretch in chunk.speech for window in windows_of(stretch)]
        if not windows:
            return []
        vectors = np.concatenate(list(self._vectors(chunk, windows)))
        labels = grouped(
            vectors,
            np.array([window.owns[1] - window.owns[0] for window in windows], dtype=np.float64),
            Linkage(same_voice=self.same_voice, bounds=SpeakerBounds(fewest=_VOICES_KEPT)),
        )
        return [_voice(label, labels, windows, vectors) for label in range(labels.max() + 1)]

    def close(self) -> None:
        self._embedder.close()

    def _vectors(self, chunk: Chunk, windows: Sequence[Window]) -> Iterator[Vectors]:
        for start in range(0, len(windows), _BATCH):
            batch = windows[start : start + _BATCH]
            yield self._embedder.embed(
                [sound_of(chunk, window.hears, self._embedder.shortest_ms) for window in batch]
            )


def windows_of(stretch: Stretch) -> Iterator[Window]:
    """Yield windows spread evenly over a stretch, which own it without a hole; one if it is short."""
    start, end = stretch
    spare = end - start - _WINDOW_MS
    if spare <= 0:
        yield Window(hears=stretch, owns=stretch)
        return
    steps = -(-spare // _HOP_MS)
    begins = [start + spare * step // steps for step in range(steps + 1)]
    edges = [start, *((left + right + _WINDOW_MS) // 2 for left, right in pairwise(begins)), end]
    for begin, owns in zip(begins, pairwise(edges), strict=True):
        yield Window(hears=(begin, begin + _WINDOW_MS), owns=owns)


def sound_of(chunk: Chunk, stretch: Stretch, shortest_ms: int) -> Pcm16k:
    """Return a stretch of the chunk's sound, widened on both sides if it is too short."""
    lacking = max(shortest_ms - (stretch[1] - stretch[0]), 0)
    start = max(min(stretch[0] - lacking // 2, chunk.duration_ms - shortest_ms), 0)
    end = max(stretch[1], min(start + shortest_ms, chunk.duration_ms))
    return chunk.audio[start * SAMPLES_PER_MS : end * SAMPLES_PER_MS]


def _voice(label: int, labels: Labels, windows: Sequence[Window], vectors: Vectors) -> LocalVoice:
    own: list[int] = np.flatnonzero(labels == label).tolist()
    weights = [windows[index].owns[1] - windows[index].owns[0] for index in own]
    mean = np.average(vectors[own], axis=0, weights=weights)
    likeness = np.clip(vectors[own] @ (mean / max(float(np.linalg.norm(mean)), 1e-9)), 0, 1)
    turns = [
        LocalTurn(start_ms=windows[index].owns[0], end_ms=windows[index].owns[1], confidence=float(certainty))
        for index, certainty in zip(own, likeness, strict=True)
    ]
    return LocalVoice(turns=tuple(turns), vector=mean.astype(np.float32))
