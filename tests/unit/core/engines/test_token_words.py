import pytest

from astra.core.engines.token_words import Token, hearing_of_tokens, hearing_without_times


def tokens(*pieces: tuple[int, str]) -> list[Token]:
    return [Token(start_ms=start_ms, text=text, probability=0.5) for start_ms, text in pieces]


def test_tokens_become_words_and_an_opening_mark_keeps_its_space() -> None:
    heard = tokens((0, " di"), (80, "jo"), (400, " ¿"), (480, "qué"), (640, "?"))
    hearing = hearing_of_tokens(heard, 2000, word_times=True)
    assert hearing.text == "dijo ¿qué?"
    words = [word for segment in hearing.segments for word in segment.words]
    assert [(word.start_ms, word.end_ms) for word in words] == [(0, 400), (400, 960)]


def test_a_word_ends_soon_after_its_last_token_when_a_pause_follows() -> None:
    hearing = hearing_of_tokens(tokens((0, " sí"), (3000, " no")), 5000, word_times=True)
    assert [(segment.start_ms, segment.end_ms) for segment in hearing.segments] == [(0, 320), (3000, 3320)]


def test_a_first_token_without_a_space_begins_a_word_and_bare_spaces_are_none() -> None:
    assert hearing_of_tokens(tokens((0, "ho"), (80, "la"), (160, " ")), 1000, word_times=False).text == "hola"
    assert hearing_of_tokens(tokens((0, " "), (80, " hola")), 1000, word_times=False).text == "hola"
    assert hearing_of_tokens([], 1000, word_times=True).segments == ()


def test_a_confidence_is_the_mean_probability_and_never_above_one() -> None:
    (segment,) = hearing_without_times([" Se", " abre"], [-0.5, -1.5], 1000).segments
    assert segment.confidence == pytest.approx(0.3679, abs=1e-4)
    assert segment.text == "Se abre"
    (unnormalised,) = hearing_without_times([" sí"], [7.0], 1000).segments
    assert unnormalised.confidence == 1.0
