"""The image that the demo attaches: a small chart drawn here, so that no file has to travel."""

import io
from typing import Final

from PIL import Image, ImageDraw

CAPTION: Final = "Inversión prevista en el acueducto veredal, por trimestre (ejemplo)"
SIZE: Final = (960, 300)
BARS: Final = (0.35, 0.55, 0.8, 0.62)
INK: Final = "#1f3a5f"
AXIS: Final = "#8a94a3"


def chart() -> bytes:
    """Return the chart as PNG."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    base, left, step = height - 50, 90, (width - 160) // len(BARS)
    for number, share in enumerate(BARS):
        x = left + number * step
        top = base - int(share * (height - 110))
        draw.rectangle((x, top, x + step - 60, base), fill=INK)
    draw.line((60, base, width - 40, base), fill=AXIS, width=3)
    draw.line((60, 40, 60, base), fill=AXIS, width=3)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
