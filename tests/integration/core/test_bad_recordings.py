"""Recordings as they come from real rooms: each is a clear error, or a transcript with declared gaps."""

import io
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.engines.faster_whisper import FasterWhisper
from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.core.ledger import MISSING, UNRECOGNISED
from astra.core.pipeline.leases import SharedEngine
from astra.core.pipeline.transcriber import Transcriber
from astra.core.ports import Engine
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.silero_vad import SileroVad
from astra.core.values import (
    EngineFeatures,
    EngineIdentity,
    Hearing,
    Pcm16k,
    TranscribeOptions,
    TranscriptResult,
)
from astra.kernel.coverage import SpanKind
from astra.kernel.errors import InvalidInput
from astra.samples import load_sample

OPTIONS = TranscribeOptions()
SECONDS = 12
CODECS = {"mp3": "libmp3lame", "ogg": "libopus", "flac": "flac", "wav": "pcm_s16le", "mp4": "aac"}


def transcriber(engine: Engine) -> Transcriber:
    return Transcriber(engine=SharedEngine(engine), voice_detector=SileroVad(), decoder=PyAvDecoder())


class Mute:
    """Hears nothing, at no cost: for what is about time and not about words."""

    identity = EngineIdentity(engine="none", engine_version="0", model="none", model_digest="0" * 64)
    features = EngineFeatures(languages=frozenset(), word_times=False)

    def load(self) -> "Mute":
        return self

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        assert options == OPTIONS or options.is_careful
        return [Hearing(segments=()) for _ in chunks]

    def close(self) -> None:
        """Nothing was loaded."""


@pytest.fixture(scope="module")
def demo() -> Transcriber:
    return transcriber(FasterWhisper("demo"))


@pytest.fixture(scope="module")
def session() -> Pcm16k:
    pieces = PyAvDecoder().pieces(load_sample().audio)
    sound = np.concatenate([piece for piece in pieces if isinstance(piece, np.ndarray)])
    return sound[: SECONDS * 16_000]


@pytest.fixture(scope="module")
def first_words(demo: Transcriber, session: Pcm16k) -> str:
    (result,) = demo.batch([session], OPTIONS)
    return result.text


def encoded(
    sound: Pcm16k, container: str, codec: str, *, rate: int = 48_000, layout: str = "mono", fmt: str = "flt"
) -> bytes:
    """Return samples at 16 kHz as a file."""
    buffer = io.BytesIO()
    channels = {"mono": 1, "5.1": 6}[layout]
    data = np.repeat(sound, channels)[None] if fmt == "flt" else sound[None]
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data), format=fmt, layout=layout)
        frame.sample_rate = 16_000
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate, frame_size=1_152)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return buffer.getvalue()


def is_accounted_for(result: TranscriptResult) -> bool:
    return sum(result.coverage.total_ms(kind) for kind in SpanKind) == result.duration_ms


def gaps(result: TranscriptResult) -> dict[str, int]:
    found: dict[str, int] = {}
    for span in result.coverage.spans:
        if span.kind is SpanKind.GAP:
            found[span.reason] = found.get(span.reason, 0) + span.duration_ms
    return found


def test_an_empty_file_and_one_without_a_sample_are_told_as_empty(demo: Transcriber) -> None:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    for nothing in (b"", buffer.getvalue()):
        with pytest.raises(AudioEmpty, match="holds no sound"):
            demo.transcribe(nothing, OPTIONS)


@pytest.mark.parametrize(
    "content", [b"Orden del d\xc3\xada\n" * 40, b"\x89PNG\r\n\x1a\n" + bytes(400), b"\0"]
)
def test_what_is_not_audio_is_told_as_unreadable(demo: Transcriber, content: bytes) -> None:
    with pytest.raises(AudioUnreadable, match="send an audio or video file"):
        demo.transcribe(content, OPTIONS)


