"""The real decoder on good, bad and hostile recordings."""

import io
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
