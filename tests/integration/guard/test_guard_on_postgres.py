"""GUARD over a real database: many processes, restarts, a wrong master key, a damaged table."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from sqlalchemy import Engine, create_engine, delete, select, update

from astra.guard import merkle
from astra.guard.errors import LogBroken, SealStoreUnavailable, SigningKeyUnreadable
from astra.guard.postgres_keys import PostgresKeys
from astra.guard.postgres_log import PostgresLog
from astra.guard.postgres_tables import log_leaves, metadata, signing_keys
from astra.guard.service import Guard
from astra.guard.values import SealedFile, SealRequest
from astra.guard.verifier import verify
from astra.kernel.coverage import Coverage
from astra.kernel.ids import SessionId, SnapshotId, TenantId

MASTER_KEY = bytes(range(32))
ACTA = b"the acta"
REQUEST = SealRequest(
    snapshot_id=SnapshotId("snapshot"),
    session_id=SessionId("session"),
    tenant_id=TenantId("tenant"),
    sealed_at=datetime(2026, 11, 21, tzinfo=UTC),
    sealed_by="secretaria@concejo.example",
    documents=(SealedFile(name="acta.docx", sha256=sha256(ACTA).hexdigest(), size_bytes=len(ACTA)),),
    audio=(),
    coverage=Coverage.of_speech([(0, 10)], 10),
    blocks=({"block_id": "b1"},),
    pins={},
    engines=(),
)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = create_engine(postgres_url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def guard_on(engine: Engine, master_key: bytes = MASTER_KEY) -> Guard:
    return Guard(PostgresKeys(engine, master_key), PostgresLog(engine), "acta.example/log")


def test_a_seal_survives_a_restart_and_is_the_same_afterwards(engine: Engine, postgres_url: str) -> None:
    seal = guard_on(engine).seal(REQUEST)
    restarted = create_engine(postgres_url)
    try:
        again = guard_on(restarted)
        assert again.seal(REQUEST) == seal
        assert verify(ACTA, seal.proof, again.key_ids(REQUEST.tenant_id)).holds
    finally:
        restarted.dispose()


def test_processes_that_seal_at_once_agree_on_keys_entries_and_proofs(
    engine: Engine, postgres_url: str
) -> None:
    engines = [create_engine(postgres_url) for _ in range(4)]
    requests = [replace(REQUEST, snapshot_id=SnapshotId(f"s{number}")) for number in range(6)]
    try:
        with ThreadPoolExecutor(4) as threads:
            sealed = list(
                threads.map(lambda one: [guard_on(one).seal(request) for request in requests], engines)
            )
    finally:
        for one in engines:
            one.dispose()
    assert all(seals == sealed[0] for seals in sealed)
    assert sorted(seal.log_index for seal in sealed[0]) == list(range(6))
    trusted = guard_on(engine).key_ids(REQUEST.tenant_id)
    assert all(verify(ACTA, seal.proof, trusted).holds for seal in sealed[0])


def test_a_wrong_master_key_seals_nothing_and_makes_no_other_key(engine: Engine) -> None:
    trusted = guard_on(engine).key_ids(REQUEST.tenant_id)
    with pytest.raises(SigningKeyUnreadable, match="start with the one the deployment was made with"):
        guard_on(engine, bytes(32)).seal(REQUEST)
    assert PostgresLog(engine).size() == 0
    assert guard_on(engine).key_ids(REQUEST.tenant_id) == trusted


def test_private_keys_are_not_stored_in_the_clear(engine: Engine) -> None:
    guard_on(engine).seal(REQUEST)
    with engine.connect() as connection:
        stored = connection.execute(select(signing_keys)).all()
    assert len(stored) == 2
    assert {len(row.encrypted_private_key) for row in stored} == {12 + 32 + 16}


def test_a_key_copied_from_another_council_is_refused(engine: Engine) -> None:
    keys = PostgresKeys(engine, MASTER_KEY)
    keys.signer("tenant:a")
    keys.signer("tenant:b")
    secret = select(signing_keys.c.encrypted_private_key).where(signing_keys.c.owner == "tenant:b")
    with engine.begin() as connection:
        copied = connection.scalar(secret)
        connection.execute(
            update(signing_keys)
            .where(signing_keys.c.owner == "tenant:a")
            .values(encrypted_private_key=copied)
        )
    with pytest.raises(SigningKeyUnreadable):
        keys.signer("tenant:a")


def test_a_log_with_a_missing_entry_says_so_and_proves_nothing(engine: Engine) -> None:
    log = PostgresLog(engine)
    for number in range(3):
        log.append(merkle.leaf_hash(bytes([number])))
    with engine.begin() as connection:
        connection.execute(delete(log_leaves).where(log_leaves.c.leaf_index == 1))
    with pytest.raises(LogBroken):
        log.inclusion(2, 3)


def test_a_database_that_does_not_answer_is_told_as_such_and_can_be_tried_again(engine: Engine) -> None:
    unreachable = create_engine("postgresql+psycopg://127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    for call in (
        PostgresLog(unreachable).size,
        lambda: PostgresKeys(unreachable, MASTER_KEY).signer("tenant:a"),
        lambda: Guard(PostgresKeys(engine, MASTER_KEY), PostgresLog(unreachable), "o").seal(REQUEST),
    ):
        with pytest.raises(SealStoreUnavailable) as failure:
            call()
        assert failure.value.retryable
