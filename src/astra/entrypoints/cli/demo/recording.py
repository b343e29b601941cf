"""The sample recording cut as a live client would send it: where the speaker changes, at most 28 s each."""

import io
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from astra.bootstrap.parts import sound_decoder
from astra.core.values import SAMPLE_RATE, Pcm16k
from astra.samples import Sample, SampleLine

MAX_CHUNK_MS: Final = 28_000
SAMPLES_PER_MS: Final = SAMPLE_RATE // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChunk:
    """A stretch of one speaker, as WAV."""

    speaker_id: str
    is_reserved: bool
    audio: bytes
    duration_ms: int


def live_chunks(sample: Sample) -> Iterator[LiveChunk]:
    """Yield the whole recording, every sample of it once, in chunks of one speaker each."""
    samples = decoded(sample.audio_path)
    groups = grouped(sample.lines)
    starts = [0, *(boundary_ms(left, right) for left, right in pairwise(groups))]
    ends = [*starts[1:], -(-len(samples) // SAMPLES_PER_MS)]
    for group, start_ms, end_ms in zip(groups, starts, ends, strict=True):
        yield LiveChunk(
            speaker_id=group[0].speaker,
            is_reserved=group[0].reserved,
            audio=wav_of(samples[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS]),
            duration_ms=end_ms - start_ms,
        )


def grouped(lines: Sequence[SampleLine]) -> list[list[SampleLine]]:
    """Return the lines in runs of one speaker and one visibility, each short enough for a chunk."""
    groups: list[list[SampleLine]] = []
    for line in lines:
        group = groups[-1] if groups else []
        if (
            group
            and (group[0].speaker, group[0].reserved) == (line.speaker, line.reserved)
            and line.end_ms - group[0].start_ms <= MAX_CHUNK_MS
        ):
            group.append(line)
        else:
            groups.append([line])
    return groups


def boundary_ms(left: Sequence[SampleLine], right: Sequence[SampleLine]) -> int:
    """Return the middle of the pause between two runs."""
    return (left[-1].end_ms + right[0].start_ms) // 2


def decoded(recording: Path) -> Pcm16k:
    """Return all samples of a short recording."""
    pieces = [piece for piece in sound_decoder().pieces(recording) if isinstance(piece, np.ndarray)]
    return np.concatenate(pieces)


def wav_of(samples: Pcm16k) -> bytes:
    """Return the samples as a 16-bit WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()
