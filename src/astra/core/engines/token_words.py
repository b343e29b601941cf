"""The tokens that NVIDIA's models write, turned into words with times.

The texts of NeMo and of onnx-asr, and NeMo's words, lose the space before an opening mark ("dijo ¿qué"
becomes "dijo¿qué"): words are joined here, from the tokens.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from typing import Final

from astra.core.engines.timed_words import hearing_of_text, hearing_of_words
from astra.core.values import Hearing, Word

_LONGEST_TOKEN_MS: Final = 320  # a transducer of the TDT kind steps over at most four frames of 80 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of a word; one that begins a word begins with a space."""

    start_ms: int
    text: str
    probability: float  # 0..1


def hearing_of_tokens(tokens: Iterable[Token], duration_ms: int, *, word_times: bool) -> Hearing:
    """Return the hearing of a model that tells when each token begins."""
    words = [_word(group, following) for group, following in _with_next(list(_grouped(tokens)))]
    return hearing_of_words(words, duration_ms, word_times=word_times)


def hearing_without_times(tokens: Sequence[str], logprobs: Sequence[float], duration_ms: int) -> Hearing:
    """Return the hearing of a model that tells no times."""
    text = " ".join("".join(tokens).split())
    mean = sum(logprobs) / len(logprobs) if logprobs else 0.0
    return hearing_of_text(text, duration_ms, probability_of(mean))


def probability_of(logprob: float) -> float:
    """Return the probability, 1 at most: some exported models give scores that are not normalised."""
    return exp(min(logprob, 0.0))


def _grouped(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each word."""
    group: list[Token] = []
    for token in tokens:
        if token.text.startswith(" ") and "".join(part.text for part in group).strip():
            yield group
            group = []
        group.append(token)
    if "".join(part.text for part in group).strip():
        yield group


def _with_next(groups: Sequence[list[Token]]) -> Iterator[tuple[list[Token], list[Token] | None]]:
    yield from pairwise([*groups, None]) if groups else ()


def _word(tokens: Sequence[Token], following: Sequence[Token] | None) -> Word:
    end_ms = tokens[-1].start_ms + _LONGEST_TOKEN_MS
    return Word(
        start_ms=tokens[0].start_ms,
        end_ms=min(end_ms, following[0].start_ms) if following else end_ms,
        text="".join(token.text for token in tokens).strip(),
        confidence=sum(token.probability for token in tokens) / len(tokens),
    )
