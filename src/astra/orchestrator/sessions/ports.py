"""What sessions need from outside."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Protocol

from astra.builder.values import Acta, ActaRequest
from astra.core.values import ChunkContext, ChunkResult, EngineIdentity, Utterance
from astra.guard.values import Seal, SealRequest
from astra.kernel.blocks import Block
from astra.kernel.ids import AssetId, SessionId
from astra.orchestrator.sessions.states import SessionState
from astra.orchestrator.sessions.values import Chunk, Context, Session


class CoreService(Protocol):
    """CORE: what was said, understood. Calls block; run them in a thread."""

    @property
    def identity(self) -> EngineIdentity:
        """The engine and its model; reading it may take the time of hashing the model's files."""
        ...

    def measure_ms(self, audio: bytes) -> int:
        """Return how long the sound is, without hearing it; 0 if it cannot be read."""
        ...

    def process(self, audio: bytes, context: ChunkContext) -> ChunkResult: ...

    def understand(self, text: str, context: ChunkContext) -> tuple[Utterance, ...]: ...


class BuilderService(Protocol):
    """BUILDER: the council's document. Calls block; run them in a thread."""

    def build(self, request: ActaRequest) -> Acta: ...


class GuardService(Protocol):
    """GUARD: the seal. Calls block; run them in a thread."""

    def seal(self, request: SealRequest) -> Seal: ...


NONE_YET: Final = -1  # the last sequence_id of a session without appends


class Appended(StrEnum):
    """What an append did."""

    CREATED = "CREATED"
    DUPLICATE = "DUPLICATE"  # the same content under the same number: nothing changed


class SessionStore(Protocol):
    """Keeps live sessions; any change renews the life of the whole one.

    Each method is atomic, and safe to repeat after a lost answer.
    """

    async def create(self, session: Session) -> None: ...

    async def get(self, session_id: SessionId) -> Session:
        """Return the session; `SessionNotFound`."""
        ...

    async def append(self, session_id: SessionId, chunk: Chunk, placeholder: Block) -> Appended:
        """Add a chunk with the block that stands for it until CORE answers.

        In DRAINING only numbers below the highest one (those missing) are taken.

        Raises:
            SessionNotFound, SessionClosed, SequenceConflict, SequenceTooFar
        """
        ...

    async def complete(self, session_id: SessionId, chunk: Chunk, blocks: Sequence[Block]) -> bool:
        """Replace the chunk's blocks by its outcome, unless that was done already; tell whether it did."""
        ...

    async def attach(self, session_id: SessionId, block: Block, asset_id: AssetId) -> None:
        """Add an image's block after everything of its sequence_id; `SessionClosed`."""
        ...

    async def blocks(self, session_id: SessionId, sequence_id: int | None = None) -> list[Block]:
        """Return the blocks in order (of one append, if given), their times from the start of their chunk."""
        ...

    async def chunk(self, session_id: SessionId, sequence_id: int) -> Chunk | None: ...

    async def chunks(self, session_id: SessionId) -> list[Chunk]:
        """Return the chunks by sequence_id."""
        ...

    async def last_sequence_id(self, session_id: SessionId) -> int:
        """Return the highest number appended so far, `NONE_YET` without any."""
        ...

    async def set_context(self, session_id: SessionId, context: Context) -> None:
        """Put a context in force for later appends; `SessionClosed`."""
        ...

    async def move(self, session_id: SessionId, expected: SessionState, new: SessionState) -> bool:
        """Change the state if it is `expected`; tell whether it is `new` now."""
        ...

    async def claim(self, session_id: SessionId, sequence_id: int, owner: str, ttl_ms: int) -> bool:
        """Become the only one who processes a chunk, until `ttl_ms` have passed."""
        ...

    async def prolong(self, session_id: SessionId, sequence_id: int, owner: str, ttl_ms: int) -> bool:
        """Keep a claim for `ttl_ms` more, if it is still `owner`'s; tell whether it is."""
        ...

    async def release(self, session_id: SessionId, sequence_id: int, owner: str) -> None:
        """Give a claim back, if it is still `owner`'s."""
        ...

    async def check(self) -> None:
        """Raise `Unavailable` unless the store answers."""
        ...
