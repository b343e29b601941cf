from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from astra.core.values import Utterance
from astra.kernel.blocks import Speaker
from astra.kernel.coverage import Coverage
from astra.kernel.storage.blob_store import BlobRef, Bucket
from astra.orchestrator.sessions.values import Chunk, ChunkState, Context, Pins
from astra.orchestrator.tenants.values import TenantConfig

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
ANA = Speaker(speaker_id="c1", name="Ana Zapata", treatment="la concejala")


class CountingIds:
    def __init__(self) -> None:
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"id-{self._count:04}"


@pytest.fixture
def ids() -> CountingIds:
    return CountingIds()


@pytest.fixture
def pins() -> Pins:
    return Pins(
        council="Concejo de Prueba",
        config=TenantConfig(
            skeleton_id="concejo",
            placeholder_map={"TPL_APERTURA": "ZONE_APERTURA", "TPL_INTERVENCION": "ZONE_DEBATE"},
            table_map={"VOTE_CAST": "TBL_VOTACION"},
            people=(ANA,),
        ),
        config_version=1,
        skeleton=BlobRef(
            bucket=Bucket.SKELETONS, key="t/concejo.docx", version_id="v1", size_bytes=1, sha256="0" * 64
        ),
        client_timezone="America/Bogota",
        engine={},
    )


@pytest.fixture
def chunk() -> Callable[..., Chunk]:
    def make(sequence_id: int = 0, duration_ms: int = 0, **changes: Any) -> Chunk:
        values: dict[str, Any] = {
            "sequence_id": sequence_id,
            "digest": f"{sequence_id:064}",
            "received_at": NOW,
            "context": Context(speaker=ANA),
            "state": ChunkState.READY,
            "coverage": Coverage.of_speech([], duration_ms) if duration_ms else None,
        }
        return Chunk(**{**values, **changes})

    return make


@pytest.fixture
def utterance() -> Callable[..., Utterance]:
    def make(text: str, **changes: Any) -> Utterance:
        values: dict[str, Any] = {
            "start_ms": 0,
            "end_ms": 1000,
            "heard": text,
            "text": text,
            "confidence": 0.9,
        }
        return Utterance(**{**values, **changes})

    return make
