"""Which object keys every store accepts, and how a key becomes a path that no key can escape."""

from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote, unquote

from astra.kernel.storage.blob_store import BlobKeyInvalid

MAX_KEY_BYTES: Final = 1024  # Amazon S3 User Guide, "Creating object key names"
MAX_PART_BYTES: Final = 240  # a file name of 255 bytes, less the marks a store adds to it
_CONTROL: Final = frozenset(map(chr, (*range(0x20), 0x7F)))
OBJECT_MARK: Final = "@"  # percent-encoding never leaves one, so `a` and `a/b` can both be objects


def validate_key(key: str) -> None:
    """Raise `BlobKeyInvalid` unless every store can hold `key`.

    A key is relative, without empty, `.` or `..` parts and without control characters. Its URL-encoded form
    has at most 1024 bytes, and each part of it at most 240.
    """
    if not _CONTROL.isdisjoint(key):
        raise BlobKeyInvalid("an object key must not have control characters")
    parts = [encoded_part(part) for part in key.split("/")]
    if any(part in {"", ".", ".."} for part in parts):
        raise BlobKeyInvalid
    if len("/".join(parts)) > MAX_KEY_BYTES or max(map(len, parts)) > MAX_PART_BYTES:
        raise BlobKeyInvalid(
            f"an object key has at most {MAX_KEY_BYTES} bytes, and each part of it {MAX_PART_BYTES}"
        )


def can_start_key(prefix: str) -> bool:
    """Return whether a valid key may start with `prefix`, as far as its characters tell."""
    return _CONTROL.isdisjoint(prefix) and prefix.encode("utf-8", "ignore").decode() == prefix


def encoded_part(part: str) -> str:
    """Percent-encode (RFC 3986 section 2.1) all but unreserved characters."""
    try:
        return quote(part, safe="")
    except UnicodeEncodeError as error:
        raise BlobKeyInvalid("an object key must be valid Unicode") from error


def object_path(key: str) -> PurePosixPath:
    """Return the folder of a valid key's versions: `a/b c.ogg` is at `a/b%20c.ogg@`."""
    validate_key(key)
    *folders, name = (encoded_part(part) for part in key.split("/"))
    return PurePosixPath(*folders, name + OBJECT_MARK)


def decoded_name(name: str) -> str:
    """Return the part of a key that a folder's name stands for; an inner folder's ends with `/`.

    Siblings sorted by it follow the order of the keys below them.
    """
    if name.endswith(OBJECT_MARK):
        return unquote(name.removesuffix(OBJECT_MARK))
    return unquote(name) + "/"
