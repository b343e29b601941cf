"""A recording in the making, read as a file."""

import io

import pytest

from astra.core.streaming.pipe import SoundPipe


def pipe_of(*pieces: bytes) -> SoundPipe:
    following = iter(pieces)
    return SoundPipe(lambda: next(following, b""))


def test_a_read_gives_what_is_there_without_waiting_for_more() -> None:
    pipe = pipe_of(b"abc", b"defg")
    assert [pipe.read(100), pipe.read(2), pipe.read(), pipe.read(1)] == [b"abc", b"de", b"fg", b""]


def test_the_beginning_can_be_looked_at_and_read_again() -> None:
    pipe = pipe_of(b"RI", b"FF1234", b"5678")
    assert pipe.read(1) == b"R"
    assert pipe.seek(3) == 3
    assert pipe.read(2) == b"F1"
    assert pipe.seek(0) == 0
    assert b"".join(iter(lambda: pipe.read(5), b"")) == b"RIFF12345678"
    assert pipe.seek(100) == 12


def test_it_does_not_go_back_after_the_first_mebibyte_nor_keep_it() -> None:
    pipe = pipe_of(*[bytes(1 << 18)] * 8)
    while pipe.read(1 << 18):
        pass
    assert not pipe.seekable()
    assert len(pipe._held) <= 1 << 18
    with pytest.raises(io.UnsupportedOperation):
        pipe.seek(0)
