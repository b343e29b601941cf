"""From a model's matrix of who is active when, within a chunk, to voices with their vectors."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from astra.core.diarization.embedded_voices import sound_of
from astra.core.diarization.ports import SpeakerEmbedder
from astra.core.diarization.values import LocalTurn, LocalVoice
from astra.core.pipeline.chunking import Chunk
from astra.core.values import SAMPLES_PER_MS, Pcm16k

Activity = npt.NDArray[np.float32]  # probability of each speaker in each frame, shape (frames, speakers)

_ACTIVE: Final = 0.5
_SHORTEST_MS: Final = 150  # a click, or the model's own doubt
_ENOUGH_MS: Final = 20_000  # of one voice; more does not change its vector


def active_voices(
    activity: Activity, frame_ms: int, chunk: Chunk, embedder: SpeakerEmbedder
) -> list[LocalVoice]:
    """Return who is active in a chunk; vectors are of the sound where each speaks alone, if there is any."""
    turns = [tuple(_turns(column, frame_ms, chunk.duration_ms)) for column in activity.T]
    present = [speaker for speaker, own in enumerate(turns) if own]
    if not present:
        return []
    is_alone = (activity >= _ACTIVE).sum(axis=1) == 1
    sounds = [
        _sound(chunk, turns[speaker], is_alone & (activity[:, speaker] >= _ACTIVE), frame_ms, embedder)
        for speaker in present
    ]
    vectors = embedder.embed(sounds)
    return [
        LocalVoice(turns=turns[speaker], vector=vector)
        for speaker, vector in zip(present, vectors, strict=True)
    ]


def _turns(activity: npt.NDArray[np.float32], frame_ms: int, duration_ms: int) -> Iterator[LocalTurn]:
    for start, end in _runs(activity >= _ACTIVE):
        end_ms = min(end * frame_ms, duration_ms)  # the last frame may stick out
        if end_ms - start * frame_ms >= _SHORTEST_MS:
            certainty = float(activity[start:end].mean())
            yield LocalTurn(start_ms=start * frame_ms, end_ms=end_ms, confidence=min(certainty, 1.0))


def _runs(is_active: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return [first, after the last) of each run of true values."""
    edges: list[int] = np.flatnonzero(np.diff(is_active, prepend=False, append=False)).tolist()
    return list(pairwise(edges))[::2]


def _sound(
    chunk: Chunk,
    turns: tuple[LocalTurn, ...],
    is_alone: npt.NDArray[np.bool_],
    frame_ms: int,
    embedder: SpeakerEmbedder,
) -> Pcm16k:
    """Return the sound where one speaks alone, else that of the longest turn, widened if it is too short."""
    samples = frame_ms * SAMPLES_PER_MS
    alone = [chunk.audio[start * samples : end * samples] for start, end in _runs(is_alone)]
    joined = np.concatenate(alone)[: _ENOUGH_MS * SAMPLES_PER_MS] if alone else np.zeros(0, np.float32)
    if len(joined) >= embedder.shortest_ms * SAMPLES_PER_MS:
        return joined
    longest = max(turns, key=lambda turn: turn.end_ms - turn.start_ms)
    return sound_of(chunk, (longest.start_ms, longest.end_ms), embedder.shortest_ms)
