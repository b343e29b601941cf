"""One pass over one sound stream: what decodes, and what it tells of sound that does not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from astra.core.ledger import DAMAGED, MISSING
from astra.core.sound.pyav_resampler import MonoResampler, damaged
from astra.core.values import SAMPLE_RATE, MissingSound, Pcm16k

if TYPE_CHECKING:
    from av import AudioFrame, Packet
    from av.audio.stream import AudioStream
    from av.container import InputContainer

_ESTIMATED: Final = {"aac", "ac3", "eac3", "mp3"}  # FFmpeg may only estimate their length, from bit rates
_LISTED: Final = "mov,mp4"  # the format with a table of all packets
_SHORTEST_JUMP: Final = SAMPLE_RATE // 5  # what timestamps skip below this is the container's rounding
_SHORTEST_END: Final = SAMPLE_RATE // 2  # likewise for the end, with what encoders add before and after
_LONGEST_GAP: Final = SAMPLE_RATE * 3600 * 24  # more than this is a damaged timestamp
_LONGEST_PAGE_SAMPLES: Final = SAMPLE_RATE * 31  # 255 packets of at most 120 ms: more is a damaged time
_MOST_BREAKS: Final = 16  # in a row; a demuxer that fails as often does not go on


def declared_samples(container: "InputContainer", stream: "AudioStream") -> int:
    """Return the declared length in samples at 16 kHz; 0 if there is none or it cannot be true."""
    if stream.duration and stream.time_base:
        samples = int(stream.duration * stream.time_base * SAMPLE_RATE)
    else:
        samples = (container.duration or 0) * SAMPLE_RATE // 1_000_000
    return samples if 0 < samples <= _LONGEST_GAP else 0


class Reading:
    """One pass, from the first packet to the last.

    Args:
        container: an open file.
        stream: one of its sound streams.
        announced: the length in samples at 16 kHz that the file is known to announce; None: ask FFmpeg.

    Attributes:
        position: the byte after the last packet that was read.
        is_broken_off: FFmpeg stopped before the file's end.
        is_ogg: the container is Ogg.
    """

    def __init__(
        self, container: "InputContainer", stream: "AudioStream", *, announced: int | None = None
    ) -> None:
        self.position = 0
        self.is_broken_off = False
        self.is_ogg = container.format.name == "ogg"
        self._format = container.format.name
        self._codec = stream.codec_context.name
        self._listed = stream.frames
        self._time_base = stream.time_base
        self._streams = len(container.streams)
        self._container = container
        self._stream = stream
        self._sound = MonoResampler()
        self._given = 0  # samples, at 16 kHz
        self._taken = 0.0  # likewise, with what waits in the resampler
        self._decoded_samples = 0.0  # likewise, what was decoded only
        self._decoded_packets = 0
        self._first_time: float | None = None  # s
        self._last_time = 0.0  # s
        self._held: AudioFrame | None = None  # its time does not follow the one before
        self._length = self._known_length(announced)

    def pieces(self) -> Iterator[Pcm16k | MissingSound]:
        for packet in self._packets():
            self.position = max(self.position, (packet.pos or 0) + packet.size)
            for piece in self._decoded(packet):
                yield self._counted(piece)
        for piece in [*self._released(is_hole=True), *self._sound.rest()]:
            yield self._counted(piece)

    def missing_between(self, start: int, end: int) -> Iterator[MissingSound]:
        """Declare bytes that were not read, by how much sound as many bytes before them held."""
        if self.position:
            yield from _missing(self._given * (end - start) // self.position)

    def missing_end(self, size: int, last_time: int | None = None) -> Iterator[MissingSound]:
        """Declare what a file of `size` bytes announces and did not give.

        An Ogg's last page, with `last_time` at its end, may be damaged so that FFmpeg does not see it. Where
        a file announces nothing and FFmpeg did not reach the end, the bytes left tell about how much.
        """
        length = max(self._length or self._listed_length(), self._paged_length(last_time))
        if length:
            yield from _missing(length - self._given)
        elif self.is_broken_off:
            yield from self.missing_between(self.position, size)

    def _known_length(self, announced: int | None) -> int:
        declared = declared_samples(self._container, self._stream)
        if announced and abs(declared - announced) > _SHORTEST_END:
            return announced
        return declared if announced or self._format not in _ESTIMATED else 0

    def _listed_length(self) -> int:
        """Return the length by the table of packets, each as long as those that decode."""
        if not self._format.startswith(_LISTED) or not self._decoded_packets or self._codec.startswith("pcm"):
            return 0
        return round(self._listed * self._decoded_samples / self._decoded_packets)

    def _paged_length(self, last_time: int | None) -> int:
        if last_time is None or self._time_base is None or self._first_time is None or self._streams > 1:
            return 0
        length = round((float(last_time * self._time_base) - self._first_time) * SAMPLE_RATE)
        return length if length - self._given <= _LONGEST_PAGE_SAMPLES else 0

    def _counted(self, piece: Pcm16k | MissingSound) -> Pcm16k | MissingSound:
        self._given += piece.samples if isinstance(piece, MissingSound) else len(piece)
        return piece

    def _packets(self) -> "Iterator[Packet[AudioStream]]":
        """Yield packets; go on after an error where FFmpeg can."""
        import av  # noqa: PLC0415  # loaded already

        breaks = 0
        while breaks < _MOST_BREAKS:
            try:
                for packet in self._container.demux(self._stream):
                    breaks = 0
                    yield packet
            except (av.error.FFmpegError, ValueError, OSError):
                breaks += 1
            else:
                return
        self.is_broken_off = True

    def _decoded(self, packet: "Packet[AudioStream]") -> Iterator[Pcm16k | MissingSound]:
        import av  # noqa: PLC0415  # loaded already

        try:
            frames = packet.decode()
        except av.error.EOFError:
            return
        except (av.error.FFmpegError, ValueError):
            yield from self._released(is_hole=True)
            yield from self._declared(self._lost(packet), DAMAGED)
            return
        self._decoded_packets += bool(frames)
        for frame in frames:
            self._decoded_samples += frame.samples * SAMPLE_RATE / max(frame.sample_rate, 1)
            yield from self._placed(frame)

    def _lost(self, packet: "Packet[AudioStream]") -> int:
        """Return how long a packet is that does not decode: by itself, or as long as those that do."""
        if packet.duration and packet.time_base:
            samples = int(packet.duration * packet.time_base * SAMPLE_RATE)
            if 0 < samples <= _LONGEST_GAP:
                return samples
        return round(self._decoded_samples / self._decoded_packets) if self._decoded_packets else 0

    def _declared(self, samples: int, reason: str) -> Iterator[Pcm16k | MissingSound]:
        """Yield what waits before a hole, then the hole."""
        if samples > 0:
            yield from self._sound.rest()
            self._taken += samples
            yield MissingSound(samples=samples, reason=reason)

    def _placed(self, frame: "AudioFrame") -> Iterator[Pcm16k | MissingSound]:
        """Put a frame where its time says; one that jumps waits for the next, which confirms it or not."""
        if self._held is not None:
            held_skip = self._skipped(self._held)
            skip = self._skipped(frame) - self._held.samples * SAMPLE_RATE / max(self._held.sample_rate, 1)
            yield from self._released(is_hole=abs(skip - held_skip) < _SHORTEST_JUMP)
        if self._is_restart(frame) or self._skipped(frame) >= _SHORTEST_JUMP:
            self._held = frame
        else:
            yield from self._taken_in(frame)

    def _released(self, *, is_hole: bool) -> Iterator[Pcm16k | MissingSound]:
        """Take in the frame that waits, after the hole before it or as if its time were the expected one."""
        frame, self._held = self._held, None
        if frame is None:
            return
        if is_hole and self._is_restart(frame) and self._first_time is not None:
            self._first_time += self._skipped(frame) / SAMPLE_RATE  # a chain's next link counts anew
        elif is_hole:
            yield from self._declared(self._possible(round(self._skipped(frame))), MISSING)
        yield from self._taken_in(frame, is_on_time=is_hole)

    def _possible(self, skipped: int) -> int:
        """Return a hole, no longer than the recording is known to be."""
        most = self._length - int(self._taken) if self._length > self._taken else _LONGEST_GAP
        return min(skipped, most)

    def _is_restart(self, frame: "AudioFrame") -> bool:
        return frame.time is not None and frame.time < self._last_time - _SHORTEST_JUMP / SAMPLE_RATE

    def _skipped(self, frame: "AudioFrame") -> float:
        """Return the samples that a frame's time jumps over; negative where it goes back."""
        if frame.time is None:
            return 0
        if self._first_time is None:
            self._first_time = self._last_time = frame.time
        return (frame.time - self._first_time) * SAMPLE_RATE - self._taken

    def _taken_in(self, frame: "AudioFrame", *, is_on_time: bool = True) -> Iterator[Pcm16k | MissingSound]:
        import av  # noqa: PLC0415  # loaded already

        if frame.time is not None and is_on_time:
            self._last_time = frame.time
        self._taken += frame.samples * SAMPLE_RATE / max(frame.sample_rate, 1)
        try:
            yield from self._sound.take(frame)
        except (av.error.FFmpegError, ValueError):
            yield from self._sound.rest()
            yield from damaged(frame)


def _missing(samples: int) -> Iterator[MissingSound]:
    if samples >= _SHORTEST_END:
        yield MissingSound(samples=min(samples, _LONGEST_GAP), reason=MISSING)
