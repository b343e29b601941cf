"""Words of no language, each different, for models that must say something."""

from collections.abc import Iterator
from itertools import product
from typing import Final

_SYLLABLES: Final = ["".join(pair) for pair in product("bcdfglmnprstvyz", "aeiou")]
_WORDS: Final = len(_SYLLABLES) ** 3  # 421,875
_STEP: Final = 260_731  # has no divisor in common with it: all words come, and neighbours look unlike


def invented_words(count: int) -> Iterator[str]:
    """Yield so many words of three syllables; they are different as long as they are no more than 421,875."""
    for index in range(count):
        first, rest = divmod(index * _STEP % _WORDS, len(_SYLLABLES) ** 2)
        yield _SYLLABLES[first] + "".join(_SYLLABLES[part] for part in divmod(rest, len(_SYLLABLES)))
