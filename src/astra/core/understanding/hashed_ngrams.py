"""`TextEmbedder` that needs no model: character n-grams, hashed.

A text without case, accents and punctuation, every number a 0, is cut into overlapping n-grams of 3, 4 and 5
characters, spaces included. Each n-gram adds +1 or -1 to one of the vector's places, both chosen by a hash
(Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009); n-grams inside words
stand for their forms (Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 2017). The
hash is a polynomial of the code points and Murmur3's last step, modulo 2^32: the same on every machine.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from astra.core.templates import Vector, Vectors
from astra.core.understanding.spelling import folded

_SIZES: Final = (3, 4, 5)
_BASE: Final = np.uint32(16_777_619)  # the prime of FNV
_OTHER: Final = re.compile(r"[^\w]+|_+")
_DIGITS: Final = re.compile(r"\d+")

Hashes = npt.NDArray[np.uint32]


class HashedNgrams:
    """Vectors of 1024 places by default, made in some 50 µs a sentence."""

    def __init__(self, dimensions: int = 1024) -> None:
        self._dimensions = dimensions

    @property
    def identity(self) -> str:
        return f"hashed-ngrams-v1-{self._dimensions}"

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        return vectors

    def _vector(self, text: str) -> Vector:
        hashes = hashes_of(text)
        signs = np.where(hashes >> np.uint32(31), -1.0, 1.0)
        sums = np.bincount(hashes % np.uint32(self._dimensions), weights=signs, minlength=self._dimensions)
        length = float(np.linalg.norm(sums))
        return (sums / length if length else sums).astype(np.float32)


def hashes_of(text: str) -> Hashes:
    """Return the 32-bit hash of every n-gram of a text."""
    plain = _DIGITS.sub("0", _OTHER.sub(" ", folded(text))).strip()
    if not plain:
        return np.zeros(0, dtype=np.uint32)
    codes = np.frombuffer(f" {plain} ".encode("utf-32-le"), dtype="<u4").astype(np.uint32)
    return np.concatenate([_mixed(_grams(codes, size)) for size in _SIZES])


def _grams(codes: Hashes, size: int) -> Hashes:
    count = max(len(codes) - size + 1, 0)
    sums = np.full(count, size, dtype=np.uint32)
    for offset in range(size):
        sums = sums * _BASE + codes[offset : offset + count]
    return sums


def _mixed(hashes: Hashes) -> Hashes:
    """Return the hashes with every bit depending on every other (`fmix32` of MurmurHash3)."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes = (hashes ^ (hashes >> np.uint32(shift))) * np.uint32(factor)
    return hashes ^ (hashes >> np.uint32(16))
