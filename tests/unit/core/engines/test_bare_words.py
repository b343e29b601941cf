"""Words that a provider lists apart from the text, brought back into it."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.engines.bare_words import in_segments
from astra.core.values import Segment, Word

TOKENS = st.from_regex(r"\A[¿¡«]?[a-zñáéíóú]{1,8}(-[a-z]{1,5})?[.,;:?!»]{0,2}\Z")


def segment(text: str, start_ms: int = 0, end_ms: int = 1_000) -> Segment:
    return Segment(start_ms=start_ms, end_ms=end_ms, text=text, confidence=0.5)


def bare(text: str, start_ms: int = 0) -> list[Word]:
    """Return the words of a text without punctuation, 100 ms each."""
    return [
        Word(
            start_ms=start_ms + 100 * number,
            end_ms=start_ms + 100 * number + 90,
            text=word,
            confidence=1.0,
        )
        for number, word in enumerate(re.findall(r"\w+", text))
    ]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(TOKENS, min_size=1, max_size=6), min_size=1, max_size=4))
def test_words_spell_the_text_that_they_come_from(sentences: list[list[str]]) -> None:
    texts = [" ".join(tokens) for tokens in sentences]
    found = list(in_segments(bare(" ".join(texts)), [segment(text) for text in texts]))

    assert [" ".join(word.text for word in each.words) for each in found] == texts
    words = [word for each in found for word in each.words]
    assert all(word.start_ms < word.end_ms for word in words)
    assert [word.start_ms for word in words] == sorted(word.start_ms for word in words)
    assert {word.confidence for word in words} == {0.5}


def test_a_word_with_a_hyphen_lasts_from_its_first_part_to_its_last() -> None:
    (found,) = in_segments(bare("voto en bloque-general"), [segment("Voto en bloque-general.")])
    assert (found.words[-1].text, found.words[-1].start_ms, found.words[-1].end_ms) == (
        "bloque-general.",
        200,
        390,
    )


def test_a_dash_stands_at_the_end_of_the_word_before_it() -> None:
    (found,) = in_segments(bare("Acta veinte"), [segment("Acta — veinte")])
    assert [(word.text, word.start_ms, word.end_ms) for word in found.words] == [
        ("Acta", 0, 90),
        ("—", 90, 90),
        ("veinte", 100, 190),
    ]


def test_words_of_another_text_stay_as_they_are_where_they_lie() -> None:
    segments = [segment("Por veinte votos.", 0, 300), segment("Aprobado.", 300, 600)]
    first, second = in_segments(bare("por 20 votos aprobado"), segments)
    assert [word.text for word in first.words] == ["por", "20", "votos"]
    assert [word.text for word in second.words] == ["aprobado"]


def test_segments_without_words_stay_without() -> None:
    assert list(in_segments([], [segment("Sí.")])) == [segment("Sí.")]