def test_an_mp3_cut_off_gives_what_it_holds_and_declares_the_rest(
    demo: Transcriber, session: Pcm16k, first_words: str
) -> None:
    whole = encoded(session, "mp3", "libmp3lame", rate=44_100)
    result = demo.transcribe(whole[: len(whole) * 2 // 3], OPTIONS)
    assert is_accounted_for(result)
    assert first_words.startswith(result.segments[0].text)
    assert gaps(result)[MISSING] == pytest.approx(SECONDS * 1_000 / 3, abs=300)
    assert result.duration_ms == pytest.approx(SECONDS * 1_000, abs=100)


def test_garbage_after_the_header_is_an_error_or_a_gap_and_never_words_out_of_nothing(
    session: Pcm16k,
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, 100_000, dtype=np.uint8).tobytes()
    for container, codec in CODECS.items():
        whole = encoded(session, container, codec)
        try:
            result = transcriber(FasterWhisper("demo")).transcribe(whole[:100] + noise, OPTIONS)
        except InvalidInput:
            continue
        assert is_accounted_for(result)
        assert len(result.text) < 200


def test_a_telephone_line_is_heard(demo: Transcriber, session: Pcm16k) -> None:
    result = demo.transcribe(encoded(session, "wav", "pcm_mulaw", rate=8_000), OPTIONS)
    assert is_accounted_for(result)
    assert result.duration_ms == SECONDS * 1_000
    assert result.coverage.total_ms(SpanKind.TEXT) > 3_000


def test_surround_sound_at_96_khz_is_heard_as_it_is_in_mono(
    demo: Transcriber, session: Pcm16k, first_words: str
) -> None:
    result = demo.transcribe(encoded(session / 6, "wav", "pcm_s16le", rate=96_000, layout="5.1"), OPTIONS)
    assert result.text == first_words
    assert result.duration_ms == pytest.approx(SECONDS * 1_000, abs=2)


def test_samples_that_are_not_numbers_are_silence_and_the_rest_is_heard(
    demo: Transcriber, session: Pcm16k
) -> None:
    broken = session.copy()
    broken[-3 * 16_000 :] = np.nan
    broken[-16_000:] = np.inf
    result = demo.transcribe(encoded(broken, "wav", "pcm_f32le", rate=16_000), OPTIONS)
    assert is_accounted_for(result)
    assert result.segments[0].text.startswith("Muy buenos días")
    assert result.duration_ms == SECONDS * 1_000


def test_a_video_is_heard_by_its_sound(demo: Transcriber, session: Pcm16k, first_words: str) -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as output:
        picture = output.add_stream("mpeg4", rate=5)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound = output.add_stream("aac", rate=48_000, layout="mono")
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=48_000, frame_size=1_024)
        frame = av.AudioFrame.from_ndarray(session[None], format="flt", layout="mono")
        frame.sample_rate = 16_000
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(sound.encode(part))
        for number in range(SECONDS * 5):
            image = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, dtype=np.uint8))
            output.mux(picture.encode(image))
        output.mux(sound.encode(None))
        output.mux(picture.encode(None))
    assert demo.transcribe(buffer.getvalue(), OPTIONS).text == first_words


def test_voice_that_the_engine_did_not_understand_is_a_declared_gap(session: Pcm16k) -> None:
    (result,) = transcriber(Mute()).batch([session], OPTIONS)
    assert is_accounted_for(result)
    assert gaps(result)[UNRECOGNISED] > 5_000
    assert result.coverage.total_ms(SpanKind.TEXT) == 0


KINDS = st.sampled_from(["replace", "remove", "cut"])
VOICE_MS = 6_000
VOICE = np.sin(np.arange(VOICE_MS * 16) / 20).astype(np.float32) * 0.4
TOLERANCE_MS = 700  # 500 at the end, where encoders fill up, and 200 in timestamps, which containers round
FILES: dict[str, bytes] = {}
HEADS = {"wav": 44, "mp3": 1_024}  # bytes


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from(["flac", "matroska", "mp3", "mp4", "ogg", "wav"]),
    st.floats(0, 1),
    st.binary(max_size=75),
    KINDS,
)
def test_a_damaged_file_is_accounted_for_to_the_length_it_had(
    container: str, position: float, damage: bytes, kind: str
) -> None:
    """Against the true length, wherever the file still opens.

    The damage is to what follows the header of a WAV and the tables of an MP4, which alone say how fast and
    how long the sound is, and the first frame of an MP3, which holds its index. An Ogg is not cut off here:
    see below. AAC without a container (ADTS) and an MP3 without index tell no length at all.
    """
    whole = voice_file(container)
    start = HEADS.get(container, 0)
    start += int(position * (len(whole) - start))
    if kind == "cut" and container == "ogg":
        kind = "replace"
    try:
        result = transcriber(Mute()).transcribe(damaged(whole, start, damage * 40, kind), OPTIONS)
    except InvalidInput:
        return
    assert is_accounted_for(result)
    assert result.duration_ms == pytest.approx(VOICE_MS, abs=TOLERANCE_MS)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(["flac", "matroska", "mp3", "mp4", "ogg", "wav"]), st.floats(0.1, 0.7))
