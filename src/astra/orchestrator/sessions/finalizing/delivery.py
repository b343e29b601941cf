"""What the council receives: links to the sealed files, the integrity hash and the audit report."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from astra.kernel.blocks import BlockType
from astra.kernel.coverage import SpanKind
from astra.kernel.json_value import JsonObject, JsonValue
from astra.kernel.storage.blob_store import BlobRef, BlobStore
from astra.orchestrator.sessions.deliberation import deliberation_of
from astra.orchestrator.sessions.dump import SessionDump, read
from astra.orchestrator.sessions.finalizing.artifacts import (
    ACTA,
    DUMP,
    PROOF,
    TRANSCRIPT,
    get_artifact,
    ref_of,
)
from astra.orchestrator.sessions.finalizing.values import Finalization, Step

LINK_LIFETIME: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A sealed acta, ready to be fetched."""

    download_url: str
    proof_url: str
    transcript_url: str
    integrity_hash: str
    audit_report: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The same files themselves, and what BUILDER had to leave empty or give way in."""

    acta: bytes
    proof: bytes
    transcript: bytes
    build_report: JsonValue


class Deliveries:
    """Makes the delivery of a finalization that is done; links are made anew each time."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def of(self, finalization: Finalization) -> Delivery:
        """Return the delivery of a DONE finalization."""
        return await asyncio.to_thread(self._of, finalization)

    async def files(self, finalization: Finalization) -> Files:
        """Return the files of a DONE finalization."""
        return await asyncio.to_thread(self._files, finalization)

    def _files(self, finalization: Finalization) -> Files:
        results = finalization.results
        return Files(
            acta=get_artifact(self._blobs, results[Step.BUILD][ACTA]),
            proof=get_artifact(self._blobs, results[Step.SEAL][PROOF]),
            transcript=get_artifact(self._blobs, results[Step.DUMP][TRANSCRIPT]),
            build_report=results[Step.BUILD]["report"],
        )

    def _of(self, finalization: Finalization) -> Delivery:
        results = finalization.results
        dump = read(get_artifact(self._blobs, results[Step.DUMP][DUMP]))
        return Delivery(
            download_url=self._link(results[Step.BUILD][ACTA]),
            proof_url=self._link(results[Step.SEAL][PROOF]),
            transcript_url=self._link(results[Step.DUMP][TRANSCRIPT]),
            integrity_hash=str(results[Step.SEAL]["integrity_hash"]),
            audit_report=audit_report(finalization, dump),
        )

    def _link(self, record: JsonValue) -> str:
        ref: BlobRef = ref_of(record)
        return self._blobs.generate_presigned_url(ref.bucket, ref.key, LINK_LIFETIME)


def audit_report(finalization: Finalization, dump: SessionDump) -> JsonObject:
    """Return what was recorded, heard, built and sealed."""
    results = finalization.results
    return {
        "session_id": finalization.session_id,
        "snapshot_id": finalization.snapshot_id,
        "requested_at": finalization.requested_at.isoformat(),
        "requested_by": finalization.requested_by,
        "recording": {
            "chunks": len(dump.chunks),
            "duration_ms": dump.coverage.duration_ms,
            "coverage_ms": coverage_record(dump),
            "unreadable": count_of(dump, BlockType.ERROR_PENDING_REVIEW),
            "pending": count_of(dump, BlockType.AUDIO_PENDING),
        },
        "engines": [dict(engine) for engine in dump.engines],
        "deliberation": deliberation_record(dump),
        "build": results[Step.BUILD]["report"],
        "seal": {
            "integrity_hash": results[Step.SEAL]["integrity_hash"],
            "log_index": results[Step.SEAL]["log_index"],
        },
        "custody": results[Step.CUSTODY],
    }


def count_of(dump: SessionDump, kind: BlockType) -> int:
    """Return how many blocks of a type there are."""
    return sum(block.type is kind for block in dump.blocks)


def deliberation_record(dump: SessionDump) -> JsonObject:
    """Return how many were there, and every count that does not add up."""
    deliberation = deliberation_of(dump.blocks)
    return {
        "present": len(deliberation.present),
        "absent": len(deliberation.absent),
        "mismatches": deliberation.mismatches,
    }


def coverage_record(dump: SessionDump) -> Mapping[str, int]:
    """Return how many milliseconds are text, silence and gap."""
    return {kind.value: dump.coverage.total_ms(kind) for kind in SpanKind}
