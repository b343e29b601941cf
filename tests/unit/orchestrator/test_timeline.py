from collections.abc import Callable

from astra.core.values import Utterance
from astra.kernel.blocks import AudioSpan
from astra.kernel.ids import IdSource
from astra.orchestrator.sessions.routing import BlockRouter
from astra.orchestrator.sessions.timeline import coverage_of, missing_sequence_ids, placed
from astra.orchestrator.sessions.values import Chunk, Pins


def test_blocks_are_placed_after_the_sound_of_earlier_chunks(
    pins: Pins, ids: IdSource, chunk: Callable[..., Chunk], utterance: Callable[..., Utterance]
) -> None:
    chunks = [chunk(0, 5000), chunk(1), chunk(2, 3000)]
    said = utterance("Hola.", start_ms=200, end_ms=900)
    blocks = BlockRouter(pins, ids).blocks_of(chunks[2], [said])
    (block,) = placed(blocks, chunks)
    assert block.audio == AudioSpan(start_ms=5200, end_ms=5900)
    assert block.data["sentences"][0]["start_ms"] == 5200


def test_the_session_is_covered_as_long_as_its_chunks_together(chunk: Callable[..., Chunk]) -> None:
    assert coverage_of([chunk(0, 5000), chunk(1), chunk(2, 3000)]).duration_ms == 8000


def test_missing_numbers_are_those_below_the_highest(chunk: Callable[..., Chunk]) -> None:
    assert missing_sequence_ids([chunk(1), chunk(4)], 4) == [0, 2, 3]
    assert missing_sequence_ids([chunk(0)], 2) == [1, 2]
    assert missing_sequence_ids([], -1) == []