def test_sound_that_was_taken_out_of_a_file_is_a_gap(container: str, position: float) -> None:
    """A quarter of the bytes is gone, and with it, as all is one tone, about a quarter of the sound."""
    whole = voice_file(container)
    start, size = int(position * len(whole)), len(whole) // 4
    if container == "mp4":  # its packets lie where its tables say: only a file that was cut off lacks some
        start = len(whole) - size
    result = transcriber(Mute()).transcribe(whole[:start] + whole[start + size :], OPTIONS)
    assert sum(gaps(result).values()) >= VOICE_MS / 4 - TOLERANCE_MS
    assert result.duration_ms == pytest.approx(VOICE_MS, abs=TOLERANCE_MS)


def test_an_ogg_cut_off_tells_of_no_sound_after_the_page_it_was_cut_in() -> None:
    whole = voice_file("ogg")
    pages = [start for start in range(len(whole)) if whole.startswith(b"OggS", start)]
    page_end_ms = int.from_bytes(whole[pages[4] + 6 : pages[4] + 14], "little") / 48
    result = transcriber(Mute()).transcribe(whole[: (pages[4] + pages[5]) // 2], OPTIONS)
    assert result.duration_ms == pytest.approx(page_end_ms, abs=20)
    assert gaps(result)[MISSING] == pytest.approx(1_000, abs=20)
    assert page_end_ms < VOICE_MS - 2_000


def damaged(whole: bytes, start: int, damage: bytes, kind: str) -> bytes:
    rest = {"cut": b"", "replace": whole[start + len(damage) :], "remove": whole[start + len(damage) :]}[kind]
    return whole[:start] + (b"" if kind == "remove" else damage) + rest


def voice_file(container: str) -> bytes:
    """Return the tone as a file; an MP4 as it is published, with its tables before its sound."""
    if container not in FILES:
        codec = {**CODECS, "matroska": "libopus"}[container]
        whole = encoded(VOICE, container, codec, rate=44_100 if container == "mp3" else 48_000)
        FILES[container] = whole if container != "mp4" else tables_first(whole)
        HEADS["mp4"] = FILES[container].find(b"mdat") + 4 if container == "mp4" else HEADS.get("mp4", 0)
    return FILES[container]


def tables_first(whole: bytes) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sesion.mp4"
        options = {"movflags": "faststart"}
        with (
            av.open(io.BytesIO(whole), "r") as source,
            av.open(path, "w", format="mp4", options=options) as output,
        ):
            stream = output.add_stream_from_template(source.streams.audio[0])
            for packet in source.demux(audio=0):
                if packet.dts is not None:
                    packet.stream = stream
                    output.mux(packet)
        return path.read_bytes()


def test_the_channels_of_a_large_mixer_are_heard_as_one(
    demo: Transcriber, session: Pcm16k, first_words: str
) -> None:
    for channels in (9, 16, 64):
        for level in (1, 1 / channels):
            result = demo.transcribe(mixer_file(session * np.float32(level), channels), OPTIONS)
            assert result.text == first_words
            assert result.duration_ms == SECONDS * 1_000
            assert not gaps(result)


def mixer_file(sound: Pcm16k, channels: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, 4, 16_000, 0, "NONE", ""))
        file.writeframes(np.repeat((sound * (2**31 - 256)).astype("<i4"), channels).tobytes())
    return buffer.getvalue()


def test_a_12_hour_file_is_heard_in_little_memory(tmp_path: Path) -> None:
    minute = encoded(np.zeros(60 * 16_000, dtype=np.float32), "adts", "aac", rate=8_000)
    path = tmp_path / "doce-horas.aac"
    with path.open("wb") as file:
        for _ in range(12 * 60):
            file.write(minute)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from astra.bootstrap.parts import transcriber\n"
        "from astra.bootstrap.settings import Settings\n"
        "from astra.core.values import TranscribeOptions\n"
        "parts = transcriber(Settings(model='demo')).parts(Path(sys.argv[1]), TranscribeOptions())\n"
        "print(sum(part.result.duration_ms for part in parts))\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(int(status.partition('VmHWM:')[2].split()[0]) // 1024)\n"
    )  # not `ru_maxrss`, which begins at the parent's
    done = subprocess.run([sys.executable, "-c", script, path], check=True, capture_output=True, text=True)
    duration_ms, peak_mb = (int(line) for line in done.stdout.split())
    assert duration_ms == pytest.approx(12 * 3_600_000, rel=0.01)
    assert peak_mb < 500
