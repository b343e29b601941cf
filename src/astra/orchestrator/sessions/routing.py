"""From what CORE understood to blocks: where each goes, by the maps the session has pinned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from astra.core.values import Utterance
from astra.kernel.blocks import AudioSpan, Block, BlockType, Speaker
from astra.kernel.ids import BlockId, IdSource
from astra.kernel.json_value import JsonObject, JsonValue
from astra.orchestrator.sessions.values import Chunk, Pins

SPEECH_TEMPLATE = "TPL_INTERVENCION"  # the template whose placeholder takes plain speech


class BlockRouter:
    """Makes the blocks of a chunk."""

    def __init__(self, pins: Pins, ids: IdSource) -> None:
        self._config = pins.config
        self._ids = ids

    def blocks_of(self, chunk: Chunk, utterances: Iterable[Utterance]) -> list[Block]:
        """Return the chunk's blocks in order; neighbouring plain sentences form one paragraph."""
        blocks: list[Block] = []
        for utterance in utterances:
            block = self._block_of(chunk, utterance, len(blocks))
            if block.type is BlockType.TEXT and blocks and blocks[-1].type is BlockType.TEXT:
                blocks[-1] = joined(blocks[-1], block)
            else:
                blocks.append(block)
        return blocks

    def _block_of(self, chunk: Chunk, utterance: Utterance, position: int) -> Block:
        kind, target = self._route(utterance)
        is_routed = kind is not BlockType.TEXT
        return Block(
            block_id=BlockId(self._ids.new()),
            sequence_id=chunk.sequence_id,
            position=position,
            type=kind,
            visibility=chunk.context.visibility,
            heard=utterance.heard,
            text=utterance.text,
            intent=utterance.intent,
            label=utterance.label,
            decided_by=utterance.decided_by or "",
            template_id=utterance.template_id if is_routed else None,
            target_placeholder=target,
            data=data_of(kind, utterance, chunk.context.speaker),
            audio=AudioSpan(start_ms=utterance.start_ms, end_ms=utterance.end_ms),
            confidence=utterance.confidence,
            speaker=chunk.context.speaker,
            topic=chunk.context.topic,
        )

    def _route(self, utterance: Utterance) -> tuple[BlockType, str | None]:
        """Return the block's type and placeholder; what the council has not mapped is plain text."""
        table = self._config.table_map.get(utterance.intent or "")
        if table:
            return BlockType.TABLE_ROW, table
        zone = self._config.placeholder_map.get(utterance.template_id or "")
        if zone:
            return BlockType.TEMPLATE, zone
        return BlockType.TEXT, self._config.placeholder_map.get(SPEECH_TEMPLATE)


def data_of(kind: BlockType, utterance: Utterance, speaker: Speaker | None) -> JsonObject:
    """Return what the block's type carries besides its text.

    Who answers "Presente" or "Mi voto es sí" without a name is the one who has the floor.
    """
    if kind is BlockType.TABLE_ROW:
        names = {"NOMBRE": speaker.name} if speaker else {}
        return {"columns": {**names, **utterance.structured_data}}
    if kind is BlockType.TEMPLATE:
        return dict(utterance.structured_data)
    return {"sentences": [sentence_of(utterance)]}


def sentence_of(utterance: Utterance) -> Mapping[str, str | int]:
    """Return one sentence of a paragraph with its time in the chunk."""
    return {
        "start_ms": utterance.start_ms,
        "end_ms": utterance.end_ms,
        "text": utterance.text,
    }


def joined(first: Block, second: Block) -> Block:
    """Return one paragraph of two neighbouring plain blocks of the same chunk."""
    sentences = [*sentences_of(first), *sentences_of(second)]
    confidences = [value for value in (first.confidence, second.confidence) if value is not None]
    return replace(
        first,
        heard=f"{first.heard} {second.heard}",
        text=f"{first.text} {second.text}",
        intent=first.intent or second.intent,
        label=first.label or second.label,
        decided_by=first.decided_by or second.decided_by,
        data={"sentences": sentences},
        audio=span_over(first.audio, second.audio),
        confidence=min(confidences, default=None),
    )


def sentences_of(block: Block) -> Sequence[JsonValue]:
    """Return the sentences of a plain block."""
    sentences = block.data.get("sentences", ())
    return sentences if isinstance(sentences, list | tuple) else ()


def span_over(first: AudioSpan | None, second: AudioSpan | None) -> AudioSpan | None:
    """Return the stretch from the start of the first to the end of the second."""
    if first is None or second is None:
        return first or second
    return AudioSpan(start_ms=first.start_ms, end_ms=second.end_ms)
