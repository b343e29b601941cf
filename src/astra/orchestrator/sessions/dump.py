"""The whole session as one document: what BUILDER and GUARD work from once the session is drained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from astra.kernel.blocks import Block
from astra.kernel.coverage import Coverage
from astra.kernel.json_value import JsonObject
from astra.orchestrator.sessions.timeline import coverage_of, placed
from astra.orchestrator.sessions.values import Chunk, Pins, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDump:
    """A drained session; block times are from its start."""

    session: Session
    chunks: tuple[Chunk, ...]
    blocks: tuple[Block, ...]

    @property
    def coverage(self) -> Coverage:
        return coverage_of(self.chunks)

    @property
    def engines(self) -> tuple[Mapping[str, str], ...]:
        """Each engine that heard something, once, in a fixed order."""
        engines = {tuple(sorted(chunk.engine.items())) for chunk in self.chunks if chunk.engine}
        return tuple(dict(engine) for engine in sorted(engines))


DUMP: Final = TypeAdapter(SessionDump)
BLOCK: Final = TypeAdapter(Block)
PINS: Final = TypeAdapter(Pins)


def dump_of(session: Session, chunks: list[Chunk], blocks: list[Block]) -> SessionDump:
    """Return the session with its blocks laid out in its own time."""
    return SessionDump(session=session, chunks=tuple(chunks), blocks=tuple(placed(blocks, chunks)))


def written(dump: SessionDump) -> bytes:
    """Return the dump as JSON (UTF-8)."""
    return DUMP.dump_json(dump)


def read(document: bytes) -> SessionDump:
    """Return the dump that was written."""
    return DUMP.validate_json(document)


def block_record(block: Block) -> JsonObject:
    """Return one block with its revisions, as it is hashed into the seal."""
    record: JsonObject = BLOCK.dump_python(block, mode="json")
    return record


def pins_record(pins: Pins) -> JsonObject:
    """Return what shaped the acta, as it is sealed."""
    record: JsonObject = PINS.dump_python(pins, mode="json")
    return record
