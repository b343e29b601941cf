"""A small session, sealed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from astra.guard.memory_keys import MemoryKeys
from astra.guard.memory_log import MemoryLog
from astra.guard.service import Guard
from astra.guard.values import SealedFile, SealRequest
from astra.kernel.coverage import Coverage
from astra.kernel.ids import SessionId, SnapshotId, TenantId

ORIGIN = "acta.example/log"
RequestMaker = Callable[..., SealRequest]


def sealed_file(name: str, content: bytes) -> SealedFile:
    return SealedFile(name=name, sha256=sha256(content).hexdigest(), size_bytes=len(content))


@pytest.fixture(scope="session")
def document() -> bytes:
    return b"PK\x03\x04 Acta 349: la proposici\xc3\xb3n fue aprobada con 21 (veinti\xc3\xban) votos."


@pytest.fixture(scope="session")
def request_with(document: bytes) -> RequestMaker:
    """Return a maker of requests that differ from one another only in what is given."""
    base = SealRequest(
        snapshot_id=SnapshotId("0199f6a0-0000-7000-8000-000000000001"),
        session_id=SessionId("0199f6a0-0000-7000-8000-000000000002"),
        tenant_id=TenantId("0199f6a0-0000-7000-8000-000000000003"),
        tenant_name="Concejo de Peñalisa",
        sealed_at=datetime(2026, 11, 21, 14, 33, 5, 120_000, tzinfo=UTC),
        sealed_by="secretaria@concejo.example",
        documents=(sealed_file("acta.docx", document),),
        audio=(sealed_file("raw/0000.opus", b"ogg one"), sealed_file("raw/0001.opus", b"ogg two")),
        coverage=Coverage.joined([Coverage.of_speech([(0, 900)], 1000), Coverage.gap(50, "unreadable")]),
        blocks=({"block_id": "b1", "text": "Sí", "confidence": 0.93}, {"block_id": "b2", "revisions": []}),
        pins={"skeleton_id": "default", "timezone": "America/Bogota", "style_map": {"turn": "Intervención"}},
        engines=({"engine": "faster-whisper", "model": "demo", "digest": "00ff"},),
    )

    def make(**changes: Any) -> SealRequest:
        return replace(base, **changes)

    return make


@pytest.fixture
def keys() -> MemoryKeys:
    return MemoryKeys()


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def guard(keys: MemoryKeys, log: MemoryLog) -> Guard:
    return Guard(keys, log, ORIGIN)


@pytest.fixture
def proof(guard: Guard, log: MemoryLog, request_with: RequestMaker) -> bytes:
    """Return a proof whose entry has others before and after it."""
    for earlier in range(4):
        log.append(sha256(bytes([earlier])).digest())
    sealed = guard.seal(request_with())
    log.append(sha256(b"later").digest())
    return sealed.proof


@pytest.fixture(scope="session")
def settled_proof(request_with: RequestMaker) -> bytes:
    """Return one proof for all the examples of a property."""
    return Guard(MemoryKeys(), MemoryLog(), ORIGIN).seal(request_with()).proof
