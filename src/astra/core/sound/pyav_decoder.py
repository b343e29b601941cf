"""`SoundDecoder` over PyAV (FFmpeg's libraries): any format it reads, to mono samples at 16 kHz."""

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.core.ledger import DAMAGED, MISSING
from astra.core.ports import Recording
from astra.core.values import SAMPLE_RATE, MissingSound, Pcm16k

if TYPE_CHECKING:
    from av import AudioFifo, AudioFrame, AudioResampler, Packet
    from av.audio.stream import AudioStream
    from av.container import InputContainer

# Demuxers that read one file and nothing else: no playlists (hls, dash, concat), no devices, no networks.
_FORMATS: Final = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,gsm,latm,loas,m4a,matroska,mov,mp3,mp4,"
    "mpc,mpc8,mpeg,mpegts,mxf,nut,ogg,rm,tta,voc,w64,wav,webm,wv"
)
_OPTIONS: Final = {"format_whitelist": _FORMATS, "protocol_whitelist": "none"}
_ESTIMATED: Final = {
    "aac",
    "ac3",
    "eac3",
    "mp3",
}  # formats whose length FFmpeg may only estimate from bit rates
_ID3_HEADER: Final = 10  # bytes
_FIRST_FRAME: Final = 4096  # bytes that hold an MP3's first frame
_READ_SIZE: Final = 1 << 18  # bytes
_SHORTEST_JUMP: Final = SAMPLE_RATE // 5  # what timestamps skip below this is the container's rounding
_LONGEST_GAP: Final = SAMPLE_RATE * 3600 * 24  # more than this is a damaged timestamp


class PyAvDecoder:
    """Decodes with FFmpeg's own demuxers and codecs, in memory bounded by one packet."""

    def pieces(self, source: Recording) -> Iterator[Pcm16k | MissingSound]:
        heard = lost = 0
        for container, stream, is_counted in _opened(source):
            for piece in _Reading(container, stream, is_counted=is_counted).pieces():
                if isinstance(piece, MissingSound):
                    lost += piece.samples
                else:
                    heard += len(piece)
                yield piece
        if not heard:
            raise AudioUnreadable if lost else AudioEmpty

    def duration_ms(self, source: Recording) -> int | None:
        samples = 0
        for container, stream, _ in _opened(source):
            samples = _declared_samples(container, stream)
        return samples * 1000 // SAMPLE_RATE or None


def _opened(source: Recording) -> "Iterator[tuple[InputContainer, AudioStream, bool]]":
    """Yield the recording once, open, its first audio stream, and whether its length is counted.

    The file is always read through a handle: FFmpeg never sees a path, so that neither a name's ending nor a
    reference in the file opens anything else.
    """
    import av  # noqa: PLC0415  # heavy: loaded when sound is read

    with closing(_file(source)) as file:
        if not file.read(1):
            raise AudioEmpty
        is_indexed = _is_indexed_mp3(file)
        file.seek(0)
        try:
            container = av.open(
                file, "r", options=_OPTIONS, buffer_size=_READ_SIZE, metadata_errors="replace"
            )
        except (av.error.FFmpegError, ValueError) as error:
            raise AudioUnreadable from error
        with closing(container):
            if not container.streams.audio:
                raise AudioUnreadable("There is no sound in this file; send the recording of the session.")
            is_counted = is_indexed or container.format.name not in _ESTIMATED
            yield container, container.streams.audio[0], is_counted


def _is_indexed_mp3(file: BinaryIO) -> bool:
    """Tell whether an MP3 begins, after its ID3v2 tag, with a Xing or Info frame that counts its frames."""
    file.seek(0)
    head = file.read(_ID3_HEADER)
    tag = 0
    if head.startswith(b"ID3"):
        tag = _ID3_HEADER + sum(
            (byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True)
        )
    file.seek(tag)
    frame = file.read(_FIRST_FRAME)
    return b"Xing" in frame or b"Info" in frame


def _file(source: Recording) -> BinaryIO:
    if isinstance(source, bytes):
        return BytesIO(source)
    if not isinstance(source, Path):
        return source.open()
    try:
        return source.open("rb")
    except OSError as error:
        message = f"The recording {source} cannot be opened ({error.strerror}); check its name."
        raise AudioUnreadable(message) from error


def _declared_samples(container: "InputContainer", stream: "AudioStream") -> int:
    """Return the declared length in samples at 16 kHz; 0 if there is none or it cannot be true."""
    if stream.duration and stream.time_base:
        samples = int(stream.duration * stream.time_base * SAMPLE_RATE)
    else:
        samples = (container.duration or 0) * SAMPLE_RATE // 1_000_000
    return samples if 0 < samples <= _LONGEST_GAP else 0


