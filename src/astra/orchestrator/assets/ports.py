"""What assets need from outside."""

from typing import Protocol


class ImageCleaner(Protocol):
    """Makes an image fit for a document."""

    def clean(self, content: bytes) -> bytes:
        """Return the image as PNG or JPEG of at most 1920 px a side, without any metadata.

        Raises:
            ImageUnreadable, ImageTooLarge
        """
        ...
