"""The deployment's master key, and the keys derived from it (HKDF, RFC 5869)."""

import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from astra.kernel.errors import InvalidInput

KEY_BYTES: Final = 32
FILE_NAME: Final = "master.key"


class MasterKeyInvalid(InvalidInput):
    """The master key must be 64 hex digits; restore it from your backup."""

    code = "master_key_invalid"


def master_key(given: str | None, data_folder: Path) -> bytes:
    """Return the 32 bytes of the key that was given, or of the one kept in the data folder.

    A new key is made once, readable by its owner alone, and durable before it is first used.
    """
    if given is not None:
        return parsed(given)
    path = data_folder / FILE_NAME
    if not path.exists():
        write_new(path)
    return parsed(path.read_text("ascii"))


def derived_key(master: bytes, purpose: str) -> bytes:
    """Return 32 bytes for one purpose; different purposes give unrelated keys."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"astra/{purpose}".encode()).derive(master)


def parsed(text: str) -> bytes:
    """Return the key written as hex."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError as error:
        raise MasterKeyInvalid from error
    if len(key) != KEY_BYTES:
        raise MasterKeyInvalid
    return key


def write_new(path: Path) -> None:
    """Write a fresh key; two processes that start together agree on the first one written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{FILE_NAME}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES).hex().encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
