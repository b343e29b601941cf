"""Images by Pillow: decoded, scaled down and encoded again, so that nothing hidden in them survives."""

import io
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from astra.orchestrator.assets.errors import ImageTooLarge, ImageUnreadable

MAX_SIDE_PX: Final = 1920
MAX_PIXELS: Final = 50_000_000
FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "TIFF")
OPAQUE_MODES: Final = ("RGB", "L")


class PillowImages:
    """`ImageCleaner` by Pillow. The format is read from the content, never from a file name."""

    def clean(self, content: bytes) -> bytes:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                image = Image.open(io.BytesIO(content), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise ImageTooLarge
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX))
        except Image.DecompressionBombError as error:
            raise ImageTooLarge from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise ImageUnreadable from error
        return encoded(upright, is_photograph=image.format == "JPEG")


def encoded(image: Image.Image, *, is_photograph: bool) -> bytes:
    """Return the bare pixels as JPEG for a photograph, else as PNG."""
    buffer = io.BytesIO()
    if is_photograph:
        bare = image.convert("L" if image.mode == "L" else "RGB")
        bare.save(buffer, "JPEG", quality=85)
    else:
        bare = image.convert("RGB" if image.mode in OPAQUE_MODES else "RGBA")
        bare.info.clear()
        bare.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
