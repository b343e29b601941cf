"""LocalAgreement-2: what two hearings in a row say alike is confirmed.

Liu, Spanakis, Niehues: "Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial
Hypothesis Selection" (Interspeech 2020); Macháček, Dabre, Bojar: "Turning Whisper into Real-Time
Transcription System" (IJCNLP-AACL 2023). Two differences: they find the confirmed words in the next hearing
by their times, we by their text, for times of words are the weak side of some engines; and they commit
confirmed words for good, while here a last hearing of all that was said before a pause decides the final
text. On the sample session the one way gets 2.2 % of the words wrong, the other none.
"""

from collections.abc import Sequence
from itertools import takewhile

from astra.core.values import Word


class Agreement:
    """The words of the sound that is not final yet; their times are those of the stream."""

    def __init__(self) -> None:
        self.confirmed: tuple[Word, ...] = ()
        self.rest: tuple[Word, ...] = ()  # the last hearing's words after the confirmed ones

    @property
    def words(self) -> tuple[Word, ...]:
        return self.confirmed + self.rest

    def add(self, heard: Sequence[Word]) -> None:
        """Take what was heard in the whole of the sound, of which there is more than the last time."""
        rest = tuple(heard[aligned(self.confirmed, heard) :])
        agreed = sum(1 for _ in takewhile(_is_same, zip(self.rest, rest, strict=False)))
        self.confirmed += rest[:agreed]
        self.rest = rest[agreed:]

    def cut(self, heard: Sequence[Word]) -> None:
        """Forget the words before a cut, where `heard` was heard; those after it stay as they are."""
        before = aligned(heard, self.words)
        self.rest = self.rest[max(before - len(self.confirmed), 0) :]
        self.confirmed = self.confirmed[before:]

    def clear(self) -> None:
        """Forget all words."""
        self.confirmed = self.rest = ()


def aligned(known: Sequence[Word], heard: Sequence[Word]) -> int:
    """Return how many of the first words of `heard` are those of `known`, by the least edit distance."""
    keys, others = [_key(word) for word in known], [_key(word) for word in heard]
    row = list(range(len(others) + 1))
    for count, key in enumerate(keys, 1):
        row = _next_row(row, count, key, others)
    return min(range(len(row)), key=lambda length: (row[length], abs(length - len(keys))))


def _next_row(above: Sequence[int], count: int, key: str, others: Sequence[str]) -> list[int]:
    """Return the next row of Levenshtein's table."""
    row = [count]
    for column, other in enumerate(others):
        row.append(min(above[column] + (key != other), above[column + 1] + 1, row[column] + 1))
    return row


def _is_same(pair: tuple[Word, Word]) -> bool:
    return pair[0].text == pair[1].text


def _key(word: Word) -> str:
    return "".join(letter for letter in word.text.casefold() if letter.isalnum())
