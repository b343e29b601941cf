import io
import tempfile
from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import UploadFile
from starlette.types import Message

from astra.bootstrap.core_service import CoreLimits
from astra.core.errors import AudioEmpty
from astra.entrypoints.http.core.uploads import UploadedSound, UploadStalled, patient

CONTENT = bytes(range(256)) * 40


@pytest.fixture(params=["in memory", "on disk"])
def upload(request: pytest.FixtureRequest) -> Iterator[UploadFile]:
    most = 1 if request.param == "on disk" else 1 << 20
    with tempfile.SpooledTemporaryFile(max_size=most) as file:
        file.write(CONTENT)
        yield UploadFile(cast("BinaryIO", file))


def test_an_upload_is_read_from_its_start_by_each_who_opens_it(upload: UploadFile) -> None:
    sound = UploadedSound(upload)
    with closing(sound.open()) as first, closing(sound.open()) as second:
        assert first.read(10_000) == CONTENT[:10_000]
        assert second.read() == CONTENT
        assert first.read() == CONTENT[10_000:]
    with closing(sound.open()) as third:
        assert third.read() == CONTENT


MOVES = st.lists(
    st.tuples(
        st.integers(0, 12_000),
        st.sampled_from([io.SEEK_SET, io.SEEK_CUR, io.SEEK_END]),
        st.integers(0, 9_000),
    ),
    max_size=8,
)


@given(MOVES)
@settings(deadline=None, max_examples=50)
def test_it_is_read_as_any_file(moves: list[tuple[int, int, int]]) -> None:
    plain = io.BytesIO(CONTENT)
    with tempfile.SpooledTemporaryFile(max_size=1) as file:
        file.write(CONTENT)
        with closing(UploadedSound(UploadFile(cast("BinaryIO", file))).open()) as view:
            for offset, whence, size in moves:
                back = -min(offset, plain.tell()) if whence == io.SEEK_CUR else offset
                back = -min(offset, len(CONTENT)) if whence == io.SEEK_END else back
                assert view.seek(back, whence) == plain.seek(back, whence)
                assert view.read(size) == plain.read(size)
                assert view.tell() == plain.tell()


def test_an_empty_upload_is_no_sound() -> None:
    with pytest.raises(AudioEmpty):
        UploadedSound(UploadFile(io.BytesIO()))


class Client:
    """Sends so many bytes every few seconds, by a clock of its own."""

    def __init__(self, size: int, every_s: float) -> None:
        self.now_s = 0.0
        self.size = size
        self.every_s = every_s

    def monotonic(self) -> float:
        return self.now_s

    async def receive(self) -> Message:
        self.now_s += self.every_s
        return {"type": "http.request", "body": bytes(self.size), "more_body": True}


LIMITS = CoreLimits(idle_s=60, least_bytes_per_s=1_000)


async def test_an_upload_that_keeps_up_may_take_as_long_as_it_needs() -> None:
    client = Client(size=50_000, every_s=50)
    receive = patient(client.receive, LIMITS, client.monotonic)
    for _ in range(1_000):
        assert len((await receive())["body"]) == 50_000


@pytest.mark.parametrize(("size", "every_s", "given_up_s"), [(1, 10, 60), (9_000, 10, 600)])
async def test_an_upload_below_the_least_rate_is_given_up(
    size: int, every_s: float, given_up_s: float
) -> None:
    client = Client(size=size, every_s=every_s)
    receive = patient(client.receive, LIMITS, client.monotonic)
    with pytest.raises(UploadStalled):  # noqa: PT012
        while client.now_s < 10_000:
            await receive()
    assert client.now_s == pytest.approx(given_up_s, abs=2 * every_s)


async def test_what_came_fast_buys_no_more_than_one_pause() -> None:
    client = Client(size=10_000_000, every_s=1)
    receive = patient(client.receive, LIMITS, client.monotonic)
    for _ in range(10):
        await receive()
    client.size, client.every_s = 1, 10
    with pytest.raises(UploadStalled):  # noqa: PT012
        while client.now_s < 10_000:
            await receive()
    assert client.now_s == pytest.approx(70, abs=20)
