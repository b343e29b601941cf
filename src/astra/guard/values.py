"""What GUARD takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from astra.kernel.coverage import Coverage
from astra.kernel.ids import SessionId, SnapshotId, TenantId
from astra.kernel.json_value import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file named by its content."""

    name: str  # "acta.docx", or an audio object's key
    sha256: str  # lower-case hex
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRequest:
    """All that a snapshot binds together. The same request always gives the same manifest."""

    snapshot_id: SnapshotId
    session_id: SessionId
    tenant_id: TenantId
    sealed_at: datetime
    sealed_by: str
    documents: tuple[SealedFile, ...]
    audio: tuple[SealedFile, ...]  # in the order of the recording
    coverage: Coverage
    blocks: tuple[JsonObject, ...]  # every block with its revisions; only their Merkle root is published
    pins: JsonObject  # skeleton and its version, maps, adapter, timezone
    engines: tuple[Mapping[str, str], ...]  # engine, version, model, digest
    parent_snapshot_id: SnapshotId | None = None
    tenant_name: str = ""  # the council, as a reader of the proof should see it


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A sealed snapshot."""

    snapshot_id: SnapshotId
    integrity_hash: str  # SHA-256 (hex) of the canonical manifest
    log_index: int
    proof: bytes  # `proof.json`, canonical: any changed byte is detected


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPosition:
    """Where an entry stands in the transparency log."""

    index: int  # from 0

    @property
    def tree_size(self) -> int:
        """The size of the smallest tree that holds the entry."""
        return self.index + 1
