"""A neutral emblem, a public building on a shield, until the council puts its coat of arms there."""

import io

from PIL import Image, ImageDraw

_SIDE = 4  # drawn larger, then reduced, for smooth edges
_WIDTH, _HEIGHT = 480, 560
_INK = (31, 78, 121, 255)
_CLEAR = (0, 0, 0, 0)


def emblem_png() -> bytes:
    """Return the emblem, 480 by 560 pixels on a transparent ground."""
    image = Image.new("RGBA", (_WIDTH * _SIDE, _HEIGHT * _SIDE), _CLEAR)
    draw = ImageDraw.Draw(image)
    draw.polygon(_shield(0), fill=_INK)
    draw.polygon(_shield(10), fill=(255, 255, 255, 255))
    draw.polygon(_shield(20), fill=_INK)
    _building(draw)
    buffer = io.BytesIO()
    image.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _shield(inset: float) -> list[tuple[float, float]]:
    """Return the outline: straight flanks, then two arcs that meet in the point."""
    left, right, top, waist, point = inset, _WIDTH - inset, inset, 300.0, _HEIGHT - inset * 1.25
    middle, steps = _WIDTH / 2, 60
    flank = [
        (left + (middle - left) * (1 - (1 - (t / steps) ** 2) ** 0.5), waist + (point - waist) * t / steps)
        for t in range(steps + 1)
    ]
    mirrored = [(_WIDTH - x, y) for x, y in reversed(flank)]
    outline = [(left, top), *flank, *mirrored, (right, top)]
    return [(x * _SIDE, y * _SIDE) for x, y in outline]


def _building(draw: ImageDraw.ImageDraw) -> None:
    white = (255, 255, 255, 255)

    def box(left: float, top: float, right: float, bottom: float) -> None:
        draw.rectangle([left * _SIDE, top * _SIDE, right * _SIDE, bottom * _SIDE], fill=white)

    pediment = [(240, 110), (370, 182), (110, 182)]
    draw.polygon([(x * _SIDE, y * _SIDE) for x, y in pediment], fill=white)
    draw.ellipse([226 * _SIDE, 140 * _SIDE, 254 * _SIDE, 168 * _SIDE], fill=_INK)
    box(122, 192, 358, 208)
    for left in (134, 186, 238 + 32, 322):
        box(left, 218, left + 24, 322)
    box(122, 332, 358, 348)
    box(106, 356, 374, 372)
