import io
import tempfile
from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import UploadFile

from astra.core.errors import AudioEmpty
from astra.entrypoints.http.core.uploads import UploadedSound

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
