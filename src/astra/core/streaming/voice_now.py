"""Where the voice is in the sound that is held, known as soon as each window is complete."""

import numpy as np

from astra.core.pipeline.voice import Stretch, stretches_of
from astra.core.ports import VoiceDetector
from astra.core.values import SAMPLES_PER_MS, Pcm16k


class VoiceNow:
    """Follows sound that is added at the end and dropped from the beginning.

    `VoiceTrack` does the same for recordings, where it waits for several seconds at once: that is faster.
    """

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

    def speech_ms(self, duration_ms: int) -> list[Stretch]:
        """Return the stretches with voice in the first `duration_ms`."""
        return stretches_of(self._probabilities, self._window_ms, self._offset_ms, duration_ms)

    def drop(self, duration_ms: int) -> None:
        """Forget the first `duration_ms`; what is not decided of them yet stays undecided."""
        windows = min((duration_ms - self._offset_ms) // self._window_ms, len(self._probabilities))
        del self._probabilities[:windows]
        self._offset_ms += windows * self._window_ms - duration_ms
