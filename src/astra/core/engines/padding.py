"""Silence after sounds too short for NVIDIA's models."""

from typing import Final

import numpy as np

from astra.core.values import SAMPLE_RATE, Pcm16k

_SHORTEST: Final = SAMPLE_RATE


def padded(chunk: Pcm16k) -> Pcm16k:
    """Return a sound of at least a second, its times unmoved.

    NeMo itself would pad on both sides, which moves the times; onnx-asr divides by zero frames.
    """
    return np.pad(chunk, (0, max(_SHORTEST - len(chunk), 0)))
