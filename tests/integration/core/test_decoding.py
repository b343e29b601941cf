"""The real decoder on good, bad and hostile recordings."""

import io
import os
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.values import MissingSound, Pcm16k

SECONDS = 3


def tone(rate: int = 16_000, channels: int = 1) -> Pcm16k:
    times = np.arange(SECONDS * rate) / rate
    return np.tile((0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32), (channels, 1))


def wav(samples: Pcm16k, rate: int = 16_000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def encoded(
    container: str, codec: str, layout: str = "mono", rate: int = 48_000, sample_format: str = "fltp"
) -> bytes:
    buffer = io.BytesIO()
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    samples = tone(rate, channels)
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        data = samples if sample_format == "fltp" else samples.T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data), format=sample_format, layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate, frame_size=1_024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return buffer.getvalue()


def heard(source: bytes | Path) -> tuple[Pcm16k, list[MissingSound]]:
    pieces = list(PyAvDecoder().pieces(source))
    sound = [piece for piece in pieces if isinstance(piece, np.ndarray)]
    return np.concatenate(sound), [piece for piece in pieces if isinstance(piece, MissingSound)]


@pytest.mark.parametrize(
    ("container", "codec", "layout", "rate"),
    [
        ("mp3", "libmp3lame", "mono", 44_100),
        ("ogg", "libopus", "stereo", 48_000),
        ("flac", "flac", "stereo", 48_000),
        ("wav", "pcm_s16le", "5.1", 96_000),
        ("mp4", "aac", "stereo", 48_000),
        ("adts", "aac", "mono", 16_000),
        ("wav", "pcm_f32le", "mono", 8_000),
    ],
)
def test_any_format_becomes_mono_samples_at_16_khz(
    container: str, codec: str, layout: str, rate: int
) -> None:
    sound, gaps = heard(encoded(container, codec, layout, rate))
    assert len(sound) / 16_000 == pytest.approx(SECONDS, abs=0.1)
    assert 0.2 < np.abs(sound).max() <= 1
    assert sound.dtype == np.float32
    assert not gaps


def test_the_declared_length_is_known_before_decoding() -> None:
    assert PyAvDecoder().duration_ms(wav(tone()[0])) == SECONDS * 1_000


@pytest.mark.parametrize("source", [b"", wav(np.zeros(0, dtype=np.float32))], ids=["no bytes", "no samples"])
def test_a_recording_without_sound_is_refused_as_empty(source: bytes) -> None:
    with pytest.raises(AudioEmpty):
        heard(source)


