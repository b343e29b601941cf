import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.understanding.dictionary import EntityDictionary


def test_whole_words_are_written_as_the_council_writes_them() -> None:
    entities = EntityDictionary({"icbf": "ICBF", "oscar giraldo": "Óscar Giraldo", "is vimed": "Isvimed"})
    text = "El icbf y Oscar Giraldo visitaron Is vimed, no el icbfs."
    assert entities.applied(text) == "El ICBF y Óscar Giraldo visitaron Isvimed, no el icbfs."


def test_accents_and_case_of_what_was_heard_do_not_matter() -> None:
    assert (
        EntityDictionary({"cuórum": "quórum"}).applied("Cuorum y CUÓRUM y cuórum")
        == "Quórum y Quórum y quórum"
    )


def test_the_longest_entry_wins() -> None:
    entities = EntityDictionary({"la paz": "La Paz", "barrio la paz alta": "barrio La Paz Alta"})
    assert (
        entities.applied("En el barrio la paz alta y en la paz.") == "En el barrio La Paz Alta y en La Paz."
    )


def test_no_entries_change_nothing() -> None:
    assert EntityDictionary({" ": "x"}).applied("Igual.") == "Igual."


@pytest.mark.parametrize(
    ("heard", "written", "text", "applied"),
    [
        ("Ana Zapata", "Ana Zapata Ruiz", "Habla Ana Zapata Ruiz.", "Habla Ana Zapata Ruiz."),
        ("Ana Zapata", "Ana Zapata Ruiz", "Habla Ana Zapata.", "Habla Ana Zapata Ruiz."),
        ("Ana Zapata", "Ana Zapata Ruiz", "ana  zapata\nruiz, presente", "ana  zapata\nruiz, presente"),
        ("ruiz", "Zapata Ruiz", "Ana Zapata Ruiz y Luis Ruiz", "Ana Zapata Ruiz y Luis Zapata Ruiz"),
        ("alcalde", "señor alcalde", "El señor alcalde y el alcalde", "El señor alcalde y el señor alcalde"),
        ("perez", "Pérez", "PEREZ y Pérez", "Pérez y Pérez"),
    ],
)
def test_a_written_form_that_stands_already_is_left_alone(
    heard: str, written: str, text: str, applied: str
) -> None:
    entities = EntityDictionary({heard: written})
    assert entities.applied(text) == applied
    assert entities.applied(applied) == applied


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from(["ana", "Zapata", "RUIZ", "de"]), min_size=1, max_size=3).map(" ".join),
    st.lists(st.sampled_from(["Ana", "Zapata", "Ruiz", "María"]), min_size=1, max_size=4).map(" ".join),
    st.lists(st.sampled_from(["habla", "luis"]), max_size=2).map(" ".join),
)
def test_applying_an_entry_twice_is_applying_it_once(heard: str, written: str, rest: str) -> None:
    entities = EntityDictionary({heard: written})
    once = entities.applied(f"{rest}, {heard}, {written}, {rest}")
    assert entities.applied(once) == once


def test_an_entry_without_a_written_form_deletes_nothing() -> None:
    assert EntityDictionary({"x": "", "y": "  "}).applied("la x y la y") == "la x y la y"


@pytest.mark.parametrize("between", [" ", "  ", "\n", " \t "])
def test_any_space_between_the_words_of_what_was_heard_will_do(between: str) -> None:
    assert EntityDictionary({"san  jose": "San José"}).applied(f"En san{between}josé.") == "En San José."


def test_the_words_to_expect_are_the_written_forms_names_first_without_repeats() -> None:
    entities = EntityDictionary(
        {
            "cuorum": "cuórum",
            "jhon": "John Jairo",
            "jon": "John Jairo",
            "isvimed": "Isvimed",
            " ": "X",
            "y": " ",
        }
    )
    assert entities.hotwords() == ("John Jairo", "Isvimed", "cuórum")
    assert EntityDictionary({}).hotwords() == ()


def test_the_words_to_expect_fit_the_prompt_of_whisper() -> None:
    names = {f"persona {number}": f"Persona Número {number} de la Cruz" for number in range(500)}
    words = EntityDictionary({**names, "corto": "Z" * 2_000, "ultimo": "Ñ"}).hotwords()
    assert 10 < len(words) < 40
    assert words[0] == "Persona Número 0 de la Cruz"
    assert len(", ".join(words).encode()) < 2 * 220
    assert "Z" * 2_000 not in words
