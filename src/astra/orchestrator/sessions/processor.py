"""Hearing a chunk: once, by one process at a time, and never losing the sound."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial

import structlog

from astra.core.values import ChunkContext, ChunkResult, EngineIdentity
from astra.kernel.blocks import Block, BlockState, BlockType
from astra.kernel.coverage import Coverage
from astra.kernel.errors import AstraError, InvalidInput
from astra.kernel.ids import BlockId, IdSource, SessionId
from astra.kernel.storage.blob_store import BlobRef, BlobStore, Bucket
from astra.orchestrator.sessions.background import repeated
from astra.orchestrator.sessions.ports import CoreService, SessionStore
from astra.orchestrator.sessions.routing import SPEECH_TEMPLATE, BlockRouter
from astra.orchestrator.sessions.values import Chunk, ChunkState, Session

FALLBACK_URL_LIFETIME = timedelta(days=7)
CLAIM_POLL_S = 0.1
UNREADABLE = "audio that cannot be read"
NOT_HEARD = "audio that waits for transcription"

log = structlog.get_logger()


class ChunkProcessor:
    """Takes a stored chunk through CORE and puts what came of it in its place."""

    def __init__(
        self,
        *,
        store: SessionStore,
        blobs: BlobStore,
        core: CoreService,
        ids: IdSource,
        concurrency: int,
        claim_ms: int,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._core = core
        self._ids = ids
        self._slots = asyncio.Semaphore(concurrency)
        self._claim_ms = claim_ms

    async def process(self, session: Session, sequence_id: int, *, is_patient: bool = False) -> None:
        """Hear the chunk as it was first appended, unless it has been heard.

        If somebody else is at it: return, or with `is_patient` wait for them, and take over if they die.
        """
        owner = self._ids.new()
        session_id = session.session_id
        while not await self._store.claim(session_id, sequence_id, owner, self._claim_ms):
            if not is_patient or not await self._waiting(session_id, sequence_id):
                return
            await asyncio.sleep(CLAIM_POLL_S)
        try:
            chunk = await self._waiting(session_id, sequence_id)
            if chunk:
                prolong = partial(self._store.prolong, session_id, sequence_id, owner, self._claim_ms)
                async with repeated(prolong, self._claim_ms / 3000), self._slots:
                    done, blocks = await self._outcome(session, chunk)
                await self._store.complete(session_id, done, blocks)
        finally:
            await self._store.release(session_id, sequence_id, owner)

    async def _waiting(self, session_id: SessionId, sequence_id: int) -> Chunk | None:
        """Return the chunk if it is still to be heard."""
        chunk = await self._store.chunk(session_id, sequence_id)
        return chunk if chunk and chunk.state is ChunkState.PROCESSING else None

    def heard(self, session: Session, chunk: Chunk, result: ChunkResult) -> tuple[Chunk, list[Block]]:
        """Return the chunk and its blocks after CORE has heard it."""
        done = replace(
            chunk,
            state=ChunkState.READY,
            coverage=result.coverage,
            engine=engine_of(result.identity),
        )
        return done, BlockRouter(session.pins, self._ids).blocks_of(chunk, result.utterances)

    async def _outcome(self, session: Session, chunk: Chunk) -> tuple[Chunk, list[Block]]:
        """Return the chunk as it stands after CORE, and its blocks."""
        if chunk.audio is None:
            return await self._typed(session, chunk)
        try:
            result = await asyncio.to_thread(self._hear, chunk.audio, context_of(session))
            return self.heard(session, chunk, result)
        except AstraError as error:
            log.warning(
                "chunk_not_heard",
                session_id=session.session_id,
                sequence_id=chunk.sequence_id,
                code=error.code,
            )
            if isinstance(error, InvalidInput):
                return self._unreadable(session, chunk, error)
            return await self._pending(session, chunk, chunk.audio)

    async def _typed(self, session: Session, chunk: Chunk) -> tuple[Chunk, list[Block]]:
        utterances = await asyncio.to_thread(self._core.understand, chunk.typed, context_of(session))
        blocks = BlockRouter(session.pins, self._ids).blocks_of(chunk, utterances)
        return replace(chunk, state=ChunkState.READY), [replace(block, audio=None) for block in blocks]

    def _hear(self, audio: BlobRef, context: ChunkContext) -> ChunkResult:
        sound = self._blobs.get(audio.bucket, audio.key, audio.version_id)
        return self._core.process(sound, context)

    async def _pending(self, session: Session, chunk: Chunk, audio: BlobRef) -> tuple[Chunk, list[Block]]:
        """Keep the sound where it can be fetched from, for a person or a later attempt."""
        copy = await asyncio.to_thread(self._blobs.copy, audio, Bucket.FAILOVER, audio.key)
        url = await asyncio.to_thread(
            self._blobs.generate_presigned_url, copy.bucket, copy.key, FALLBACK_URL_LIFETIME
        )
        duration_ms = await asyncio.to_thread(self._measured_ms, audio)
        done = replace(chunk, state=ChunkState.AUDIO_PENDING, coverage=gap(duration_ms, NOT_HEARD))
        data = {"fallback_url": url}
        return done, [replace(self._standing(session, chunk), type=BlockType.AUDIO_PENDING, data=data)]

    def _measured_ms(self, audio: BlobRef) -> int:
        return self._core.measure_ms(self._blobs.get(audio.bucket, audio.key, audio.version_id))

    def _unreadable(self, session: Session, chunk: Chunk, error: AstraError) -> tuple[Chunk, list[Block]]:
        done = replace(chunk, state=ChunkState.READY, coverage=Coverage(()))
        data = {"code": error.code, "reason": UNREADABLE}
        return done, [replace(self._standing(session, chunk), type=BlockType.ERROR_PENDING_REVIEW, data=data)]

    def _standing(self, session: Session, chunk: Chunk) -> Block:
        block = standing_for(session, chunk, BlockId(self._ids.new()))
        return replace(block, state=BlockState.READY)


def standing_for(session: Session, chunk: Chunk, block_id: BlockId) -> Block:
    """Return the block that stands for a chunk until CORE answers."""
    return Block(
        block_id=block_id,
        sequence_id=chunk.sequence_id,
        position=0,
        type=BlockType.TEXT,
        state=BlockState.PROCESSING,
        visibility=chunk.context.visibility,
        target_placeholder=session.pins.config.placeholder_map.get(SPEECH_TEMPLATE),
        speaker=chunk.context.speaker,
        topic=chunk.context.topic,
    )


def context_of(session: Session) -> ChunkContext:
    """Return what CORE may know of the session besides the sound."""
    config = session.pins.config
    return ChunkContext(entities_dictionary=config.entities_dictionary, adapter_id=config.adapter_id)


def gap(duration_ms: int, reason: str) -> Coverage:
    """Return a ledger that declares all of `duration_ms` a gap."""
    return Coverage.gap(duration_ms, reason) if duration_ms else Coverage(())


def engine_of(identity: EngineIdentity) -> Mapping[str, str]:
    """Return the engine's identity as it travels into the proof."""
    return asdict(identity)
