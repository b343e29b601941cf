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
    assert entities.hotwords() == ("John Jairo", "Isvimed", "X", "cuórum")
    assert EntityDictionary({}).hotwords() == ()


def test_the_words_to_expect_fit_the_prompt_of_whisper() -> None:
    names = {f"persona {number}": f"Persona Número {number} de la Cruz" for number in range(500)}
    words = EntityDictionary({**names, "corto": "Z" * 2_000, "ultimo": "Ñ"}).hotwords()
    assert 10 < len(words) < 40
    assert words[0] == "Persona Número 0 de la Cruz"
    assert len(", ".join(words).encode()) < 2 * 220
    assert "Z" * 2_000 not in words
