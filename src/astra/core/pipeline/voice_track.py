"""Where the voice is in the part of a recording that is held in memory."""

import numpy as np

from astra.core.pipeline.voice import Stretch, stretches_of
from astra.core.ports import VoiceDetector
from astra.core.values import SAMPLES_PER_MS, Pcm16k


class VoiceTrack:
    """Follows the samples of a buffer to which new ones are added and of which the oldest are dropped."""

    def __init__(self, detector: VoiceDetector) -> None:
        self._stream = detector.stream()
        self._window_ms = detector.window_ms
        self._probabilities: list[float] = []
        self._offset_ms = 0  # where the first kept window begins; 0 or less

    def add(self, sound: Pcm16k) -> None:
        """Take the samples that follow."""
        self._probabilities.extend(self._stream.probabilities(sound))

    def finish(self) -> None:
        """Decide the last window, which may be incomplete: silence follows."""
        self.add(np.zeros(self._window_ms * SAMPLES_PER_MS, dtype=np.float32))

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
