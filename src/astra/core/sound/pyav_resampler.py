"""Frames of any rate, format and number of channels, to mono samples at 16 kHz."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from astra.core.ledger import DAMAGED
from astra.core.values import SAMPLE_RATE, MissingSound, Pcm16k

if TYPE_CHECKING:
    from av import AudioFifo, AudioFrame, AudioResampler

_MOST_NAMED: Final = 8  # channels; FFmpeg mixes down layouts that it has a name for


class MonoResampler:
    """Resamples a second at a time, which costs a third of a frame at a time."""

    def __init__(self) -> None:
        self._layout: tuple[str, int] | None = None
        self._resampler: AudioResampler | None = None
        self._queue: AudioFifo | None = None
        self._gain = 1.0  # of the sum of channels

    def take(self, frame: "AudioFrame") -> Iterator[Pcm16k | MissingSound]:
        """Add a frame to those that wait; yield them once they are a second."""
        import av  # noqa: PLC0415  # loaded already

        layout = (f"{frame.format.name} {frame.layout.name}", frame.sample_rate)
        if layout != self._layout or self._queue is None:
            yield from self.rest()
            self._layout = layout
            self._queue = av.AudioFifo()
            self._resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        frame.pts = None
        self._queue.write(frame)
        if self._queue.samples >= frame.sample_rate:
            yield from self._resampled(self._queue.read())

    def rest(self) -> Iterator[Pcm16k | MissingSound]:
        """Yield all that waits."""
        if self._queue is not None and self._queue.samples:
            yield from self._resampled(self._queue.read())
        yield from self._resampled(None)
        self._queue = self._resampler = None

    def _mixed(self, frame: "AudioFrame") -> "AudioFrame":
        """Return a frame of channels that FFmpeg has no layout for as their sum; any other as it is.

        A mixer's channels are mostly one voice and many closed microphones: an average would bury it. The sum
        is turned down for good once it passes the full scale, at the most to the average.
        """
        import av  # noqa: PLC0415  # loaded already

        if frame.layout.nb_channels <= _MOST_NAMED and "channels" not in frame.layout.name:
            return frame
        mono = _channels(frame).sum(axis=1, dtype=np.float32)[None]
        self._gain = min(self._gain, 1 / max(float(np.abs(mono).max(initial=0)), 1.0))
        mixed = av.AudioFrame.from_ndarray(mono * np.float32(self._gain), format="flt", layout="mono")
        mixed.sample_rate = frame.sample_rate
        return mixed

    def _resampled(self, frame: "AudioFrame | None") -> Iterator[Pcm16k | MissingSound]:
        import av  # noqa: PLC0415  # loaded already

        if self._resampler is None:
            return
        try:
            mono = self._mixed(frame) if frame is not None else None
            yield from [_sane(out) for out in self._resampler.resample(mono)]
        except (av.error.FFmpegError, ValueError):
            self._resampler = self._queue = None
            if frame is not None:
                yield from damaged(frame)


def damaged(frame: "AudioFrame") -> Iterator[MissingSound]:
    """Declare a frame that cannot be used."""
    samples = round(frame.samples * SAMPLE_RATE / frame.sample_rate) if frame.sample_rate > 0 else 0
    if samples:
        yield MissingSound(samples=samples, reason=DAMAGED)


def _channels(frame: "AudioFrame") -> Pcm16k:
    """Return a frame's samples, shape (n, channels), finite.

    FFmpeg packs the channels first: PyAV's planes of more than eight lie beyond the frame.
    """
    import av  # noqa: PLC0415  # loaded already

    packing = av.AudioResampler(format="flt", layout=frame.layout, rate=frame.sample_rate)
    packed = [out.to_ndarray() for out in (*packing.resample(frame), *packing.resample(None))]
    samples = np.concatenate(packed, axis=1, dtype=np.float32).reshape(-1, frame.layout.nb_channels)
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    return samples


def _sane(frame: "AudioFrame") -> Pcm16k:
    """Return finite samples in [-1, 1]; what is not a number is silence."""
    samples = np.asarray(frame.to_ndarray(), dtype=np.float32).reshape(-1)
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.clip(samples, -1.0, 1.0, out=samples)
