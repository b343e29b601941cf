"""Pictures in the acta."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from astra.builder.pictures import EMU_PER_PIXEL, Size, fitted, recognised
from astra.kernel.blocks import Block, BlockType

Make = Callable[..., Block]
Build = Callable[..., Any]


def picture(kind: str, width: int, height: int, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (picture("PNG", 640, 480), "png"),
        (picture("JPEG", 640, 480), "jpeg"),
        (picture("JPEG", 640, 480, progressive=True, exif=b"Exif\0\0" + b"x" * 5000), "jpeg"),
    ],
)
def test_the_size_of_a_picture_is_read_from_its_header(content: bytes, extension: str) -> None:
    found = recognised(content)
    assert found is not None
    assert found.extension == extension
    assert found.size == Size(width=640 * EMU_PER_PIXEL, height=480 * EMU_PER_PIXEL)


@given(
    tail=st.binary(max_size=60), head=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b""])
)
def test_any_bytes_are_a_picture_or_not(head: bytes, tail: bytes) -> None:
    found = recognised(head + tail)
    assert found is None or (found.size.width > 0 and found.size.height > 0)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_fitted_picture_never_sticks_out_nor_grows(width: int, height: int) -> None:
    frame = Size(width=5_000_000, height=4_000_000)
    size = fitted(Size(width=width, height=height), frame)
    assert 0 < size.width <= min(width, frame.width)
    assert 0 < size.height <= min(height, frame.height)


def image(block: Make, asset: str = "a", **data: str) -> Block:
    return block(type=BlockType.IMAGE, data={"asset_id": asset, **data})


def test_a_picture_fits_the_text_and_has_its_words(build: Build, block: Make) -> None:
    content = picture("PNG", 4000, 1000)
    acta = build(image(block, alt='Un "plano" <1>', caption="Plano del lote."), images={"a": content})
    assert acta.parts["word/media/acta1.png"] == content
    (extent,) = acta.control("ZONE_DEBATE").iter("{*}extent")
    assert int(extent.get("cx")) == 9072 * 635
    (properties,) = acta.control("ZONE_DEBATE").iter("{*}docPr")
    assert properties.get("descr") == 'Un "plano" <1>'
    assert acta.styled("ZONE_DEBATE")[1] == ("ActaPieDeImagen", "Plano del lote.")


def test_a_picture_shown_twice_is_stored_once(build: Build, block: Make) -> None:
    acta = build(
        image(block),
        image(block),
        image(block, "b"),
        images={"a": picture("PNG", 9, 9), "b": picture("JPEG", 9, 9)},
    )
    stored = [name for name in acta.parts if name.startswith("word/media/acta")]
    assert stored == ["word/media/acta1.jpeg", "word/media/acta1.png"]
    numbers = [each.get("id") for each in acta.document.iter("{*}docPr")]
    assert len(set(numbers)) == 4
    assert b'Extension="jpeg"' in acta.parts["[Content_Types].xml"]


def test_a_picture_nobody_shows_is_not_in_the_package(build: Build, block: Make) -> None:
    acta = build(block("Hola."), images={"a": picture("PNG", 9, 9)})
    assert not any(name.startswith("word/media/acta") for name in acta.parts)


def test_a_picture_that_cannot_be_shown_leaves_its_words(build: Build, block: Make) -> None:
    acta = build(image(block, "x", caption="Plano."), image(block), images={"a": b"GIF89a"})
    assert acta.styled("ZONE_DEBATE") == [("ActaNota", "[Plano.]"), ("ActaNota", "[Imagen no disponible]")]
    assert acta.warnings[-2:] != []
    assert {"missing_image", "unsupported_image"} <= set(acta.warnings)
