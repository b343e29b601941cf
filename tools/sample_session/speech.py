"""Speech by espeak-ng, prepared exactly as the demo model's training sound was."""

import subprocess
from typing import Final

import numpy as np
import numpy.typing as npt

from sample_session.script import Voice

Sound = npt.NDArray[np.float32]

RATE: Final = 16_000
_ESPEAK_RATE: Final = 22_050
_UP, _DOWN = 320, 441  # 22 050 Hz * 320 / 441 = 16 000 Hz
_WAV_HEADER: Final = 44  # bytes; espeak-ng writes a fixed header, with a length that is not true
_QUIET: Final = 0.003
_PEAK: Final = 0.5
_KAISER_BETA: Final = 5.0


def spoken(text: str, voice: Voice) -> Sound:
    """Return the sentence at 16 kHz, trimmed of silence, with its peak at 0.5."""
    command = [
        "espeak-ng",
        "-v",
        voice.name,
        "-p",
        str(voice.pitch),
        "-s",
        str(voice.speed),
        "--stdout",
        text,
    ]
    wav = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    sound = np.frombuffer(wav[_WAV_HEADER:], dtype="<i2").astype(np.float32) / 32768
    sound = resampled(sound)
    loud = np.nonzero(np.abs(sound) > _QUIET)[0]
    sound = sound[max(0, loud[0] - 160) : loud[-1] + 320]
    return sound * np.float32(_PEAK / np.abs(sound).max())


def resampled(sound: Sound) -> Sound:
    """Resample from 22 050 to 16 000 Hz by a Kaiser-windowed sinc, as `scipy.signal.resample_poly` does."""
    half = 10 * _DOWN
    taps = _sinc_filter(half)
    count = -(-len(sound) * _UP // _DOWN)
    centre = np.arange(count) * _DOWN + half  # position of each output in the upsampled, filtered signal
    newest = np.minimum(centre // _UP, len(sound) - 1)
    result = np.zeros(count)
    for back in range(2 * half // _UP + 2):
        source = newest - back
        tap = centre - source * _UP
        usable = (source >= 0) & (tap <= 2 * half)
        result[usable] += taps[tap[usable]] * sound[source[usable]]
    return result.astype(np.float32)


def _sinc_filter(half: int) -> npt.NDArray[np.float64]:
    offsets = np.arange(-half, half + 1)
    taps = np.sinc(offsets / _DOWN) * np.kaiser(2 * half + 1, _KAISER_BETA)
    return taps * (_UP / taps.sum())
