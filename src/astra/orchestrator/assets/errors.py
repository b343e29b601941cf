"""What can be wrong with an image."""

from astra.kernel.errors import InvalidInput, TooLarge


class ImageUnreadable(InvalidInput):
    """The file is not an image ASTRA takes; send PNG, JPEG, GIF, WebP or TIFF."""

    code = "image_unreadable"


class ImageTooLarge(TooLarge):
    """The image has too many pixels; send one of at most 50 megapixels."""

    code = "image_too_large"
