"""Sessions: start with pinning, append, context, state. Finalizing lives in `finalizing/`."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from astra.core.values import ChunkResult
from astra.kernel.blocks import Block, BlockState, Speaker
from astra.kernel.clock import Clock
from astra.kernel.ids import BlockId, IdSource, SessionId, TenantId
from astra.kernel.storage.blob_store import BlobRef, BlobStore, Bucket
from astra.orchestrator.sessions.background import BackgroundTasks
from astra.orchestrator.sessions.errors import (
    AppendEmpty,
    SessionNotFound,
    SpeakerUnknown,
    TimezoneUnknown,
)
from astra.orchestrator.sessions.keys import audio_key, source_key
from astra.orchestrator.sessions.ports import Appended, CoreService, SessionStore
from astra.orchestrator.sessions.processor import ChunkProcessor, engine_of, standing_for
from astra.orchestrator.sessions.states import SessionState
from astra.orchestrator.sessions.timeline import placed
from astra.orchestrator.sessions.values import Chunk, Context, ContextChange, Pins, Session
from astra.orchestrator.tenants.service import Tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendOutcome:
    """What became of an append."""

    appended: Appended
    blocks: tuple[Block, ...]  # of this append; PROCESSING while CORE is at it

    @property
    def is_processing(self) -> bool:
        return any(block.state is BlockState.PROCESSING for block in self.blocks)


class Sessions:
    """Live sessions of all tenants; every method takes the tenant that asks."""

    def __init__(
        self,
        *,
        store: SessionStore,
        tenants: Tenants,
        blobs: BlobStore,
        core: CoreService,
        processor: ChunkProcessor,
        background: BackgroundTasks,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._store = store
        self._tenants = tenants
        self._blobs = blobs
        self._core = core
        self._processor = processor
        self._background = background
        self._clock = clock
        self._ids = ids

    async def start(
        self,
        tenant_id: TenantId,
        *,
        client_timezone: str,
        created_by: str,
        skeleton_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Session:
        """Open a session with everything that shapes its acta pinned.

        Raises:
            TimezoneUnknown, TenantNotFound, SkeletonNotFound
        """
        checked_timezone(client_timezone)
        tenant = await self._tenants.get(tenant_id)
        skeleton = await self._tenants.skeleton(tenant_id, skeleton_id or tenant.config.skeleton_id)
        session = Session(
            session_id=SessionId(self._ids.new()),
            tenant_id=tenant_id,
            state=SessionState.OPEN,
            created_at=self._clock.now(),
            created_by=created_by,
            metadata=metadata or {},
            pins=Pins(
                council=tenant.name,
                config=tenant.config,
                config_version=tenant.version,
                skeleton=skeleton,
                client_timezone=client_timezone,
                engine=engine_of(await asyncio.to_thread(lambda: self._core.identity)),
            ),
        )
        await self._store.create(session)
        return session

    async def get(self, tenant_id: TenantId, session_id: SessionId) -> Session:
        """Return the tenant's session; `SessionNotFound`, for another tenant's too."""
        session = await self._store.get(session_id)
        if session.tenant_id != tenant_id:
            raise SessionNotFound
        return session

    async def blocks(self, tenant_id: TenantId, session_id: SessionId) -> list[Block]:
        """Return the blocks in order, their times from the start of the session."""
        await self.get(tenant_id, session_id)
        return placed(await self._store.blocks(session_id), await self._store.chunks(session_id))

    async def chunks(self, tenant_id: TenantId, session_id: SessionId) -> list[Chunk]:
        """Return the appends in order of their numbers."""
        await self.get(tenant_id, session_id)
        return await self._store.chunks(session_id)

    async def append_audio(
        self, tenant_id: TenantId, session_id: SessionId, sequence_id: int, audio: bytes, wait_s: float
    ) -> AppendOutcome:
        """Store sound, then acknowledge it; wait up to `wait_s` for CORE's answer.

        The same number with the same content changes nothing; see `SessionStore.append` for errors.
        """
        if not audio:
            raise AppendEmpty
        session = await self.get(tenant_id, session_id)
        digest = hashlib.sha256(audio).hexdigest()
        key = audio_key(session_id, sequence_id, digest, audio)
        stored = await asyncio.to_thread(self._blobs.put, Bucket.RAW, key, audio)
        chunk = replace(self._chunk(session, sequence_id, digest), audio=stored)
        return await self._append(session, chunk, wait_s)

    async def append_text(
        self, tenant_id: TenantId, session_id: SessionId, sequence_id: int, text: str, wait_s: float
    ) -> AppendOutcome:
        """Add typed text; it is understood like heard text."""
        if not text.strip():
            raise AppendEmpty
        session = await self.get(tenant_id, session_id)
        digest = hashlib.sha256(b"text\0" + text.encode()).hexdigest()
        chunk = replace(self._chunk(session, sequence_id, digest), typed=text)
        return await self._append(session, chunk, wait_s)

    async def append_heard(
        self,
        tenant_id: TenantId,
        session_id: SessionId,
        sequence_id: int,
        result: ChunkResult,
        source: BlobRef,
    ) -> AppendOutcome:
        """Add a stretch of a long recording (`source`, stored whole) that CORE has heard already."""
        session = await self.get(tenant_id, session_id)
        digest = hashlib.sha256(f"{source.sha256}\0{sequence_id}".encode()).hexdigest()
        chunk = replace(self._chunk(session, sequence_id, digest), audio=source)
        placeholder = standing_for(session, chunk, BlockId(self._ids.new()))
        appended = await self._store.append(session_id, chunk, placeholder)
        done, blocks = self._processor.heard(session, chunk, result)
        await self._store.complete(session_id, done, blocks)
        return AppendOutcome(appended=appended, blocks=tuple(blocks))

    async def store_source(self, tenant_id: TenantId, session_id: SessionId, path: Path) -> BlobRef:
        """Keep a whole recording durably before anything is made of it."""
        await self.get(tenant_id, session_id)
        key = source_key(session_id, path.suffix)
        return await asyncio.to_thread(self._blobs.upload_file, path, Bucket.RAW, key)

    async def change_context(
        self, tenant_id: TenantId, session_id: SessionId, change: ContextChange
    ) -> Context:
        """Say who is speaking, about what and for whom, from the next append on; `SpeakerUnknown`."""
        session = await self.get(tenant_id, session_id)
        present = session.context
        context = Context(
            speaker=speaker_of(session, change["current_speaker_id"])
            if "current_speaker_id" in change
            else present.speaker,
            topic=change.get("topic", present.topic),
            visibility=change.get("visibility", present.visibility),
        )
        await self._store.set_context(session_id, context)
        return context

    async def _append(self, session: Session, chunk: Chunk, wait_s: float) -> AppendOutcome:
        placeholder = standing_for(session, chunk, BlockId(self._ids.new()))
        appended = await self._store.append(session.session_id, chunk, placeholder)
        await self._background.run(
            self._processor.process(session, chunk.sequence_id, is_patient=True), wait_s
        )
        blocks = await self._store.blocks(session.session_id, chunk.sequence_id)
        return AppendOutcome(appended=appended, blocks=tuple(blocks))

    def _chunk(self, session: Session, sequence_id: int, digest: str) -> Chunk:
        return Chunk(
            sequence_id=sequence_id,
            digest=digest,
            received_at=self._clock.now(),
            context=session.context,
        )


def checked_timezone(name: str) -> ZoneInfo:
    """Return the zone of that IANA name; `TimezoneUnknown`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TimezoneUnknown(
            f"{name!r} is no timezone; client_timezone must be an IANA name such as America/Bogota"
        ) from error


def speaker_of(session: Session, speaker_id: str | None) -> Speaker | None:
    """Return the person of the roster; `SpeakerUnknown`."""
    if speaker_id is None:
        return None
    for person in session.pins.config.people:
        if person.speaker_id == speaker_id:
            return person
    raise SpeakerUnknown(f"there is nobody with id {speaker_id!r} in the council's roster; add them")
