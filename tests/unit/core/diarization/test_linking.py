import numpy as np

from astra.core.diarization.linking import VoiceBook, simultaneous
from astra.core.diarization.values import LocalTurn, LocalVoice, SpeakerBounds, Vectors

ANY = SpeakerBounds()


def voice(vector: Vectors, *stretches: tuple[int, int]) -> LocalVoice:
    turns = tuple(LocalTurn(start_ms=start, end_ms=end, confidence=1.0) for start, end in stretches)
    return LocalVoice(turns=turns, vector=vector)


def noisy(person: int, dice: np.random.Generator) -> Vectors:
    vector = np.eye(8)[person] + 0.15 * dice.standard_normal(8)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def test_a_person_is_recognised_in_every_chunk() -> None:
    dice = np.random.default_rng(0)
    book = VoiceBook(same_voice=0.5)
    for chunk in range(6):
        start = chunk * 10_000
        book.add(
            [
                voice(noisy(0, dice), (start, start + 4_000)),
                voice(noisy(3, dice), (start + 5_000, start + 9_000)),
            ]
        )
    first, second = book.people(ANY)
    assert [turn.start_ms for turn in first] == [chunk * 10_000 for chunk in range(6)]
    assert [turn.start_ms for turn in second] == [chunk * 10_000 + 5_000 for chunk in range(6)]


def test_two_who_speak_at_the_same_time_are_two_people() -> None:
    same = np.eye(3, dtype=np.float32)[0]
    book = VoiceBook(same_voice=0.5)
    book.add([voice(same, (0, 5_000)), voice(same, (3_000, 8_000))])
    assert len(book.people(ANY)) == 2


def test_a_moment_together_does_not_make_two_people() -> None:
    same = np.eye(3, dtype=np.float32)[0]
    book = VoiceBook(same_voice=0.5)
    book.add([voice(same, (0, 5_000)), voice(same, (4_900, 8_000))])
    assert len(book.people(ANY)) == 1


def test_the_voices_held_are_bounded_and_nobody_is_lost_or_mixed_up() -> None:
    dice = np.random.default_rng(1)
    book = VoiceBook(same_voice=0.5, most_voices=40)
    for chunk in range(300):
        person = chunk % 5
        book.add([voice(noisy(person, dice), (chunk * 2_000, chunk * 2_000 + 1_500))])
        assert book.held <= 40
    people = book.people(ANY)
    assert len(people) == 5
    for person, turns in enumerate(people):
        assert [turn.start_ms for turn in turns] == [chunk * 2_000 for chunk in range(person, 300, 5)]


def test_a_voice_that_resembles_nobody_is_a_person_of_its_own() -> None:
    book = VoiceBook(same_voice=0.5)
    nobody = np.zeros(3, dtype=np.float32)
    book.add([voice(np.eye(3, dtype=np.float32)[0], (0, 3_000)), voice(nobody, (4_000, 7_000))])
    book.add([voice(nobody, (8_000, 11_000))])
    assert len(book.people(ANY)) == 3


def test_voices_without_a_turn_are_not_kept_and_an_empty_book_has_nobody() -> None:
    book = VoiceBook(same_voice=0.5)
    book.add([voice(np.eye(3, dtype=np.float32)[0])])
    assert book.held == 0
    assert book.people(ANY) == []


def test_time_together_adds_up() -> None:
    vector = np.zeros(1, dtype=np.float32)
    pieces = [(start, start + 100) for start in range(0, 1_000, 200)]
    assert simultaneous([voice(vector, (0, 1_000)), voice(vector, *pieces), voice(vector, (950, 2_000))]) == [
        (0, 1)
    ]
