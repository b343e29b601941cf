"""Samples as a file that every provider of recognition takes.

WAV of 16 bits: it is exact, needs no codec, and is on everybody's list of formats; FLAC would halve the
upload, but encoding it takes processor time of a machine whose part here is to wait for a network.
"""

import io
import wave
from typing import Final

import numpy as np

from astra.core.values import SAMPLE_RATE, Pcm16k

CONTENT_TYPE: Final = "audio/wav"
_SHORTEST: Final = SAMPLE_RATE // 10  # OpenAI refuses less than 0.1 s ("audio_too_short")
_FULL_SCALE: Final = 32_768  # as decoders have it, so that samples of 16 bits stay what they were


def wav_of(sound: Pcm16k) -> bytes:
    """Return the samples as a mono WAV file of 16 bits at 16 kHz, at least 0.1 s long: silence is added."""
    padded = np.pad(sound, (0, max(_SHORTEST - len(sound), 0)))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        whole = (padded * _FULL_SCALE).round().clip(-_FULL_SCALE, _FULL_SCALE - 1)
        file.writeframes(whole.astype("<i2").tobytes())
    return buffer.getvalue()
