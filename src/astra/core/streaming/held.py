"""The sound of a stream that nothing final has been said about yet."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from astra.core.pipeline.chunking import Chunk, Gap
from astra.core.pipeline.voice import Stretch
from astra.core.ports import VoiceDetector
from astra.core.streaming.voice_now import VoiceNow
from astra.core.values import SAMPLES_PER_MS, Pcm16k


class HeldSound:
    """Sound is added at the end and dropped from the beginning; stretches are in ms from the beginning."""

    def __init__(self, detector: VoiceDetector) -> None:
        self._detector = detector
        self._voice = VoiceNow(detector)
        self._sound: list[Pcm16k] = []
        self._samples = 0
        self._gaps: list[Gap] = []
        self.start_ms = 0  # of what is held first, in the stream

    @property
    def duration_ms(self) -> int:
        """How much is held; less than a millisecond more may wait for its rest."""
        return self._samples // SAMPLES_PER_MS

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.duration_ms

    def add(self, sound: Pcm16k) -> None:
        """Take the samples that follow."""
        self._sound.append(sound)
        self._samples += len(sound)
        self._voice.add(sound)

    def add_gap(self, samples: int, reason: str) -> None:
        """Take a short stretch that was lost; it sounds like silence and is accounted for as a gap."""
        start_ms = self._samples // SAMPLES_PER_MS
        self.add(np.zeros(samples, dtype=np.float32))
        self._gaps.append((start_ms, -(-self._samples // SAMPLES_PER_MS), reason))

    def finish(self) -> None:
        """Complete the last millisecond and decide about the last window: nothing follows."""
        self.add(np.zeros(-self._samples % SAMPLES_PER_MS, dtype=np.float32))
        self._voice.finish()

    def skip(self, duration_ms: int) -> None:
        """Go on after a long stretch that was lost; what was held is dropped, the voice starts anew."""
        self.start_ms = self.end_ms + duration_ms
        self._sound, self._samples, self._gaps = [], 0, []
        self._voice = VoiceNow(self._detector)

    def speech(self) -> list[Stretch]:
        """Return where there is voice."""
        return self._voice.speech_ms(self.duration_ms)

    def pauses(self) -> list[Stretch]:
        """Return the silences between voices."""
        return [(before[1], after[0]) for before, after in pairwise(self.speech())]

    def chunk(self, duration_ms: int, speech: Sequence[Stretch]) -> Chunk:
        """Return the first `duration_ms` of the sound, with the voice that is in them."""
        self._sound = [np.concatenate(self._sound)] if self._sound else []
        return Chunk(
            start_ms=self.start_ms,
            duration_ms=duration_ms,
            audio=self._sound[0][: duration_ms * SAMPLES_PER_MS] if self._sound else _NOTHING,
            speech=tuple((start, min(end, duration_ms)) for start, end in speech if start < duration_ms),
            gaps=tuple(
                (start, min(end, duration_ms), why) for start, end, why in self._gaps if start < duration_ms
            ),
        )

    def drop(self, duration_ms: int) -> None:
        """Forget the first `duration_ms`."""
        samples = duration_ms * SAMPLES_PER_MS
        self._sound = [np.concatenate(self._sound)[samples:].copy()] if self._sound else []
        self._samples -= samples
        self._voice.drop(duration_ms)
        self._gaps = [
            (max(start - duration_ms, 0), end - duration_ms, why)
            for start, end, why in self._gaps
            if end > duration_ms
        ]
        self.start_ms += duration_ms


_NOTHING = np.zeros(0, dtype=np.float32)
