"""Spanish text without what engines and typists leave out: case and accents."""

import unicodedata


def folded(text: str) -> str:
    """Return the text in lower case without accents; a position in one is the same position in the other."""
    return "".join(_folded_letter(letter) for letter in text)


def _folded_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[:1].lower()
    return base if len(base) == 1 else letter
