"""Where the voice is in the part of a recording that is held in memory."""

from typing import Final

import numpy as np

from astra.core.pipeline.voice import Stretch, stretches_of
from astra.core.ports import VoiceDetector
from astra.core.values import SAMPLES_PER_MS, Pcm16k

_WORTHWHILE: Final = 1 << 16  # samples; the detector is faster with several seconds at once


class VoiceTrack:
    """Follows the samples of a buffer to which new ones are added and of which the oldest are dropped."""

    def __init__(self, detector: VoiceDetector) -> None:
        self._stream = detector.stream()
        self._window_ms = detector.window_ms
        self._probabilities: list[float] = []
        self._waiting: list[Pcm16k] = []
        self._waiting_samples = 0
        self._offset_ms = 0  # where the first kept window begins; 0 or less

    def add(self, sound: Pcm16k) -> None:
        """Take the samples that follow."""
        self._waiting.append(sound)
        self._waiting_samples += len(sound)
        if self._waiting_samples >= _WORTHWHILE:
            self._decide()

    def finish(self) -> None:
        """Decide what waits, the last window too, which may be incomplete: silence follows."""
        self._waiting.append(np.zeros(self._window_ms * SAMPLES_PER_MS, dtype=np.float32))
        self._decide()

    def _decide(self) -> None:
        self._probabilities.extend(self._stream.probabilities(np.concatenate(self._waiting)))
        self._waiting, self._waiting_samples = [], 0

    def covers(self, duration_ms: int) -> bool:
        """Tell whether the voice is known so far."""
        return self._offset_ms + len(self._probabilities) * self._window_ms >= duration_ms

    def speech_ms(self, duration_ms: int) -> list[Stretch]:
        """Return the stretches with voice in the buffer's first `duration_ms`."""
        windows = -(-(duration_ms - self._offset_ms) // self._window_ms)
        return stretches_of(self._probabilities[:windows], self._window_ms, self._offset_ms, duration_ms)

    def drop(self, duration_ms: int) -> None:
        """Forget the buffer's first `duration_ms`."""
        windows = (duration_ms - self._offset_ms) // self._window_ms
        del self._probabilities[:windows]
        self._offset_ms += windows * self._window_ms - duration_ms
