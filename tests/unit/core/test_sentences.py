from astra.core.understanding.sentences import sentences_of, split_text
from astra.core.values import Segment


def segment(start_ms: int, end_ms: int, text: str, confidence: float = 0.9) -> Segment:
    return Segment(start_ms=start_ms, end_ms=end_ms, text=text, confidence=confidence)


def test_a_segment_with_two_sentences_gives_both_with_proportional_times() -> None:
    first, second = sentences_of([segment(0, 2_100, "Punto uno. Punto dos.")])
    assert (first.text, first.start_ms, first.end_ms) == ("Punto uno.", 0, 1_000)
    assert (second.text, second.start_ms, second.end_ms) == ("Punto dos.", 1_100, 2_100)


def test_a_sentence_broken_over_segments_is_one() -> None:
    parts = [segment(0, 900, "Con cinco votos a favor", 0.9), segment(1_000, 2_000, "y dos en contra.", 0.7)]
    (found,) = sentences_of(parts)
    assert (found.text, found.start_ms, found.end_ms) == (
        "Con cinco votos a favor y dos en contra.",
        0,
        2_000,
    )
    assert found.confidence == 0.7


def test_a_long_pause_ends_a_sentence_without_a_stop() -> None:
    found = sentences_of([segment(0, 900, "Se levanta la sesión"), segment(5_000, 6_000, "muchas gracias")])
    assert [sentence.text for sentence in found] == ["Se levanta la sesión", "muchas gracias"]


def test_abbreviations_times_and_list_numbers_do_not_end_a_sentence() -> None:
    texts = [
        "Tiene la palabra el Dr. Gómez.",
        "Siendo las 9:15 a. m. Se abre.",
        "2. Lectura del acta.",
        "La H.C. Ana Ruiz habla.",
    ]
    assert [len(split_text(text)) for text in texts] == [1, 1, 1, 1]


def test_questions_end_a_sentence() -> None:
    assert split_text("¿Aprueba el Concejo? Aprobado, presidente. ¡Gracias!") == [
        "¿Aprueba el Concejo?",
        "Aprobado, presidente.",
        "¡Gracias!",
    ]
