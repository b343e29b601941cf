"""One call of the engine: what to hear of each chunk, what is known already, and a second try."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Final

from astra.core.pipeline.chunking import Chunk, halves
from astra.core.pipeline.guards import doubt_of, without_inventions, without_loops
from astra.core.ports import Checkpoint, LoadedEngine
from astra.core.values import (
    SAMPLES_PER_MS,
    EngineIdentity,
    Hearing,
    Pcm16k,
    Segment,
    TranscribeOptions,
)

_MARGIN_MS: Final = 500  # silence that the engine hears before the first and after the last voice of a chunk


class Hearer:
    """Hears chunks with a loaded model; safe from several threads."""

    def __init__(
        self,
        model: LoadedEngine,
        identity: EngineIdentity,
        options: TranscribeOptions,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self._model = model
        self._options = options
        self._checkpoint = checkpoint
        self._seal = repr((asdict(identity), asdict(options))).encode()

    def hear(self, chunks: Sequence[Chunk]) -> list[Hearing]:
        """Return what was said in each chunk, times from the chunk's start; nothing is heard twice."""
        keys = [self._key(chunk) for chunk in chunks]
        found = [None if self._checkpoint is None else self._checkpoint.find(key) for key in keys]
        new = [chunk for chunk, known in zip(chunks, found, strict=True) if known is None]
        heard = iter(self._heard(new) if new else ())
        return [known or self._kept(key, next(heard)) for key, known in zip(keys, found, strict=True)]

    def _heard(self, chunks: Sequence[Chunk]) -> Iterator[Hearing]:
        hearings = self._model.hear([audible(chunk) for chunk in chunks], self._options)
        for chunk, hearing in zip(chunks, hearings, strict=True):
            yield self._sure(chunk, placed(hearing, chunk))

    def _sure(self, chunk: Chunk, hearing: Hearing) -> Hearing:
        """Hear a doubtful chunk again, with care and then in two halves, until a hearing can be trusted.

        Where none can, the best is kept without its loops: the ledger declares what they covered.
        """
        best, doubt = hearing, doubt_of(hearing, chunk)
        for again in (self._with_care, self._in_halves):
            if doubt is None:
                return best
            other = again(chunk)
            other_doubt = doubt_of(other, chunk)
            if other_doubt is None or other_doubt.weight < doubt.weight:
                best, doubt = other, other_doubt
        return best if doubt is None else without_loops(best, chunk.speech)

    def _with_care(self, chunk: Chunk) -> Hearing:
        careful = replace(self._options, is_careful=True)
        return placed(self._model.hear([audible(chunk)], careful)[0], chunk)

    def _in_halves(self, chunk: Chunk) -> Hearing:
        parts = [self._with_care(half).shifted(half.start_ms - chunk.start_ms) for half in halves(chunk)]
        return Hearing(
            segments=tuple(segment for part in parts for segment in part.segments),
            untrusted=tuple(stretch for part in parts for stretch in part.untrusted),
        )

    def _kept(self, key: str, hearing: Hearing) -> Hearing:
        if self._checkpoint is not None:
            self._checkpoint.keep(key, hearing)
        return hearing

    def _key(self, chunk: Chunk) -> str:
        if self._checkpoint is None:
            return ""
        digest = hashlib.sha256(self._seal)
        digest.update(repr(chunk.speech).encode())
        digest.update(chunk.audio.tobytes())
        return digest.hexdigest()


def audible(chunk: Chunk) -> Pcm16k:
    """Return the chunk's sound from its first voice to its last, with a margin."""
    start_ms, end_ms = _heard_stretch(chunk)
    return chunk.audio[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS]


def placed(hearing: Hearing, chunk: Chunk) -> Hearing:
    """Return a hearing of `audible(chunk)` in the chunk's time, none beyond its end, nothing invented."""
    start_ms, end_ms = _heard_stretch(chunk)
    segments = tuple(_limited(hearing.segments, start_ms, end_ms))
    return without_inventions(Hearing(segments=segments), chunk.speech)


def _heard_stretch(chunk: Chunk) -> tuple[int, int]:
    start_ms = max(chunk.speech[0][0] - _MARGIN_MS, 0)
    return start_ms, min(chunk.speech[-1][1] + _MARGIN_MS, chunk.duration_ms)


def _limited(segments: Iterable[Segment], offset_ms: int, limit_ms: int) -> Iterator[Segment]:
    for segment in segments:
        later = segment.shifted(offset_ms)
        start = min(later.start_ms, limit_ms)
        yield replace(later, start_ms=start, end_ms=min(max(later.end_ms, start), limit_ms))
