from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from astra.core.errors import CheckpointUnusable
from astra.core.pipeline.chunking import Chunk
from astra.core.pipeline.file_checkpoint import FileCheckpoint
from astra.core.pipeline.hearing import Hearer
from astra.core.values import EngineIdentity, Hearing, Pcm16k, Segment, TranscribeOptions, Word

IDENTITY = EngineIdentity(engine="double", engine_version="1", model="m", model_digest="0" * 64)
LOOP = "y la y la y la y la y la y la y la y la"
GOOD = "Se abre la sesión."


class Model:
    """Says what it is told to, in turn, and remembers how it was asked."""

    def __init__(self, *texts: str) -> None:
        self._texts = list(texts)
        self.calls: list[tuple[list[int], bool]] = []

    def hear(self, chunks: Sequence[Pcm16k], options: TranscribeOptions) -> list[Hearing]:
        self.calls.append(([len(chunk) // 16 for chunk in chunks], options.is_careful))
        return [said(self._texts.pop(0), len(chunk) // 16) for chunk in chunks]

    def close(self) -> None:
        """Nothing to give back."""


def said(text: str, duration_ms: int) -> Hearing:
    word = Word(start_ms=0, end_ms=duration_ms, text=text, confidence=0.5)
    segment = Segment(start_ms=0, end_ms=duration_ms, text=text, confidence=0.9, words=(word,))
    return Hearing(segments=(segment,) if text else ())


def chunk(seed: int = 0, speech: tuple[tuple[int, int], ...] = ((2_000, 8_000),)) -> Chunk:
    audio = np.random.default_rng(seed).normal(0, 0.1, 10_000 * 16).astype(np.float32)
    return Chunk(start_ms=0, duration_ms=10_000, audio=audio, speech=speech)


def hearer(model: Model, checkpoint: FileCheckpoint | None = None, language: str = "es") -> Hearer:
    return Hearer(model, IDENTITY, TranscribeOptions(language=language), checkpoint)


def texts(hearings: Sequence[Hearing]) -> list[str]:
    return [hearing.text for hearing in hearings]


def test_the_engine_hears_from_the_first_voice_to_the_last_and_times_are_the_chunks() -> None:
    model = Model(GOOD)
    (hearing,) = hearer(model).hear([chunk()])
    assert model.calls == [([7_000], False)]
    (segment,) = hearing.segments
    assert (segment.start_ms, segment.end_ms) == (1_500, 8_500)
    assert (segment.words[0].start_ms, segment.words[0].end_ms) == (1_500, 8_500)


def test_a_looping_chunk_is_heard_again_with_care() -> None:
    model = Model(LOOP, GOOD)
    assert texts(hearer(model).hear([chunk()])) == [GOOD]
    assert [is_careful for _, is_careful in model.calls] == [False, True]


def test_a_chunk_that_fails_twice_is_heard_in_two_halves() -> None:
    model = Model(LOOP, "", GOOD, "Buenos días.")
    (hearing,) = hearer(model).hear([chunk(speech=((1_000, 4_000), (6_000, 9_000)))])
    assert hearing.text == f"{GOOD} Buenos días."
    assert hearing.segments[1].start_ms >= 5_000


def test_where_nothing_helps_no_loop_gets_into_the_text() -> None:
    model = Model(LOOP, LOOP, LOOP)
    assert texts(hearer(model).hear([chunk()])) == [""]


def test_only_the_chunk_in_doubt_is_heard_again() -> None:
    model = Model(GOOD, LOOP, "Buenos días.")
    assert texts(hearer(model).hear([chunk(1), chunk(2)])) == [GOOD, "Buenos días."]
    assert model.calls == [([7_000, 7_000], False), ([7_000], True)]


def test_nothing_in_the_checkpoint_is_heard_again_by_another_process(tmp_path: Path) -> None:
    with FileCheckpoint(tmp_path / "heard") as first:
        before = hearer(Model(GOOD, "Buenos días."), first).hear([chunk(1), chunk(2)])
    model = Model("Se cierra la sesión.")
    with FileCheckpoint(tmp_path / "heard") as again:
        after = hearer(model, again).hear([chunk(1), chunk(3), chunk(2)])
    assert after[::2] == before
    assert model.calls == [([7_000], False)]


def test_another_language_is_another_hearing(tmp_path: Path) -> None:
    with FileCheckpoint(tmp_path / "heard") as checkpoint:
        hearer(Model(GOOD), checkpoint).hear([chunk()])
        english = hearer(Model("Good morning."), checkpoint, "en").hear([chunk()])
    assert texts(english) == ["Good morning."]


def test_a_line_that_a_crash_cut_off_is_heard_again_and_the_rest_is_not(tmp_path: Path) -> None:
    path = tmp_path / "heard"
    with FileCheckpoint(path) as checkpoint:
        hearer(Model(GOOD, "Buenos días."), checkpoint).hear([chunk(1), chunk(2)])
    path.write_bytes(path.read_bytes()[:-20])
    with FileCheckpoint(path) as torn:
        assert len(torn) == 1
        hearer(Model("Buenos días."), torn).hear([chunk(1), chunk(2)])
    with FileCheckpoint(path) as whole:
        assert len(whole) == 2


def test_a_silent_chunk_in_the_checkpoint_stays_silent(tmp_path: Path) -> None:
    cough = chunk(speech=((2_000, 2_500),))
    with FileCheckpoint(tmp_path / "heard") as checkpoint:
        assert texts(hearer(Model(""), checkpoint).hear([cough])) == [""]
        assert texts(hearer(Model(), checkpoint).hear([cough])) == [""]


def test_a_checkpoint_of_finished_work_is_removed(tmp_path: Path) -> None:
    with FileCheckpoint(tmp_path / "heard") as checkpoint:
        checkpoint.remove()
    assert not (tmp_path / "heard").exists()


def test_a_file_that_is_no_checkpoint_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("Nobody wants this overwritten.\n")
    with pytest.raises(CheckpointUnusable, match="no checkpoint"):
        FileCheckpoint(path)
    assert path.read_text() == "Nobody wants this overwritten.\n"


def test_a_checkpoint_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CheckpointUnusable, match="cannot be used"):
        FileCheckpoint(tmp_path)


def test_work_that_failed_before_anything_was_heard_leaves_no_checkpoint(tmp_path: Path) -> None:
    with FileCheckpoint(tmp_path / "heard"):
        pass
    assert not (tmp_path / "heard").exists()


@pytest.mark.parametrize("damage", [b"\0" * 400, b'{"key": "abc"}', b"[]", b'{"key": 1, "segments": 2}'])
def test_a_damaged_line_is_heard_again_and_the_others_are_not(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "heard"
    with FileCheckpoint(path) as checkpoint:
        hearer(Model(GOOD, "Buenos días."), checkpoint).hear([chunk(1), chunk(2)])
    header, first, _, end = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([header, first, damage, end]))
    with FileCheckpoint(path) as damaged:
        assert len(damaged) == 1
        assert texts(hearer(Model("Buenas tardes."), damaged).hear([chunk(1), chunk(2)])) == [
            GOOD,
            "Buenas tardes.",
        ]


def test_one_process_at_a_time_writes_to_a_checkpoint(tmp_path: Path) -> None:
    with FileCheckpoint(tmp_path / "heard") as first:
        hearer(Model(GOOD), first).hear([chunk()])
        with pytest.raises(CheckpointUnusable, match="Another process"):
            FileCheckpoint(tmp_path / "heard")


def test_what_was_taken_out_is_remembered_with_the_rest(tmp_path: Path) -> None:
    with FileCheckpoint(tmp_path / "heard") as checkpoint:
        (before,) = hearer(Model(LOOP, LOOP, LOOP), checkpoint).hear([chunk()])
        assert before.untrusted == ((1_500, 8_500),)
        assert hearer(Model(), checkpoint).hear([chunk()]) == [before]
