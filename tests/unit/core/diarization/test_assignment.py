from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.diarization.assignment import labelled, with_speakers
from astra.core.diarization.values import SpeakerTurn
from astra.core.values import EngineIdentity, Segment, TranscriptResult, Word
from astra.kernel.coverage import Coverage

IDENTITY = EngineIdentity(engine="whisper", engine_version="1", model="demo", model_digest="0" * 64)


def turn(start_ms: int, end_ms: int, speaker: str) -> SpeakerTurn:
    return SpeakerTurn(start_ms=start_ms, end_ms=end_ms, speaker=speaker, confidence=1.0)


def segment(start_ms: int, end_ms: int, text: str, *times: tuple[int, int]) -> Segment:
    words = tuple(
        Word(start_ms=start, end_ms=end, text=word, confidence=0.9)
        for word, (start, end) in zip(text.split(), times, strict=False)
    )
    return Segment(start_ms=start_ms, end_ms=end_ms, text=text, confidence=0.9, words=words)


def spoken(segments: list[Segment], *turns: SpeakerTurn) -> list[tuple[str, str, int, int]]:
    return [(one.speaker, one.text, one.start_ms, one.end_ms) for one in labelled(segments, turns)]


SPEECH = segment(
    0, 4_000, "Tiene la palabra. Gracias, presidente.", *((i * 800, i * 800 + 700) for i in range(5))
)


def test_a_segment_is_split_where_the_speaker_of_its_words_changes() -> None:
    assert spoken([SPEECH], turn(0, 2_350, "S1"), turn(2_350, 4_000, "S2")) == [
        ("S1", "Tiene la palabra.", 0, 2_400),
        ("S2", "Gracias, presidente.", 2_400, 4_000),
    ]


def test_the_words_go_with_their_part() -> None:
    first, second = labelled([SPEECH], [turn(0, 2_350, "S1"), turn(2_350, 4_000, "S2")])
    assert [word.text for word in first.words] == ["Tiene", "la", "palabra."]
    assert [word.text for word in second.words] == ["Gracias,", "presidente."]


def test_without_words_who_speaks_longest_is_the_speaker() -> None:
    plain = replace(SPEECH, words=())
    assert [one[0] for one in spoken([plain], turn(0, 1_900, "S1"), turn(1_900, 4_000, "S2"))] == ["S2"]


def test_turns_of_one_speaker_add_up() -> None:
    plain = replace(SPEECH, words=())
    turns = [turn(0, 1_000, "S1"), turn(1_000, 2_600, "S2"), turn(2_600, 4_000, "S1")]
    assert [one[0] for one in spoken([plain], *turns)] == ["S1"]


def test_two_who_speak_as_long_and_nobody_leave_no_label() -> None:
    plain = replace(SPEECH, words=())
    assert [one[0] for one in spoken([plain], turn(0, 2_000, "S1"), turn(2_000, 4_000, "S2"))] == [""]
    assert [one[0] for one in spoken([plain], turn(4_000, 9_000, "S1"))] == [""]
    assert [one[0] for one in spoken([SPEECH])] == [""]


def test_a_word_without_a_speaker_stays_with_those_before_and_a_first_one_with_those_after() -> None:
    turns = [turn(800, 1_500, "S1"), turn(3_200, 4_000, "S2")]
    assert [one[:2] for one in spoken([SPEECH], *turns)] == [
        ("S1", "Tiene la palabra. Gracias,"),
        ("S2", "presidente."),
    ]


def test_a_text_that_its_words_do_not_spell_is_not_split() -> None:
    other = replace(SPEECH, text="Tiene el uso de la palabra. Gracias, señora presidente.")
    cut = replace(SPEECH, text="Tiene la  palabra.  Gracias,  presidente.")
    turns = [turn(0, 2_350, "S1"), turn(2_350, 4_000, "S2")]
    assert [one[1] for one in spoken([cut], *turns)] == [cut.text]
    assert " ".join(one[1] for one in spoken([other], *turns)) == other.text
    unknown = replace(SPEECH, text="Nada de eso.")
    assert spoken([unknown], *turns) == [("S1", "Nada de eso.", 0, 4_000)]


def test_a_long_turn_that_began_much_earlier_is_found() -> None:
    turns = [turn(0, 900_000, "S1"), *(turn(index * 1_000, index * 1_000 + 10, "S2") for index in range(800))]
    assert spoken([segment(850_000, 851_000, "Sigo.")], *turns) == [("S1", "Sigo.", 850_000, 851_000)]


STARTS = st.integers(0, 9_000)
TURNS = st.lists(
    st.builds(
        lambda start, length, number: turn(start, start + length, f"S{number}"),
        STARTS,
        st.integers(1, 4_000),
        st.integers(1, 3),
    ),
    max_size=8,
)
WORDS = st.lists(
    st.tuples(st.sampled_from(["sí", "no", "señor", "¿qué?", "s"]), STARTS, st.integers(0, 900)), max_size=9
)


@settings(deadline=None, max_examples=50)
@given(turns=TURNS, spoken_words=WORDS, is_ordered=st.booleans())
def test_text_words_time_and_coverage_never_change(
    turns: list[SpeakerTurn], spoken_words: list[tuple[str, int, int]], *, is_ordered: bool
) -> None:
    timed = sorted(spoken_words, key=lambda word: word[1]) if is_ordered else spoken_words
    words = tuple(
        Word(start_ms=start, end_ms=start + length, text=text, confidence=0.5)
        for text, start, length in timed
    )
    text = " ".join(word.text for word in words) or "Nada"
    heard = Segment(start_ms=0, end_ms=10_000, text=text, confidence=0.5, words=words)
    before = TranscriptResult(
        segments=(heard, replace(heard.shifted(10_000), words=())),
        coverage=Coverage.of_speech([(0, 20_000)], 20_000),
        language="es",
        identity=IDENTITY,
    )
    after = with_speakers(before, turns)
    assert after.text == before.text
    assert after.coverage == before.coverage
    assert [word for one in after.segments for word in one.words] == list(words)
    edges = [0, *(one.end_ms for one in after.segments)]
    assert [one.start_ms for one in after.segments] == edges[:-1]
    assert edges == sorted(edges)
    assert edges[-1] == 20_000
