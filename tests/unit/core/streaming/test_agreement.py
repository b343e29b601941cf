"""What two hearings confirm, and how the words of one are found in the next."""

from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.streaming.agreement import Agreement, aligned
from astra.core.values import Word


def words(text: str) -> list[Word]:
    return [
        Word(start_ms=index * 300, end_ms=index * 300 + 200, text=word, confidence=1.0)
        for index, word in enumerate(text.split())
    ]


def text(found: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in found)


def test_only_what_two_hearings_in_a_row_say_alike_is_confirmed() -> None:
    agreement = Agreement()
    agreement.add(words("tiene la palabra el"))
    assert text(agreement.confirmed) == ""
    agreement.add(words("tiene la palabra en concejal"))
    assert text(agreement.confirmed) == "tiene la palabra"
    assert text(agreement.words) == "tiene la palabra en concejal"
    agreement.add(words("tiene la palabra el concejal Ospina"))
    assert text(agreement.confirmed) == "tiene la palabra"
    agreement.add(words("tiene la palabra el concejal Ospina"))
    assert text(agreement.confirmed) == "tiene la palabra el concejal Ospina"


def test_a_full_stop_that_turns_into_a_comma_is_no_agreement() -> None:
    agreement = Agreement()
    agreement.add(words("Gracias, presidente."))
    agreement.add(words("Gracias, presidente, un saludo"))
    assert text(agreement.confirmed) == "Gracias,"


def test_confirmed_words_stay_when_a_later_hearing_says_them_otherwise() -> None:
    agreement = Agreement()
    agreement.add(words("se abre la sesión"))
    agreement.add(words("se abre la sesión"))
    agreement.add(words("se abre esta sesión ordinaria de hoy"))
    assert text(agreement.words) == "se abre la sesión ordinaria de hoy"
    assert text(agreement.confirmed) == "se abre la sesión"


def test_after_a_cut_only_the_words_behind_it_stay() -> None:
    agreement = Agreement()
    agreement.add(words("uno dos. tres cuatro"))
    agreement.add(words("uno dos. tres cuatro cinco"))
    agreement.cut(words("uno dos."))
    assert text(agreement.confirmed) == "tres cuatro"
    assert text(agreement.rest) == "cinco"


def test_a_cut_behind_the_confirmed_words_takes_the_others_too() -> None:
    agreement = Agreement()
    agreement.add(words("uno dos tres"))
    agreement.add(words("uno dos otros cuatro"))
    agreement.cut(words("uno dos otros"))
    assert text(agreement.words) == "cuatro"
    assert agreement.confirmed == ()


@settings(deadline=None, max_examples=50)
@given(
    known=st.lists(st.sampled_from("abcdef"), max_size=8), more=st.lists(st.sampled_from("ghijk"), max_size=8)
)
def test_known_words_are_found_whole_before_new_ones(known: list[str], more: list[str]) -> None:
    assert aligned(words(" ".join(known)), words(" ".join(known + more))) == len(known)


def test_writing_does_not_matter_to_what_is_found() -> None:
    assert aligned(words("Señor secretario"), words("señor secretario, sírvase")) == 2
    assert aligned(words("uno dos tres"), words("uno tres cuatro")) == 2
    assert aligned([], words("uno")) == 0
    assert aligned(words("uno"), []) == 0
