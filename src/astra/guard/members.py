"""Reads JSON objects member by member, refusing what is missing, unknown or of another type."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Final, Self

from astra.guard.errors import SealMalformed
from astra.kernel.json_value import JsonObject, JsonValue

_SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Members:
    """The members of one JSON object; every method raises `SealMalformed` naming the member's path."""

    def __init__(self, value: JsonValue, path: str, names: frozenset[str]) -> None:
        if not isinstance(value, Mapping):
            raise SealMalformed(f"{path}: an object was expected")
        if missing := names - value.keys():
            raise SealMalformed(f"{path}: {', '.join(sorted(missing))} missing")
        if unknown := value.keys() - names:
            raise SealMalformed(f"{path}: {len(unknown)} unknown member(s)")
        self._values: JsonObject = value
        self._path = path

    def child(self, name: str, names: frozenset[str]) -> Self:
        """Return the members of the object at `name`, which must be exactly `names`."""
        return type(self)(self._values[name], f"{self._path}.{name}", names)

    def children(self, name: str, names: frozenset[str]) -> tuple[Self, ...]:
        """Return the members of each object of the list at `name`."""
        return tuple(
            type(self)(value, f"{self._path}.{name}[{position}]", names)
            for position, value in enumerate(self._list(name))
        )

    def mapping(self, name: str) -> JsonObject:
        """Return an object whose members are free."""
        value = self._values[name]
        if not isinstance(value, Mapping):
            raise self._wrong(name, "an object")
        return value

    def text_mappings(self, name: str) -> tuple[Mapping[str, str], ...]:
        """Return a list of objects from text to text."""
        return tuple(self._text_mapping(name, value) for value in self._list(name))

    def text(self, name: str) -> str:
        """Return a text that is not empty."""
        if value := self.text_or_empty(name):
            return value
        raise self._wrong(name, "a text that is not empty")

    def text_or_empty(self, name: str) -> str:
        """Return a text."""
        value = self._values[name]
        if not isinstance(value, str):
            raise self._wrong(name, "a text")
        return value

    def text_or_none(self, name: str) -> str | None:
        """Return a text that is not empty, or None for null."""
        return None if self._values[name] is None else self.text(name)

    def constant(self, name: str, expected: str) -> None:
        """Refuse anything but `expected`."""
        if self._values[name] != expected:
            raise self._wrong(name, repr(expected))

    def count(self, name: str) -> int:
        """Return a whole number from 0."""
        value = self._values[name]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._wrong(name, "a whole number from 0")
        return value

    def sha256(self, name: str) -> str:
        """Return a SHA-256 as 64 lower-case hexadecimal digits."""
        value = self.text(name)
        if not _SHA256_HEX.fullmatch(value):
            raise self._wrong(name, "64 lower-case hexadecimal digits")
        return value

    def octets(self, name: str, length: int) -> bytes:
        """Return `length` bytes written in base64 (RFC 4648 §4)."""
        return self._octets(name, self._values[name], length)

    def octets_list(self, name: str, length: int) -> tuple[bytes, ...]:
        """Return a list of such bytes."""
        return tuple(self._octets(name, value, length) for value in self._list(name))

    def _octets(self, name: str, value: JsonValue, length: int) -> bytes:
        decoded = decode_base64(value) if isinstance(value, str) else None
        if decoded is None or len(decoded) != length:
            raise self._wrong(name, f"{length} bytes in base64")
        return decoded

    def _list(self, name: str) -> Sequence[JsonValue]:
        value = self._values[name]
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self._wrong(name, "a list")
        return value

    def _text_mapping(self, name: str, value: JsonValue) -> Mapping[str, str]:
        if isinstance(value, Mapping):
            texts = {key: text for key, text in value.items() if isinstance(text, str)}
            if len(texts) == len(value):
                return texts
        raise self._wrong(name, "a list of objects from text to text")

    def _wrong(self, name: str, expected: str) -> SealMalformed:
        return SealMalformed(f"{self._path}.{name}: {expected} was expected")


def encode_base64(value: bytes) -> str:
    """Write bytes in base64 (RFC 4648 §4)."""
    return b64encode(value).decode("ascii")


def decode_base64(text: str) -> bytes | None:
    """Read base64; None unless `text` is the one canonical way to write those bytes."""
    try:
        value = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if encode_base64(value) == text else None
