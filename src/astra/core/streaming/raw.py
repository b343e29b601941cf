"""Raw samples as a client sends them, to mono samples at 16 kHz, piece by piece."""

from enum import StrEnum
from math import gcd
from typing import Final

import numpy as np
import numpy.typing as npt

from astra.core.values import SAMPLE_RATE, Pcm16k

_CROSSINGS: Final = 16  # zero crossings of the sinc on each side


class RawEncoding(StrEnum):
    """How samples are written."""

    LINEAR16 = "linear16"  # signed, little endian
    LINEAR32 = "linear32"  # floating point, little endian, in [-1, 1]


_TYPES: Final = {RawEncoding.LINEAR16: ("<i2", 1 / 32768), RawEncoding.LINEAR32: ("<f4", 1.0)}


class RawSound:
    """Decodes pieces that may end anywhere, in the middle of a sample too; channels are averaged."""

    def __init__(self, encoding: RawEncoding, sample_rate: int, channels: int) -> None:
        self._type, self._scale = np.dtype(_TYPES[encoding][0]), _TYPES[encoding][1]
        self._channels = channels
        self._rest = b""
        self._resampler = None if sample_rate == SAMPLE_RATE else Resampler(sample_rate)

    def samples(self, data: bytes) -> Pcm16k:
        """Return the samples that are complete now."""
        data = self._rest + data
        whole = len(data) - len(data) % (self._type.itemsize * self._channels)
        self._rest = data[whole:]
        values = np.frombuffer(data[:whole], dtype=self._type).astype(np.float32) * np.float32(self._scale)
        values = np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=-1.0).clip(-1.0, 1.0)
        mono = values.reshape(-1, self._channels).mean(axis=1, dtype=np.float32)
        return self._resampler.resampled(mono) if self._resampler else mono

    def end(self) -> Pcm16k:
        """Return what the resampler still holds; a sample that never became whole is dropped."""
        return self._resampler.end() if self._resampler else np.zeros(0, dtype=np.float32)


class Resampler:
    """A windowed-sinc filter in polyphase form (Crochiere and Rabiner 1983), whatever the pieces."""

    def __init__(self, sample_rate: int) -> None:
        common = gcd(sample_rate, SAMPLE_RATE)
        self._up, self._down = SAMPLE_RATE // common, sample_rate // common
        self._reach = -(-_CROSSINGS * max(self._up, self._down) // self._up)  # input samples on each side
        self._filters = self._phases()
        self._held = np.zeros(self._reach, dtype=np.float32)  # begins `_reach` before the next output's input
        self._phase = 0  # of the next output, in input samples times `_up`

    def resampled(self, sound: Pcm16k) -> Pcm16k:
        """Return the samples that are complete now."""
        held = np.concatenate([self._held, sound])
        usable = len(held) - 2 * self._reach  # input samples around which everything is known
        count = max(-(-(usable * self._up - self._phase) // self._down), 0)
        if not count:
            self._held = held
            return np.zeros(0, dtype=np.float32)
        positions = self._phase + np.arange(count) * self._down
        windows = np.lib.stride_tricks.sliding_window_view(held, 2 * self._reach + 1)
        found = np.einsum("nk,nk->n", windows[positions // self._up], self._filters[positions % self._up])
        following = int(positions[-1]) + self._down
        self._held = held[following // self._up :].copy()
        self._phase = following % self._up
        return np.asarray(found, dtype=np.float32).clip(-1.0, 1.0)

    def end(self) -> Pcm16k:
        """Return the rest, as if silence followed."""
        return self.resampled(np.zeros(self._reach, dtype=np.float32))

    def _phases(self) -> npt.NDArray[np.float32]:
        """Return the filter of each phase, shape (up, 2 reach + 1); each passes a constant unchanged."""
        cutoff = min(1.0, self._up / self._down)
        offsets = np.arange(-self._reach, self._reach + 1) - np.arange(self._up)[:, None] / self._up
        window = np.cos(np.pi / 2 * np.clip(offsets / (self._reach + 1), -1, 1)) ** 2
        filters = np.sinc(offsets * cutoff) * window
        return np.asarray(filters / filters.sum(axis=1, keepdims=True), dtype=np.float32)
