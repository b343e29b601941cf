"""Recordings of hours: the sample session with silences, again and again, as MP3."""

from pathlib import Path
from typing import Final

import av
import numpy as np

from astra.samples import load_sample

TILE_S: Final = 300  # the session and the silence after it
TILES_AN_HOUR: Final = 3600 // TILE_S
RATE: Final = 44_100
BLOCK: Final = 1152  # samples of an MP3 frame


def make_mp3(path: Path, hours: int, *, channels: int = 1) -> Path:
    """Write a recording of whole hours, at 64 kbit/s a channel.

    One tile is encoded and its frames repeated: it ends in silence, so that nothing is heard at the seams.
    """
    tile = _tile(path.with_suffix(".tile.mp3"), channels)
    with path.open("wb") as file:
        for _ in range(hours * TILES_AN_HOUR):
            file.write(tile)
    return path


def reference_text(hours: int) -> str:
    """Return what is said in such a recording."""
    return " ".join([load_sample().reference_text] * (hours * TILES_AN_HOUR))


def _tile(path: Path, channels: int) -> bytes:
    sound = np.zeros(TILE_S * RATE // BLOCK * BLOCK, dtype=np.float32)
    session = _session()
    sound[: len(session)] = session
    layout = "mono" if channels == 1 else "stereo"
    with av.open(str(path), "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as file:
        stream = file.add_stream("libmp3lame", rate=RATE, layout=layout)
        stream.bit_rate = 64_000 * channels
        for start in range(0, len(sound), BLOCK):
            samples = np.tile(sound[None, start : start + BLOCK], (channels, 1))
            frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
            frame.sample_rate = RATE
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    content = path.read_bytes()
    path.unlink()
    return content


def _session() -> np.ndarray:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(load_sample().audio_path)) as file:
        frames = [out for frame in file.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
