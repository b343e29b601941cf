from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.engines.timed_words import hearing_of_text, hearing_of_words
from astra.core.values import Word


def word(text: str, start_ms: int, end_ms: int, confidence: float = 1.0) -> Word:
    return Word(start_ms=start_ms, end_ms=end_ms, text=text, confidence=confidence)


def test_a_segment_ends_with_its_sentence_and_in_a_pause() -> None:
    words = [word("Hola.", 0, 400), word("Sí", 500, 700), word("señor", 1800, 2000), word("Luis", 2100, 2500)]
    hearing = hearing_of_words(words, 3000, word_times=False)
    assert [(segment.start_ms, segment.end_ms, segment.text) for segment in hearing.segments] == [
        (0, 400, "Hola."),
        (500, 700, "Sí"),
        (1800, 2500, "señor Luis"),
    ]


def test_a_segment_has_its_words_only_if_they_are_asked_for_and_their_mean_confidence() -> None:
    words = [word("sí", 0, 100, 0.5), word("no", 200, 300, 1.0)]
    (with_words,) = hearing_of_words(words, 1000, word_times=True).segments
    (without,) = hearing_of_words(words, 1000, word_times=False).segments
    assert with_words.words == tuple(words)
    assert without.words == ()
    assert with_words.confidence == without.confidence == 0.75


def test_a_word_of_unknown_time_begins_no_earlier_than_the_one_before() -> None:
    words = [word("uno", 500, 700), word("dos", -1, -1), word("tres", 800, 9000)]
    (segment,) = hearing_of_words(words, 1000, word_times=True).segments
    assert [(each.start_ms, each.end_ms) for each in segment.words] == [(500, 700), (500, 500), (800, 1000)]


def test_a_text_without_times_lies_over_the_whole_sound_and_no_text_nowhere() -> None:
    (segment,) = hearing_of_text(" Se abre la sesión. ", 4000, 0.5).segments
    assert (segment.start_ms, segment.end_ms, segment.text) == (0, 4000, "Se abre la sesión.")
    assert hearing_of_text(" ", 4000, 1.0).segments == ()
    assert hearing_of_words([], 4000, word_times=True).segments == ()


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(-1, 5000), st.integers(-1, 5000), st.sampled_from(["a", "b.", "¿c?"]))),
    st.integers(0, 4000),
)
def test_no_word_is_lost_and_every_time_lies_in_the_sound(
    given_words: list[tuple[int, int, str]], duration_ms: int
) -> None:
    hearing = hearing_of_words(
        [word(text, start, end) for start, end, text in given_words], duration_ms, word_times=True
    )
    found = [each for segment in hearing.segments for each in segment.words]
    assert [each.text for each in found] == [text for *_, text in given_words]
    assert hearing.text.split() == [text for *_, text in given_words]
    starts = [each.start_ms for each in found]
    assert starts == sorted(starts)
    assert all(0 <= each.start_ms <= each.end_ms <= duration_ms for each in found)