@pytest.mark.parametrize(
    "source",
    [
        b"Orden del dia: " * 200,
        b"\x00" * 10_000,
        bytes(np.random.default_rng(5).integers(0, 256, 20_000, dtype=np.uint8)),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
    ids=["text", "zeros", "noise", "picture"],
)
def test_what_is_no_recording_is_refused(source: bytes, tmp_path: Path) -> None:
    file = tmp_path / "sesion.mp3"
    file.write_bytes(source)
    with pytest.raises((AudioUnreadable, AudioEmpty)):
        heard(source)
    with pytest.raises((AudioUnreadable, AudioEmpty)):
        heard(file)


def test_a_file_that_is_not_there_is_said_to_be_unreadable(tmp_path: Path) -> None:
    with pytest.raises(AudioUnreadable, match="cannot be opened"):
        heard(tmp_path / "falta.mp3")


def test_samples_that_are_not_numbers_become_silence() -> None:
    samples = tone()[0]
    samples[1_000:2_000] = np.nan
    samples[3_000] = np.inf
    sound, _ = heard(float_wav(samples))
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 1
    assert not sound[1_000:2_000].any()


def float_wav(samples: Pcm16k) -> bytes:
    data = samples.astype("<f4").tobytes()
    head = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += (3).to_bytes(2, "little") + (1).to_bytes(2, "little") + (16_000).to_bytes(4, "little")
    head += (64_000).to_bytes(4, "little") + (4).to_bytes(2, "little") + (32).to_bytes(2, "little")
    return head + b"data" + len(data).to_bytes(4, "little") + data


@pytest.mark.parametrize(
    ("container", "codec"), [("ogg", "libopus"), ("flac", "flac"), ("mp3", "libmp3lame")]
)
def test_a_file_with_a_damaged_middle_still_gives_the_rest(container: str, codec: str) -> None:
    whole = encoded(container, codec)
    middle = len(whole) // 2
    sound, gaps = heard(whole[:middle] + bytes(range(256)) * 8 + whole[middle + 2_048 :])
    total = len(sound) + sum(gap.samples for gap in gaps)
    assert len(sound) > 16_000
    assert total / 16_000 == pytest.approx(SECONDS, abs=0.8)


def test_a_file_cut_off_declares_what_is_missing() -> None:
    whole = encoded("flac", "flac")
    sound, gaps = heard(whole[: len(whole) // 3])
    assert gaps[-1].reason == "missing_sound"
    assert (len(sound) + sum(gap.samples for gap in gaps)) / 16_000 == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("layouts", [("mono", "stereo"), ("stereo", "mono", "mono"), ("mono", "mono")])
def test_every_link_of_a_chained_ogg_is_heard(layouts: tuple[str, ...]) -> None:
    links = [encoded("ogg", "libopus", layout) for layout in layouts]
    sound, gaps = heard(b"".join(links))
    assert len(sound) / 16_000 == pytest.approx(SECONDS * len(links), abs=0.1)
    assert not gaps


def test_pages_that_are_damaged_before_the_next_link_of_a_chain_are_a_gap() -> None:
    mono, stereo = encoded("ogg", "libopus", "mono"), encoded("ogg", "libopus", "stereo")
    noise = np.random.default_rng(2).integers(0, 256, len(mono), dtype=np.uint8).tobytes()
    sound, gaps = heard(mono + b"OggS\0\0" + noise + stereo)
    assert len(sound) / 16_000 == pytest.approx(2 * SECONDS, abs=0.1)
    assert sum(gap.samples for gap in gaps) / 16_000 == pytest.approx(SECONDS, abs=0.1)


def test_a_hole_in_the_second_link_of_a_chain_is_a_gap() -> None:
    link = encoded("ogg", "libopus")
    pages = [start for start in range(len(link)) if link.startswith(b"OggS", start)]
    sound, gaps = heard(link + link[: pages[3]] + link[pages[4] :])
    assert gaps
    assert (len(sound) + sum(gap.samples for gap in gaps)) / 16_000 == pytest.approx(2 * SECONDS, abs=0.1)


def test_two_mp3s_joined_are_heard_without_a_gap_that_nobody_cut() -> None:
    narrow, wide = encoded("mp3", "libmp3lame", rate=16_000), encoded("mp3", "libmp3lame", "stereo", 44_100)
    for joined in (narrow + wide, wide + narrow):
        sound, gaps = heard(joined)
        assert len(sound) / 16_000 == pytest.approx(2 * SECONDS, abs=0.3)
        assert sum(gap.samples for gap in gaps) < 1_600


@pytest.mark.parametrize("channels", [3, 7, 9, 16, 64])
def test_one_open_microphone_among_many_channels_is_heard_as_loud_as_alone(channels: int) -> None:
    alone = (tone()[0] * 32_000).astype("<i2")
    samples = np.zeros((len(alone), channels), dtype="<i2")
    samples[:, channels - 1] = alone
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    sound, gaps = heard(buffer.getvalue())
    assert np.abs(sound - alone / 32_768).max() < 0.001
    assert not gaps


def test_channels_apart_and_more_than_eight_are_heard() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="nut") as output:
        stream = output.add_stream("pcm_s16le_planar", rate=16_000, layout="12C")
        data = np.repeat((tone()[0] * 32_000 / 12).astype(np.int16), 12)[None]
        frame = av.AudioFrame.from_ndarray(data, format="s16", layout="12C")
        frame.sample_rate = 16_000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    sound, gaps = heard(buffer.getvalue())
    assert len(sound) == SECONDS * 16_000
    assert np.abs(sound).max() == pytest.approx(0.49, abs=0.02)
    assert not gaps


def test_more_channels_than_ffmpeg_mixes_is_an_error_of_ours() -> None:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((255, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(255 * 2 * 16_000))
    with pytest.raises(AudioUnreadable):
        heard(buffer.getvalue())


def test_a_pipe_is_said_to_be_one_and_nothing_waits_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "tubo"
    os.mkfifo(pipe)
    for operation in (heard, PyAvDecoder().duration_ms):
        with pytest.raises(AudioUnreadable, match="save it to a file"):
            operation(pipe)
    with pytest.raises(AudioUnreadable, match="cannot be opened"):
        heard(tmp_path)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 50_000), st.binary(max_size=400), st.sampled_from(["keep", "cut"]))
def test_damage_anywhere_is_an_error_of_ours_or_a_transcript(position: int, damage: bytes, rest: str) -> None:
    whole = OPUS
    position %= len(whole)
    damaged = whole[:position] + damage + (whole[position + len(damage) :] if rest == "keep" else b"")
    try:
        sound, gaps = heard(damaged)
    except (AudioEmpty, AudioUnreadable):
        return
    assert np.isfinite(sound).all()
    assert all(gap.samples > 0 for gap in gaps)


OPUS = encoded("ogg", "libopus")


def test_a_playlist_named_mp3_opens_no_other_file_and_no_address(tmp_path: Path) -> None:
    secret = tmp_path / "secreto.wav"
    secret.write_bytes(wav(tone()[0]))
    with listening() as (port, requests):
        for target in (secret.as_uri(), str(secret), f"http://127.0.0.1:{port}/x.ts"):
            for playlist in playlists(target):
                file = tmp_path / "sesion.mp3"
                file.write_text(playlist)
                for source in (file, playlist.encode()):
                    with pytest.raises(AudioUnreadable):
                        heard(source)
    assert not requests


def playlists(target: str) -> list[str]:
    return [
        f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{target}'\n",
        f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{target}</BaseURL></MPD>',
    ]


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port, requests
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
