"""`SoundDecoder` over PyAV (FFmpeg's libraries): any format it reads, to mono samples at 16 kHz."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.core.ports import Recording
from astra.core.sound.announced_length import announced_samples
from astra.core.sound.pyav_reading import Reading, declared_samples
from astra.core.sound.recording_file import Rest, last_ogg_time, next_ogg_page, opened, size_of
from astra.core.values import SAMPLE_RATE, MissingSound, Pcm16k

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

# Demuxers that read one file and nothing else: no playlists (hls, dash, concat), no devices, no networks.
_FORMATS: Final = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,gsm,latm,loas,m4a,matroska,mov,mp3,mp4,"
    "mpc,mpc8,mpeg,mpegts,mxf,nut,ogg,rm,tta,voc,w64,wav,webm,wv"
)
_OPTIONS: Final = {"format_whitelist": _FORMATS, "protocol_whitelist": "none"}
_READ_SIZE: Final = 1 << 18  # bytes


class PyAvDecoder:
    """Decodes with FFmpeg's own demuxers and codecs, in memory bounded by one packet."""

    def pieces(self, source: Recording) -> Iterator[Pcm16k | MissingSound]:
        heard = lost = 0
        with _file(source) as file:
            for piece in _links(file):
                if isinstance(piece, MissingSound):
                    lost += piece.samples
                else:
                    heard += len(piece)
                yield piece
        if not heard:
            raise AudioUnreadable if lost else AudioEmpty

    def duration_ms(self, source: Recording) -> int | None:
        with _file(source) as file, _container(file, 0) as (container, stream):
            return declared_samples(container, stream) * 1000 // SAMPLE_RATE or None


@contextmanager
def _file(source: Recording) -> Iterator[BinaryIO]:
    with closing(opened(source)) as file:
        if not file.read(1):
            raise AudioEmpty
        yield file


def _links(file: BinaryIO) -> Iterator[Pcm16k | MissingSound]:
    """Yield a file's sound; where FFmpeg breaks off in a chained Ogg file, go on with the next link."""
    if not file.seekable():  # it is still being sent: there is no end to look at
        reading = yield from _link(file, 0, None)
        yield from reading.missing_end(0, None)
        return
    start, announced = 0, announced_samples(file)
    reading = yield from _link(file, start, announced)
    while reading.is_broken_off and reading.is_ogg:
        unread = next_ogg_page(file, start + max(reading.position, 1))
        link = _next_link(file, unread) if unread is not None else None
        if unread is None or link is None:
            break
        yield from reading.missing_between(unread - start, link - start)
        start = link
        reading = yield from _link(file, start, None)
    yield from reading.missing_end(size_of(file) - start, last_ogg_time(file) if reading.is_ogg else None)


def _link(
    file: BinaryIO, start: int, announced: int | None
) -> Generator[Pcm16k | MissingSound, None, Reading]:
    """Yield what FFmpeg reads from a byte onward; return how it went."""
    with _container(file, start) as (container, stream):
        reading = Reading(container, stream, announced=announced)
        yield from reading.pieces()
    return reading


def _next_link(file: BinaryIO, start: int) -> int | None:
    """Return where the next link begins that opens."""
    link = next_ogg_page(file, start, is_link=True)
    while link is not None:
        with suppress(AudioUnreadable), _container(file, link):
            return link
        link = next_ogg_page(file, link + 1, is_link=True)
    return None


@contextmanager
def _container(file: BinaryIO, start: int) -> "Iterator[tuple[InputContainer, AudioStream]]":
    """Open a file from a byte onward, with its first audio stream.

    It is always read through a handle: FFmpeg never sees a path, so that neither a name's ending nor a
    reference in the file opens anything else.
    """
    import av  # noqa: PLC0415  # heavy: loaded when sound is read

    rest = Rest(file, start)
    try:
        container = av.open(rest, "r", options=_OPTIONS, buffer_size=_READ_SIZE, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise AudioUnreadable from error
    with closing(container):
        if not container.streams.audio:
            raise AudioUnreadable("There is no sound in this file; send the recording of the session.")
        stream = container.streams.audio[0]
        if stream.codec_context is None:
            raise AudioUnreadable
        yield container, stream