class _Reading:
    """One pass over one stream; frames are resampled a second at a time, which costs a third."""

    def __init__(self, container: "InputContainer", stream: "AudioStream", *, is_counted: bool) -> None:
        self._container = container
        self._stream = stream
        self._is_counted = is_counted
        self._given = 0  # samples, at 16 kHz
        self._taken = 0.0  # likewise, with what waits in the queue
        self._first_time: float | None = None
        self._is_broken_off = False
        self._layout: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None
        self._queue: AudioFifo | None = None

    def pieces(self) -> Iterator[Pcm16k | MissingSound]:
        for packet in self._packets():
            for piece in self._decoded(packet):
                yield self._counted(piece)
        for piece in self._rest():
            yield self._counted(piece)
        yield from self._missing_end()

    def _counted(self, piece: Pcm16k | MissingSound) -> Pcm16k | MissingSound:
        self._given += piece.samples if isinstance(piece, MissingSound) else len(piece)
        return piece

    def _packets(self) -> "Iterator[Packet[AudioStream]]":
        import av  # noqa: PLC0415  # loaded already

        try:
            yield from self._container.demux(self._stream)
        except av.error.FFmpegError:
            self._is_broken_off = True

    def _missing_end(self) -> Iterator[MissingSound]:
        """Declare what the file announces and does not hold: it was cut off."""
        missing = _declared_samples(self._container, self._stream) - self._given
        if missing >= SAMPLE_RATE and (self._is_counted or self._is_broken_off):
            yield MissingSound(samples=missing, reason=MISSING)

    def _decoded(self, packet: "Packet[AudioStream]") -> Iterator[Pcm16k | MissingSound]:
        import av  # noqa: PLC0415  # loaded already

        try:
            frames = packet.decode()
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            yield from self._declared(_lost(packet))
            return
        for frame in frames:
            yield from self._declared(self._skipped(frame))
            yield from self._queued(frame)

    def _declared(self, missing: MissingSound | None) -> Iterator[Pcm16k | MissingSound]:
        """Yield what waits before a hole, then the hole."""
        if missing is not None:
            yield from self._rest()
            self._taken += missing.samples
            yield missing

    def _skipped(self, frame: "AudioFrame") -> MissingSound | None:
        """Return the stretch that the timestamps jump over."""
        if frame.time is None:
            return None
        if self._first_time is None:
            self._first_time = frame.time
        missing = round((frame.time - self._first_time) * SAMPLE_RATE - self._taken)
        is_hole = _SHORTEST_JUMP <= missing <= _LONGEST_GAP
        return MissingSound(samples=missing, reason=MISSING) if is_hole else None

    def _queued(self, frame: "AudioFrame") -> Iterator[Pcm16k]:
        """Add a frame to those that wait; yield them once they are a second."""
        layout = (frame.format.name, frame.layout.name, frame.sample_rate)
        if layout != self._layout or self._queue is None:
            yield from self._rest()
            self._prepare(layout)
        self._taken += frame.samples * SAMPLE_RATE / frame.sample_rate
        frame.pts = None
        if self._queue is not None:
            self._queue.write(frame)
            if self._queue.samples >= frame.sample_rate:
                yield from self._resampled(self._queue.read())

    def _prepare(self, layout: tuple[str, str, int]) -> None:
        import av  # noqa: PLC0415  # loaded already

        self._layout = layout
        self._queue = av.AudioFifo()
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)

    def _rest(self) -> Iterator[Pcm16k]:
        """Empty the queue and the resampler."""
        if self._queue is not None and self._queue.samples:
            yield from self._resampled(self._queue.read())
        yield from self._resampled(None)
        self._queue = self._resampler = None

    def _resampled(self, frame: "AudioFrame | None") -> Iterator[Pcm16k]:
        if self._resampler is not None:
            yield from (_sane(out) for out in self._resampler.resample(frame))


def _lost(packet: "Packet[AudioStream]") -> MissingSound | None:
    """Return the stretch of a packet that does not decode, where its length is known."""
    if not packet.duration or not packet.time_base:
        return None
    samples = int(packet.duration * packet.time_base * SAMPLE_RATE)
    return MissingSound(samples=samples, reason=DAMAGED) if 0 < samples <= _LONGEST_GAP else None


def _sane(frame: "AudioFrame") -> Pcm16k:
    """Return finite samples in [-1, 1]; what is not a number is silence."""
    samples = np.asarray(frame.to_ndarray(), dtype=np.float32).reshape(-1)
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.clip(samples, -1.0, 1.0, out=samples)
