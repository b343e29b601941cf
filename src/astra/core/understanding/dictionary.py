"""The council's entity dictionary: what the engine tends to hear, and how it is written."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from astra.core.understanding.spelling import folded

# Whisper's prompt holds 223 tokens (`max_length // 2 - 1` in faster-whisper). Its tokens of Spanish names are
# 2.8 bytes long on average; two bytes and a separator for each leave room for rare names.
_MOST_TOKENS: Final = 220
_BYTES_PER_TOKEN: Final = 2


class EntityDictionary:
    """Replaces whole words; the longest entry wins. Accents, case and spaces of what was heard do not matter.

    An entry written in lower case takes the capital of the word that it replaces. Where the written form
    stands already ("Ana Zapata Ruiz" for "Ana Zapata") nothing is replaced. An entry without a written form
    is ignored.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        kept = {
            _spaced(folded(heard)): written.strip()
            for heard, written in entries.items()
            if heard.strip() and written.strip()
        }
        self._forms = tuple(dict.fromkeys(kept.values()))
        self._written = kept
        longest_first = sorted({*kept, *_left_alone(kept)}, key=lambda heard: (-len(heard), heard))
        alternatives = "|".join(re.escape(heard).replace(r"\ ", r"\s+") for heard in longest_first)
        self._pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)") if alternatives else None

    def applied(self, text: str) -> str:
        """Return the text with every entry written as the council writes it."""
        if self._pattern is None:
            return text
        pieces: list[str] = []
        position = 0
        for match in self._pattern.finditer(folded(text)):
            pieces += [text[position : match.start()], self._replacement(text, match)]
            position = match.end()
        return "".join([*pieces, text[position:]])

    def hotwords(self) -> tuple[str, ...]:
        """Return the written forms to listen for, as many as fit an engine's prompt, the most useful first.

        Names (with a capital) come before other words, each in the order of the dictionary.
        """
        names_first = sorted(self._forms, key=lambda form: form == form.lower())
        return tuple(_fitting(names_first))

    def _replacement(self, text: str, match: re.Match[str]) -> str:
        heard = text[match.start() : match.end()]
        written = self._written.get(_spaced(match[0]), heard)
        is_capital = heard[0].isupper()
        return written[:1].upper() + written[1:] if is_capital and written[:1].islower() else written


def _left_alone(written: Mapping[str, str]) -> Iterator[str]:
    """Yield the written forms in which the heard one stands: replacing it there would repeat the rest."""
    for heard, form in written.items():
        plain = _spaced(folded(form))
        if f" {heard} " in f" {plain} ":
            yield plain


def _spaced(text: str) -> str:
    """Return the text with one space between words."""
    return " ".join(text.split())


def _fitting(forms: list[str]) -> Iterator[str]:
    left = _MOST_TOKENS
    for form in forms:
        cost = -(-len(form.encode()) // _BYTES_PER_TOKEN) + 1
        if cost <= left:
            left -= cost
            yield form
