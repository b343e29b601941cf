"""The block: the unit of a session's text, from CORE's answer to BUILDER's paragraph."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from astra.kernel.ids import BlockId
from astra.kernel.json_value import JsonObject


class BlockType(StrEnum):
    """What a block is, and so how BUILDER renders it."""

    TEXT = "TEXT"
    TEMPLATE = "TEMPLATE"
    DYNAMIC_ZONE = "DYNAMIC_ZONE"
    TABLE_ROW = "TABLE_ROW"
    IMAGE = "IMAGE"
    SYSTEM_NOTE = "SYSTEM_NOTE"
    AUDIO_PENDING = "AUDIO_PENDING"
    ERROR_PENDING_REVIEW = "ERROR_PENDING_REVIEW"


class BlockState(StrEnum):
    """Whether CORE still owes the block its content."""

    PROCESSING = "PROCESSING"
    READY = "READY"


class Visibility(StrEnum):
    """Who may read the block: everyone, or only those of the reserved edition."""

    PUBLIC = "PUBLIC"
    RESTRICTED = "RESTRICTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A person of the council's roster, as the acta names them."""

    speaker_id: str
    name: str
    treatment: str = ""  # article and office in lower case: "el concejal", "la presidenta"
    party: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSpan:
    """Where a block was heard: milliseconds from the start of the session's recording."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A person's correction, laid over what the machine produced."""

    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of the session. `heard` is what the machine produced and is never overwritten."""

    block_id: BlockId
    sequence_id: int  # the client's number of the append it came from, from 0
    position: int  # order within that append, from 0
    type: BlockType
    state: BlockState = BlockState.READY
    visibility: Visibility = Visibility.PUBLIC
    heard: str = ""  # the engine's words, exactly
    text: str = ""  # the words after the entity dictionary
    intent: str | None = None  # see `astra.core.understanding.intents`
    label: str = ""  # the intent in Spanish
    decided_by: str = ""  # rule, template or model: who decided the intent; empty for plain speech
    template_id: str | None = None
    target_placeholder: str | None = None
    data: JsonObject = field(default_factory=dict)  # structured data, by the intent's schema
    audio: AudioSpan | None = None
    confidence: float | None = None  # 0..1
    speaker: Speaker | None = None
    topic: str = ""
    revisions: tuple[Revision, ...] = ()

    @property
    def current_text(self) -> str:
        """The words as last corrected."""
        return self.revisions[-1].text if self.revisions else self.text


Templates = Mapping[str, str]  # template_id -> formula with {FIELD} marks
