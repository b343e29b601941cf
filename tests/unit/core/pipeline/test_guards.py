import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astra.core.pipeline.chunking import Chunk
from astra.core.pipeline.guards import doubt_of, is_loop, without_inventions, without_loops
from astra.core.values import Hearing, Segment

SENTENCE = "Tiene la palabra el concejal Julián Ospina hasta por cinco minutos."


def segment(text: str, start_ms: int = 0, end_ms: int = 5_000, confidence: float = 0.9) -> Segment:
    return Segment(start_ms=start_ms, end_ms=end_ms, text=text, confidence=confidence)


def chunk(*speech: tuple[int, int]) -> Chunk:
    return Chunk(start_ms=0, duration_ms=30_000, audio=np.zeros(0, dtype=np.float32), speech=speech)


def reason(hearing: Hearing, *speech: tuple[int, int]) -> str | None:
    doubt = doubt_of(hearing, chunk(*speech))
    return doubt.reason if doubt else None


def test_ordinary_speech_is_trusted() -> None:
    assert reason(Hearing(segments=(segment(SENTENCE),)), (0, 5_000)) is None


@pytest.mark.parametrize(
    "text",
    [
        "gracias, gracias, gracias, gracias, gracias, gracias",
        "La sesión. " * 12,
        "y el concejal y el concejal y el concejal y el concejal y el concejal",
    ],
)
def test_a_text_that_says_the_same_over_and_over_is_a_loop(text: str) -> None:
    assert is_loop(text)
    assert reason(Hearing(segments=(segment(text),)), (0, 5_000)) == "loop"


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "No, no, no.",
        "Sí. Sí. Presente.",
        "Ana Zapata, voto positivo. Julián Ospina, voto positivo. Óscar Giraldo, voto negativo.",
        "Uno, dos, tres, cuatro, cinco, seis, siete, ocho votos.",
    ],
)
def test_a_roll_call_and_a_short_repetition_are_none(text: str) -> None:
    assert not is_loop(text)


def test_voice_without_words_is_doubted_and_a_cough_is_not() -> None:
    assert reason(Hearing(segments=()), (0, 4_000)) == "wordless"
    assert reason(Hearing(segments=()), (0, 600)) is None


def test_voice_left_over_beside_words_is_doubted_too() -> None:
    one_word = Hearing(segments=(segment("Gracias.", 0, 800),))
    assert reason(one_word, (0, 28_000)) == "wordless"
    assert reason(Hearing(segments=(segment("Gracias.", 0, 29_000),)), (0, 28_000)) == "wordless"
    assert reason(one_word, (0, 800)) is None


def test_words_that_the_engine_itself_doubts_are_doubted() -> None:
    assert reason(Hearing(segments=(segment(SENTENCE, confidence=0.2),)), (0, 5_000)) == "unsure"


def test_words_over_silence_are_dropped_and_words_over_voice_stay() -> None:
    over_voice, over_silence = segment(SENTENCE, 0, 5_000), segment("Gracias.", 12_000, 14_000)
    kept = without_inventions(Hearing(segments=(over_voice, over_silence)), [(200, 4_800)])
    assert kept == Hearing(segments=(over_voice,), untrusted=((12_000, 14_000),))


def test_the_credits_that_whisper_learned_are_dropped_where_hardly_anybody_speaks() -> None:
    credit = Hearing(segments=(segment("Subtítulos realizados por la comunidad de Amara.org", 0, 10_000),))
    assert without_inventions(credit, [(0, 1_500)]).segments == ()
    assert without_inventions(credit, [(0, 9_000)]) == credit


def answers(number: int, text: str = "Presente.") -> tuple[Hearing, list[tuple[int, int]]]:
    """Return as many answers as councillors, each with a voice of its own and a pause after it."""
    speech = [(2_000 * n, 2_000 * n + 600) for n in range(number)]
    return Hearing(segments=tuple(segment(text, start, end) for start, end in speech)), speech


@pytest.mark.parametrize("number", [3, 8, 15, 21])
def test_as_many_answers_as_voices_all_stay(number: int) -> None:
    hearing, speech = answers(number)
    assert without_loops(hearing, speech) == hearing


@pytest.mark.parametrize("text", ["Sí. Sí. Sí. Sí. Sí.", "No, no, no, no.", "Tres uno uno uno uno cinco."])
def test_a_speaker_who_repeats_himself_stays(text: str) -> None:
    hearing = Hearing(segments=(segment(text),))
    assert without_loops(hearing, [(0, 5_000)]) == hearing


def test_a_list_of_like_items_stays() -> None:
    items = ("primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno")
    hearing = Hearing(segments=(segment(" ".join(f"Artículo {item}, aprobado." for item in items)),))
    assert without_loops(hearing, [(0, 20_000)]) == hearing


def test_an_engine_that_is_stuck_over_one_voice_is_taken_out_and_declared() -> None:
    good = segment(SENTENCE)
    again = [segment("Gracias.", 5_000 + 100 * n, 5_100 + 100 * n) for n in range(12)]
    looping = segment("y la " * 30, 8_000, 9_000)
    kept = without_loops(Hearing(segments=(good, *again, looping)), [(0, 9_000)])
    assert kept.segments == (good, again[0])
    assert kept.untrusted[0] == (5_100, 5_200)
    assert kept.untrusted[-1] == (8_000, 9_000)


@given(st.lists(st.sampled_from(["Gracias.", SENTENCE, "Presente.", "y la " * 20]), max_size=30))
def test_what_is_not_kept_is_declared_and_the_rest_stays_in_order(texts: list[str]) -> None:
    segments = tuple(segment(text, 10 * n, 10 * n + 10) for n, text in enumerate(texts))
    kept = without_loops(Hearing(segments=segments), [(0, 10_000)])
    gone = [part for part in segments if (part.start_ms, part.end_ms) in kept.untrusted]
    assert sorted([*kept.segments, *gone], key=lambda part: part.start_ms) == list(segments)
    assert list(kept.segments) == sorted(kept.segments, key=lambda part: part.start_ms)
