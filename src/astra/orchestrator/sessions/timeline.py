"""The session's own time: chunks lie one after another in the order of their numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from astra.kernel.blocks import AudioSpan, Block
from astra.kernel.coverage import Coverage
from astra.kernel.json_value import JsonValue
from astra.orchestrator.sessions.values import Chunk


def offsets_ms(chunks: Iterable[Chunk]) -> Mapping[int, int]:
    """Return when each chunk (by sequence_id) starts."""
    offsets: dict[int, int] = {}
    position_ms = 0
    for chunk in chunks:
        offsets[chunk.sequence_id] = position_ms
        position_ms += chunk.duration_ms
    return offsets


def placed(blocks: Iterable[Block], chunks: Iterable[Chunk]) -> list[Block]:
    """Return the blocks with times from the start of the session instead of their chunk."""
    offsets = offsets_ms(chunks)
    return [shifted(block, offsets.get(block.sequence_id, 0)) for block in blocks]


def shifted(block: Block, offset_ms: int) -> Block:
    """Return the block, and each of its sentences, `offset_ms` later."""
    if block.audio is None:
        return block
    audio = AudioSpan(start_ms=block.audio.start_ms + offset_ms, end_ms=block.audio.end_ms + offset_ms)
    sentences = block.data.get("sentences")
    if not isinstance(sentences, list | tuple):
        return replace(block, audio=audio)
    data = {**block.data, "sentences": [sentence_at(sentence, offset_ms) for sentence in sentences]}
    return replace(block, audio=audio, data=data)


def sentence_at(sentence: JsonValue, offset_ms: int) -> JsonValue:
    """Return a sentence with its times `offset_ms` later."""
    if not isinstance(sentence, Mapping):
        return sentence
    times = {
        key: value + offset_ms
        for key, value in sentence.items()
        if key in {"start_ms", "end_ms"} and isinstance(value, int)
    }
    return {**sentence, **times}


def coverage_of(chunks: Iterable[Chunk]) -> Coverage:
    """Return the ledger of the whole session."""
    return Coverage.joined(chunk.coverage for chunk in chunks if chunk.coverage)


def missing_sequence_ids(chunks: Iterable[Chunk], last: int) -> list[int]:
    """Return the numbers up to `last` that no chunk has; numbering starts at 0."""
    known = {chunk.sequence_id for chunk in chunks}
    return [number for number in range(last + 1) if number not in known]
