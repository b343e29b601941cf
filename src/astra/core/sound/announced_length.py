"""Lengths that a file announces and FFmpeg does not pass on as they are: an MP3's index, a WAV's header."""

import struct
from typing import BinaryIO, Final

from astra.core.sound.recording_file import size_of
from astra.core.values import SAMPLE_RATE

_ID3_HEADER: Final = 10  # bytes
_FIRST_FRAME: Final = 4096  # bytes that hold an MP3's first frame
_TAGS_AT_END: Final = 1 << 16  # bytes; what ID3v1, APE or lyrics add after the last frame
_HAS_FRAMES, _HAS_BYTES = 1, 2  # flags of the index
_MP3_RATES: Final = (44_100, 48_000, 32_000)  # Hz, MPEG 1
_MPEG_1: Final = 3
_LARGEST_WAV: Final = 0x7F000000  # bytes; above are what recorders write that do not know the length yet
_WAV_HEAD: Final = 1 << 16  # bytes that hold the chunks before the samples


def announced_samples(file: BinaryIO) -> int | None:
    """Return the length in samples at 16 kHz that an MP3's index or a WAV's header announces.

    None: the file has neither, or what it says cannot be true.
    """
    file.seek(0)
    head = file.read(_ID3_HEADER)
    seconds = _wav_seconds(file) if head.startswith(b"RIFF") else _mp3_seconds(file, head)
    return round(seconds * SAMPLE_RATE) if seconds else None


def _mp3_seconds(file: BinaryIO, head: bytes) -> float | None:
    """Read the Xing or Info frame, which counts frames and bytes: of the first where an MP3 is two."""
    start = _after_tag(head)
    file.seek(start)
    frame = file.read(_FIRST_FRAME)
    found = max(frame.find(b"Xing"), frame.find(b"Info"))
    if found < 4 or frame[0] != 0xFF or len(frame) < found + 16:  # noqa: PLR2004  # header; marks and counts
        return None
    flags, frames, size = struct.unpack_from(">III", frame, found + 4)
    is_joined = flags & _HAS_BYTES and size_of(file) - start > size + _TAGS_AT_END
    if not flags & _HAS_FRAMES or is_joined:
        return None
    return float(frames * _frame_seconds(frame))


def _after_tag(head: bytes) -> int:
    """Return where the sound begins, after an ID3v2 tag."""
    if not head.startswith(b"ID3") or len(head) < _ID3_HEADER:
        return 0
    return _ID3_HEADER + sum(
        (byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True)
    )


def _frame_seconds(frame: bytes) -> float:
    """Return how long a frame of layer III lasts, by its header (ISO/IEC 11172-3, 2.4.1.3, and 13818-3)."""
    version, rate_index = frame[1] >> 3 & 3, frame[2] >> 2 & 3
    if rate_index == len(_MP3_RATES):
        return 0.0
    rate = _MP3_RATES[rate_index] / {_MPEG_1: 1, 2: 2}.get(version, 4)
    return (1152 if version == _MPEG_1 else 576) / rate


def _wav_seconds(file: BinaryIO) -> float | None:
    """Divide the size of the samples by their rate, where the file ends before they do.

    Both sizes of the header must tell the same length: one alone may be damaged.
    """
    file.seek(0)
    head = file.read(_WAV_HEAD)
    data = head.find(b"data", 12)
    if head[8:16] != b"WAVEfmt " or data < 0 or len(head) < data + 8:
        return None
    whole, rate = struct.unpack_from("<I", head, 4)[0], struct.unpack_from("<I", head, 28)[0]
    size = struct.unpack_from("<I", head, data + 4)[0]
    is_cut_off = data + size > size_of(file)
    if not rate or size > _LARGEST_WAV or data + size > whole or not is_cut_off:
        return None
    return float(size / rate)
