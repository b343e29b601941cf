"""The life of one finalization."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from astra.kernel.ids import SessionId, SnapshotId, TenantId
from astra.kernel.json_value import JsonObject


class Step(StrEnum):
    """What is done next."""

    DRAIN = "DRAIN"  # wait for every chunk
    DUMP = "DUMP"  # write the whole session to the object store; from here on that is the truth
    BUILD = "BUILD"
    SEAL = "SEAL"
    CUSTODY = "CUSTODY"  # copy sound, dump, document and proof where nobody can change them
    DELIVER = "DELIVER"
    DONE = "DONE"
    FAILED = "FAILED"


NEXT: Final = {
    Step.DRAIN: Step.DUMP,
    Step.DUMP: Step.BUILD,
    Step.BUILD: Step.SEAL,
    Step.SEAL: Step.CUSTODY,
    Step.CUSTODY: Step.DELIVER,
    Step.DELIVER: Step.DONE,
}

ENDED: Final = frozenset({Step.DONE, Step.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalization:
    """One row: where a session's finalization stands, and who works on it."""

    session_id: SessionId
    tenant_id: TenantId
    snapshot_id: SnapshotId
    requested_at: datetime
    requested_by: str
    step: Step = Step.DRAIN
    results: Mapping[str, JsonObject] = field(default_factory=dict)  # by step
    attempts: int = 0  # at this step
    last_error: str = ""  # its code and message
    fence: int = 0  # grows with every claim; only the newest claim may write
    lease_until: datetime

    @property
    def has_ended(self) -> bool:
        return self.step in ENDED
