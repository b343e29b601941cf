"""What a session is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from astra.kernel.blocks import Speaker, Visibility
from astra.kernel.coverage import Coverage
from astra.kernel.ids import SessionId, TenantId
from astra.kernel.storage.blob_store import BlobRef
from astra.orchestrator.sessions.states import SessionState
from astra.orchestrator.tenants.values import TenantConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """All that shapes the acta, frozen when the session starts."""

    council: str
    config: TenantConfig
    config_version: int
    skeleton: BlobRef  # with its exact version
    client_timezone: str  # IANA name
    engine: Mapping[str, str]  # engine, engine_version, model, model_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is true of the room now; every append takes it along."""

    speaker: Speaker | None = None
    topic: str = ""
    visibility: Visibility = Visibility.PUBLIC


class ContextChange(TypedDict, total=False):
    """What changes in the room; what is left out stays as it is."""

    current_speaker_id: str | None
    topic: str
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A live session."""

    session_id: SessionId
    tenant_id: TenantId
    state: SessionState
    created_at: datetime
    created_by: str
    metadata: Mapping[str, str]  # fills the skeleton's text placeholders of the same name
    pins: Pins
    context: Context = field(default_factory=Context)


class ChunkState(StrEnum):
    """Whether an append has been understood."""

    PROCESSING = "PROCESSING"
    READY = "READY"
    AUDIO_PENDING = "AUDIO_PENDING"  # kept, but CORE could not take it


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One append, as the client sent it, and what became of it."""

    sequence_id: int
    digest: str  # SHA-256 (hex) of what was sent; the same number must bring the same content
    received_at: datetime
    context: Context
    state: ChunkState = ChunkState.PROCESSING
    audio: BlobRef | None = None
    typed: str = ""  # the text, when text was sent
    coverage: Coverage | None = None  # of this chunk alone, once processed
    engine: Mapping[str, str] = field(default_factory=dict)

    @property
    def duration_ms(self) -> int:
        return self.coverage.duration_ms if self.coverage else 0
