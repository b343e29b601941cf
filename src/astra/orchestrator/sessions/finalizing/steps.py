"""The steps of a finalization. Each can be done again after a crash and gives the same result."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import timedelta

from astra.builder.values import BuildReport
from astra.guard.values import SealedFile, SealRequest
from astra.kernel.blocks import BlockType
from astra.kernel.ids import AssetId, SessionId
from astra.kernel.json_value import JsonObject
from astra.kernel.storage.blob_store import BlobRef, BlobStore, Bucket
from astra.orchestrator.sessions.assembly import acta_request
from astra.orchestrator.sessions.dump import (
    SessionDump,
    block_record,
    dump_of,
    pins_record,
    read,
    written,
)
from astra.orchestrator.sessions.errors import SessionIncomplete
from astra.orchestrator.sessions.finalizing.artifacts import (
    ACTA,
    DUMP,
    PROOF,
    TRANSCRIPT,
    get_artifact,
    put_artifact,
    ref_of,
)
from astra.orchestrator.sessions.finalizing.errors import StillDraining
from astra.orchestrator.sessions.finalizing.values import Finalization, Step
from astra.orchestrator.sessions.keys import asset_key
from astra.orchestrator.sessions.ports import BuilderService, GuardService, SessionStore
from astra.orchestrator.sessions.processor import ChunkProcessor
from astra.orchestrator.sessions.states import SessionEvent, SessionState, after
from astra.orchestrator.sessions.timeline import missing_sequence_ids
from astra.orchestrator.sessions.transcript import webvtt
from astra.orchestrator.sessions.values import ChunkState

StepAction = Callable[[Finalization], Awaitable[JsonObject]]


class FinalizationSteps:
    """What each step does; the finalizer decides when."""

    def __init__(
        self,
        *,
        store: SessionStore,
        processor: ChunkProcessor,
        blobs: BlobStore,
        builder: BuilderService,
        guard: GuardService,
    ) -> None:
        self._store = store
        self._processor = processor
        self._blobs = blobs
        self._builder = builder
        self._guard = guard

    def actions(self) -> dict[Step, StepAction]:
        """Return the action of each step."""
        return {
            Step.DRAIN: self.drain,
            Step.DUMP: self.dump,
            Step.BUILD: self.build,
            Step.SEAL: self.seal,
            Step.CUSTODY: self.custody,
            Step.DELIVER: self.deliver,
        }

    async def drain(self, finalization: Finalization) -> JsonObject:
        """Close the session to new chunks and wait until every one has been heard."""
        session_id = finalization.session_id
        session = await self._store.get(session_id)
        if session.state in {SessionState.OPEN, SessionState.BUILD_FAILED}:
            draining = after(session.state, SessionEvent.FINALIZE)
            await self._store.move(session_id, session.state, draining)
        else:
            await self._store.move(session_id, session.state, session.state)  # renews its life
        chunks = await self._store.chunks(session_id)
        if not chunks:
            raise SessionIncomplete
        for chunk in chunks:
            if chunk.state is ChunkState.PROCESSING:
                await self._processor.process(session, chunk.sequence_id)
        chunks = await self._store.chunks(session_id)
        waiting = [c.sequence_id for c in chunks if c.state is ChunkState.PROCESSING]
        last = await self._store.last_sequence_id(session_id)
        if waiting or missing_sequence_ids(chunks, last):
            raise StillDraining
        building = after(SessionState.DRAINING, SessionEvent.DRAINED)
        await self._store.move(session_id, SessionState.DRAINING, building)
        return {"chunks": len(chunks)}

    async def dump(self, finalization: Finalization) -> JsonObject:
        """Write the session down whole."""
        session_id = finalization.session_id
        chunks = await self._store.chunks(session_id)
        if len(chunks) != finalization.results[Step.DRAIN]["chunks"]:
            raise SessionIncomplete
        dump = dump_of(await self._store.get(session_id), chunks, await self._store.blocks(session_id))
        files = {DUMP: written(dump), TRANSCRIPT: webvtt(dump.blocks).encode()}
        return await asyncio.to_thread(self._put_all, session_id, files)

    async def build(self, finalization: Finalization) -> JsonObject:
        """Make the document."""
        return await asyncio.to_thread(self._build, finalization)

    async def seal(self, finalization: Finalization) -> JsonObject:
        """Bind sound, blocks and document together; without this nothing is delivered."""
        return await asyncio.to_thread(self._seal, finalization)

    async def custody(self, finalization: Finalization) -> JsonObject:
        """Copy what the seal speaks of to the write-once bucket."""
        return await asyncio.to_thread(self._custody, finalization)

    async def deliver(self, finalization: Finalization) -> JsonObject:
        """Mark the live session as sealed; its keys may have expired meanwhile."""
        sealed = after(SessionState.BUILDING, SessionEvent.SEALED)
        await self._store.move(finalization.session_id, SessionState.BUILDING, sealed)
        return {}

    def _put_all(self, session_id: SessionId, files: Mapping[str, bytes]) -> JsonObject:
        return {name: put_artifact(self._blobs, session_id, name, content) for name, content in files.items()}

    def _dump_of(self, finalization: Finalization) -> SessionDump:
        return read(get_artifact(self._blobs, finalization.results[Step.DUMP][DUMP]))

    def _build(self, finalization: Finalization) -> JsonObject:
        dump = self._dump_of(finalization)
        ref = dump.session.pins.skeleton
        skeleton = self._blobs.get(ref.bucket, ref.key, ref.version_id)
        images = {asset_id: self._image(finalization, asset_id) for asset_id in assets_of(dump)}
        request = acta_request(dump, skeleton, images, finalization.requested_at)
        acta = self._builder.build(request)
        stored = put_artifact(self._blobs, finalization.session_id, ACTA, acta.docx)
        return {ACTA: stored, "report": report_record(acta.report)}

    def _image(self, finalization: Finalization, asset_id: AssetId) -> bytes:
        return self._blobs.get(Bucket.RAW, asset_key(finalization.session_id, asset_id))

    def _seal(self, finalization: Finalization) -> JsonObject:
        dump = self._dump_of(finalization)
        acta = get_artifact(self._blobs, finalization.results[Step.BUILD][ACTA])
        seal = self._guard.seal(seal_request(finalization, dump, acta))
        return {
            PROOF: put_artifact(self._blobs, finalization.session_id, PROOF, seal.proof),
            "snapshot_id": seal.snapshot_id,
            "integrity_hash": seal.integrity_hash,
            "log_index": seal.log_index,
        }

    def _custody(self, finalization: Finalization) -> JsonObject:
        dump = self._dump_of(finalization)
        years = dump.session.pins.config.custody_years
        retain_until = finalization.requested_at + timedelta(days=365 * years)
        results = finalization.results
        kept = [
            *recordings_of(dump),
            dump.session.pins.skeleton,
            *self._pictures_of(finalization, dump),
            ref_of(results[Step.DUMP][DUMP]),
            ref_of(results[Step.BUILD][ACTA]),
            ref_of(results[Step.SEAL][PROOF]),
        ]
        for ref in kept:
            key = f"{finalization.tenant_id}/{ref.key}"
            self._blobs.copy(ref, Bucket.CUSTODY, key, retain_until=retain_until)
        return {
            "objects": len(kept),
            "retain_until": retain_until.isoformat(),
            "promise": self._blobs.custody_promise.statement,
        }

    def _pictures_of(self, finalization: Finalization, dump: SessionDump) -> list[BlobRef]:
        keys = (asset_key(finalization.session_id, asset_id) for asset_id in assets_of(dump))
        return [self._blobs.head(Bucket.RAW, key) for key in dict.fromkeys(keys)]


def assets_of(dump: SessionDump) -> list[AssetId]:
    """Return the images the blocks speak of."""
    blocks = (block for block in dump.blocks if block.type is BlockType.IMAGE)
    return [AssetId(str(block.data["asset_id"])) for block in blocks]


def recordings_of(dump: SessionDump) -> list[BlobRef]:
    """Return the recording's objects in order, each once."""
    return list(dict.fromkeys(chunk.audio for chunk in dump.chunks if chunk.audio))


def seal_request(finalization: Finalization, dump: SessionDump, acta: bytes) -> SealRequest:
    """Return what is sealed; the same finalization always gives the same request."""
    document = SealedFile(name=ACTA, sha256=hashlib.sha256(acta).hexdigest(), size_bytes=len(acta))
    audio = tuple(
        SealedFile(name=ref.key, sha256=ref.sha256, size_bytes=ref.size_bytes) for ref in recordings_of(dump)
    )
    return SealRequest(
        snapshot_id=finalization.snapshot_id,
        session_id=finalization.session_id,
        tenant_id=finalization.tenant_id,
        tenant_name=dump.session.pins.council,
        sealed_at=finalization.requested_at,
        sealed_by=finalization.requested_by,
        documents=(document,),
        audio=audio,
        coverage=dump.coverage,
        blocks=tuple(block_record(block) for block in dump.blocks),
        pins=pins_record(dump.session.pins),
        engines=dump.engines,
    )


def report_record(report: BuildReport) -> JsonObject:
    """Return BUILDER's report as JSON."""
    return {
        "blocks_by_type": dict(report.blocks_by_type),
        "restricted_blocks": report.restricted_blocks,
        "warnings": [asdict(warning) for warning in report.warnings],
    }
