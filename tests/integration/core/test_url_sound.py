"""Recordings behind an address: the same samples as from the file, whatever the server does."""

import io
import logging
import ssl
import tracemalloc
from collections import deque
from typing import Any, BinaryIO

import av
import numpy as np
import pytest

from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.core.retries import Retries
from astra.core.sound.pyav_decoder import PyAvDecoder
from astra.core.sound.url_sound import UrlSound
from astra.core.values import Pcm16k

SECONDS = 20
SMALL = 16 * 1024  # bytes held: so little that a short recording makes the file seek
MEBIBYTE = 1 << 20
FORMATS = {
    "ogg": ("ogg", "libopus"),
    "mp3": ("mp3", "libmp3lame"),
    "m4a": ("mp4", "aac"),  # its index is at the end
    "wav": ("wav", "pcm_s16le"),
    "flac": ("flac", "flac"),
}


def encoded(container: str, codec: str) -> bytes:
    """Return a recording of noise, which no codec makes small."""
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, (1, SECONDS * 48_000)).astype(np.float32)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(noise, format="fltp", layout="mono")
        frame.sample_rate = 48_000
        resampler = av.AudioResampler(stream.format.name, "mono", 48_000, frame_size=1_024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return buffer.getvalue()


RECORDINGS = {name: encoded(*how) for name, how in FORMATS.items()}
MP3 = RECORDINGS["mp3"]


def heard(source: bytes | UrlSound) -> Pcm16k:
    pieces = list(PyAvDecoder().pieces(source))
    assert all(isinstance(piece, np.ndarray) for piece in pieces)
    return np.concatenate(pieces)


def sound_at(url: str, **changes: Any) -> UrlSound:
    return UrlSound(url, **{"buffer_bytes": SMALL, "sleep": lambda _: None} | changes)


@pytest.fixture(params=list(RECORDINGS))
def recording(request: pytest.FixtureRequest) -> bytes:
    return RECORDINGS[request.param]


@pytest.mark.parametrize("has_ranges", [True, False], ids=["ranges", "no ranges"])
@pytest.mark.parametrize("has_length", [True, False], ids=["length", "no length"])
def test_every_format_gives_the_samples_of_the_file(
    web: Any, resource: Any, recording: bytes, *, has_ranges: bool, has_length: bool
) -> None:
    served = resource(content=recording, has_ranges=has_ranges, has_length=has_length)
    source = sound_at(web.serve("/sesion", served))

    assert np.array_equal(heard(source), heard(recording))
    assert PyAvDecoder().duration_ms(source) == PyAvDecoder().duration_ms(recording)


def test_a_connection_cut_again_and_again_is_resumed_at_its_byte(
    web: Any, resource: Any, recording: bytes
) -> None:
    served = resource(content=recording, cut_after=deque([40_000, 0, 9, 50_000, 0, 0, 17, 33_333]))

    assert np.array_equal(heard(sound_at(web.serve("/sesion", served))), heard(recording))
    assert not served.cut_after


def test_without_ranges_a_connection_that_was_cut_is_read_from_the_start_again(
    web: Any, resource: Any
) -> None:
    served = resource(content=MP3, has_ranges=False, cut_after=deque([50_000, 150_000]))

    assert np.array_equal(heard(sound_at(web.serve("/sesion", served))), heard(MP3))


def test_a_server_that_sends_only_a_part_of_each_range_is_asked_for_the_rest(web: Any, resource: Any) -> None:
    served = resource(content=MP3, longest_part=70_000)

    assert np.array_equal(heard(sound_at(web.serve("/sesion", served))), heard(MP3))
    assert len(web.asked) >= len(MP3) // 70_000


def test_a_server_that_is_busy_for_a_moment_is_asked_again(web: Any, resource: Any) -> None:
    served = resource(content=MP3, statuses=deque([503, 429, 500]))
    waits: list[float] = []

    sound = heard(sound_at(web.serve("/sesion", served), sleep=waits.append))

    assert np.array_equal(sound, heard(MP3))
    assert len(waits) == 3
    assert waits[0] < waits[2]


def test_the_bytes_between_two_far_seeks_are_not_fetched(web: Any, resource: Any) -> None:
    content = bytes(range(256)) * (8 * 4096)
    with sound_at(web.serve("/sesion", resource(content=content))).open() as file:
        file.seek(-100, io.SEEK_END)
        assert file.read() == content[-100:]
        file.seek(300)
        assert file.read(5) == content[300:305]
        file.seek(2 * MEBIBYTE, io.SEEK_CUR)
        assert file.tell() == 305 + 2 * MEBIBYTE
        assert file.read(5) == content[305 + 2 * MEBIBYTE :][:5]

    assert [asked.start for asked in web.asked] == [0, len(content) - 100, 300, 305 + 2 * MEBIBYTE]


def test_a_read_beyond_the_end_is_the_end(web: Any, resource: Any) -> None:
    with sound_at(web.serve("/sesion", resource(content=MP3))).open() as file:
        assert file.seek(len(MP3) + 5) == len(MP3) + 5
        assert file.read(10) == b""
        with pytest.raises(ValueError, match="-1"):
            file.seek(-1)


def test_seeks_anywhere_read_what_the_file_has_there(web: Any, resource: Any) -> None:
    dice = np.random.default_rng(11)
    for has_ranges in (True, False):
        served = resource(content=MP3, has_ranges=has_ranges)
        with sound_at(web.serve("/sesion", served)).open() as file:
            for place, size in dice.integers(0, len(MP3) + 10, (40, 2)):
                file.seek(int(place))
                assert file.read(int(size) // 8) == MP3[place : place + size // 8]


def test_a_long_recording_is_never_held_whole(web: Any, resource: Any) -> None:
    content = bytes(48 * MEBIBYTE)
    source = UrlSound(web.serve("/sesion", resource(content=content)))
    tracemalloc.start()
    try:
        with source.open() as file:
            count = sum(len(piece) for piece in iter(lambda: file.read(1 << 18), b""))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == len(content)
    assert peak < 6 * MEBIBYTE
    assert len(web.asked) == 1


@pytest.mark.parametrize("has_ranges", [True, False])
def test_a_recording_that_changes_meanwhile_is_refused(web: Any, resource: Any, *, has_ranges: bool) -> None:
    served = resource(
        content=MP3, has_ranges=has_ranges, etags=deque(['"1"', '"2"']), cut_after=deque([100_000])
    )
    with pytest.raises(AudioUnreadable, match="changed while"):
        heard(sound_at(web.serve("/sesion", served)))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "password"),
        (403, "expired.*new link"),
        (404, "no recording at this address"),
        (410, "no recording at this address"),
        (451, "HTTP 451"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_tried_again(
    web: Any, resource: Any, status: int, said: str
) -> None:
    url = web.serve("/sesion", resource(content=MP3, statuses=deque([status] * 9)))
    with pytest.raises(AudioUnreadable, match=said) as caught:
        sound_at(url).open()
    assert not caught.value.retryable
    assert len(web.asked) == 1


def test_a_link_that_expires_midway_is_said(web: Any, resource: Any) -> None:
    served = resource(content=MP3, cut_after=deque([100_000]), statuses=deque([200, 403]))
    with pytest.raises(AudioUnreadable, match="make a new link"):
        heard(sound_at(web.serve("/sesion", served)))


def test_a_server_that_stays_away_is_given_up_as_one_to_ask_later(web: Any, resource: Any) -> None:
    url = web.serve("/sesion", resource(content=MP3, statuses=deque([503] * 9)))
    with pytest.raises(AudioUnreadable, match="HTTP 503") as caught:
        sound_at(url, retries=Retries(attempts=3)).open()
    assert caught.value.retryable
    assert len(web.asked) == 3


def test_a_server_that_stops_in_the_middle_does_not_hang_the_reader(web: Any, resource: Any) -> None:
    url = web.serve("/sesion", resource(content=MP3, stalls_after=100_000))
    source = sound_at(url, timeout_s=0.2, retries=Retries(attempts=2))
    served = web.resources["/sesion"]
    with source.open() as file:
        file.read(100_000)
        served.stalls_after = 0
        with pytest.raises(AudioUnreadable, match="breaks off") as caught:
            file.read()
    assert caught.value.retryable


def test_nobody_at_the_address_is_said() -> None:
    source = sound_at("http://127.0.0.1:9/sesion.mp3", retries=Retries(attempts=2))
    with pytest.raises(AudioUnreadable, match=r"127\.0\.0\.1 does not answer"):
        source.open()


def test_a_name_that_no_server_has_is_said() -> None:
    with pytest.raises(AudioUnreadable, match=r"no server concejo\.invalid"):
        sound_at("http://concejo.invalid/sesion.mp3").open()


def test_a_server_that_speaks_no_tls_is_said(web: Any) -> None:
    source = sound_at(f"https://{web.authority}/sesion.mp3", retries=Retries(attempts=2))
    with pytest.raises(AudioUnreadable, match="does not answer") as caught:
        source.open()
    assert isinstance(root_cause(caught.value), ssl.SSLError)


def root_cause(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://concejo.example/s.mp3", "sesion.mp3", "http://", "http://[::1", ""]
)
def test_only_web_addresses_are_opened(url: str) -> None:
    with pytest.raises(AudioUnreadable, match="https://"):
        sound_at(url).open()


def test_an_empty_recording_is_empty(web: Any, resource: Any) -> None:
    for has_ranges in (True, False):
        with pytest.raises(AudioEmpty):
            heard(sound_at(web.serve("/sesion", resource(content=b"", has_ranges=has_ranges))))


def test_redirects_are_followed_to_the_recording(web: Any, resource: Any) -> None:
    web.serve("/final", resource(content=MP3))
    web.serve("/second", resource(content=b"", location="/final"))
    url = web.serve("/first", resource(content=b"", location=f"http://{web.authority}/second"))
    assert np.array_equal(heard(sound_at(url)), heard(MP3))


@pytest.mark.parametrize(
    ("location", "said"), [("/loop", "leads on and on"), ("file:///etc/passwd", "https:// alone")]
)
def test_a_redirect_that_leads_nowhere_is_refused(web: Any, resource: Any, location: str, said: str) -> None:
    url = web.serve("/loop", resource(content=b"", location=location))
    with pytest.raises(AudioUnreadable, match=said):
        sound_at(url).open()
    assert len(web.asked) <= 6


def test_a_password_in_the_address_opens_it_and_goes_to_no_other_server(web: Any, resource: Any) -> None:
    url = web.serve("/final", resource(content=MP3)).replace("127.0.0.1", "localhost")
    served = resource(content=b"", user="Basic c2VjcmV0YXJpYTpjbGF2ZSDDsQ==", location=url)
    web.serve("/sesion", served)

    source = sound_at(f"http://secretaria:clave%20%C3%B1@{web.authority}/sesion")

    assert np.array_equal(heard(source), heard(MP3))
    assert {asked.authorization for asked in web.asked if asked.path == "/final"} == {None}


def test_what_opens_the_address_is_neither_logged_nor_said(
    web: Any, resource: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    web.serve("/sesion?X-Amz-Signature=f1rma", resource(content=MP3))
    heard(sound_at(f"http://secretaria:clave@{web.authority}/sesion?X-Amz-Signature=f1rma"))
    with pytest.raises(AudioUnreadable) as caught:
        sound_at(f"http://secretaria:clave@{web.authority}/otra?X-Amz-Signature=f1rma").open()

    for told in (caplog.text, str(caught.value)):
        assert "clave" not in told
        assert "f1rma" not in told


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{url}'\n",
    ],
    ids=["hls", "concat"],
)
def test_a_playlist_named_mp3_opens_no_other_address(web: Any, resource: Any, playlist: str) -> None:
    secret = web.serve("/secreto.ts", resource(content=MP3))
    url = web.serve("/sesion.mp3", resource(content=playlist.format(url=secret).encode()))
    with pytest.raises(AudioUnreadable):
        heard(sound_at(url))
    assert {asked.path for asked in web.asked} == {"/sesion.mp3"}


def test_closing_the_file_early_ends_the_connection(web: Any, resource: Any) -> None:
    content = bytes(64 * MEBIBYTE)
    file: BinaryIO = UrlSound(web.serve("/sesion", resource(content=content))).open()
    file.read(10)
    file.close()
    assert file.closed
    assert web.sent_bytes < len(content)
