"""Where one cue ends and the next begins.

Among all ways to cut a text into cues that fit, the best is found as lines of a paragraph are by Knuth and
Plass ("Breaking Paragraphs into Lines", 1981): the fewest cues, alike in length, cut where a sentence or a
clause ends rather than after a word that leans on the next. The BBC's Subtitle Guidelines (line breaks) and
Netflix's Timed Text Style Guide ask for such breaks.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

Fits = Callable[[int, int], bool]  # whether the words [start, end) may be one cue

SENTENCE_ENDS: Final = (".", "?", "!", "…")
_CLAUSE_ENDS: Final = (",", ";", ":", "—")
_LEANING: Final = frozenset(
    {
        *("a", "al", "ante", "con", "de", "del", "desde", "e", "el", "en", "entre", "hasta", "la", "las"),
        *("lo", "los", "mi", "mis", "ni", "no", "o", "para", "pero", "por", "que", "se", "sin", "sobre"),
        *("su", "sus", "un", "una", "unas", "unos", "y"),
    }
)
_CUE: Final = 100.0  # what one cue more costs
_LONELY: Final = 1_000.0  # a cue of one word of a sentence
_UNEVEN: Final = 200.0  # at the length of a full cue, by the square of the length
_LEANS: Final = 70.0
_INSIDE: Final = 45.0
_CLAUSE: Final = 10.0


def grouped(words: Sequence[str], fits: Fits, full: int) -> list[tuple[int, int]]:
    """Return the groups [start, end) of the words, one after the other.

    Args:
        words: in order.
        fits: if a group does, so does every group inside it; a single word is never asked for.
        full: the characters of a full cue.
    """
    best: list[tuple[float, int]] = [
        (0.0, 0)
    ]  # the cost of the words so far, and where their last group begins
    for end in range(1, len(words) + 1):
        start = end - 1
        found = [(best[start][0] + _cost(words, start, end, full), start)]
        while start > 0 and fits(start - 1, end):
            start -= 1
            found.append((best[start][0] + _cost(words, start, end, full), start))
        best.append(min(found))
    cuts = [len(words)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    return list(pairwise(reversed(cuts)))


def _cost(words: Sequence[str], start: int, end: int, full: int) -> float:
    length = sum(map(len, words[start:end])) + end - start - 1
    cost = _CUE + _UNEVEN * (length / full) ** 2
    if end - start == 1 and not _is_sentence(words, start):
        cost += _LONELY
    return cost + (_break_cost(words[end - 1]) if end < len(words) else 0.0)


def _is_sentence(words: Sequence[str], at: int) -> bool:
    """Tell whether a word is all that its sentence has here."""
    begins = at == 0 or words[at - 1].endswith(SENTENCE_ENDS)
    return begins and (at == len(words) - 1 or words[at].endswith(SENTENCE_ENDS))


def _break_cost(word: str) -> float:
    """Return how little a cue should end with this word."""
    if word.endswith(SENTENCE_ENDS):
        return 0.0
    if word.endswith(_CLAUSE_ENDS):
        return _CLAUSE
    return _LEANS if word.lower().strip('¿¡«"(') in _LEANING else _INSIDE
