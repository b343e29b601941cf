import asyncio
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from astra.bootstrap.container import Application
from astra.bootstrap.first_council import default_tenant_config, ensure_council
from astra.kernel.blocks import BlockType, Visibility
from astra.kernel.errors import InvalidInput
from astra.kernel.ids import SessionId, TenantId
from astra.kernel.json_value import JsonObject
from astra.kernel.storage.blob_store import Bucket
from astra.orchestrator.sessions.errors import (
    AppendEmpty,
    SequenceConflict,
    SequenceTooFar,
    SessionClosed,
    SessionEmpty,
    SessionNotFound,
    SpeakerUnknown,
    TimezoneUnknown,
)
from astra.orchestrator.sessions.finalizing.delivery import Files
from astra.orchestrator.sessions.finalizing.values import Finalization, Step
from astra.orchestrator.sessions.ports import Appended
from astra.orchestrator.sessions.states import SessionState

TENANT = TenantId("CONCEJO_A")
BOGOTA = "America/Bogota"


async def started(application: Application) -> SessionId:
    session = await application.sessions.start(TENANT, client_timezone=BOGOTA, created_by="test")
    return session.session_id


async def finalized(application: Application, session_id: SessionId) -> Finalization:
    progress = await application.finalizer.request(TENANT, session_id, "test")
    while not progress.finalization.has_ended:
        await asyncio.sleep(0.05)
        progress = await application.finalizer.progress(TENANT, session_id)
    return progress.finalization


async def files_of(application: Application, session_id: SessionId) -> Files:
    finalization = await finalized(application, session_id)
    assert finalization.step is Step.DONE, finalization.last_error
    return await application.deliveries.files(finalization)


async def test_typed_text_is_understood_and_reaches_the_acta(application: Application) -> None:
    session_id = await started(application)
    outcome = await application.sessions.append_text(
        TENANT, session_id, 0, "Ana Zapata, voto positivo.", wait_s=10
    )
    assert [block.type for block in outcome.blocks] == [BlockType.TABLE_ROW]
    assert b"PK" in (await files_of(application, session_id)).acta[:2]


async def test_the_same_append_again_changes_nothing_and_other_content_is_refused(
    application: Application,
) -> None:
    session_id = await started(application)
    first = await application.sessions.append_text(TENANT, session_id, 0, "Hola.", wait_s=10)
    again = await application.sessions.append_text(TENANT, session_id, 0, "Hola.", wait_s=10)
    assert (first.appended, again.appended) == (Appended.CREATED, Appended.DUPLICATE)
    assert first.blocks == again.blocks
    with pytest.raises(SequenceConflict):
        await application.sessions.append_text(TENANT, session_id, 0, "Adiós.", wait_s=10)


async def test_appends_that_arrive_out_of_order_are_read_in_order(application: Application) -> None:
    session_id = await started(application)
    for number in (2, 0, 1):
        await application.sessions.append_text(TENANT, session_id, number, f"Frase {number}.", wait_s=10)
    blocks = await application.sessions.blocks(TENANT, session_id)
    assert [block.text for block in blocks] == ["Frase 0.", "Frase 1.", "Frase 2."]


async def test_the_context_counts_from_the_next_append_on(application: Application) -> None:
    session_id = await started(application)
    await application.sessions.append_text(TENANT, session_id, 0, "Antes.", wait_s=10)
    await application.sessions.change_context(
        TENANT, session_id, {"current_speaker_id": "c1", "topic": "Agua"}
    )
    await application.sessions.change_context(TENANT, session_id, {"visibility": Visibility.RESTRICTED})
    await application.sessions.append_text(TENANT, session_id, 1, "Después.", wait_s=10)
    before, after = await application.sessions.blocks(TENANT, session_id)
    assert (before.speaker, before.visibility) == (None, Visibility.PUBLIC)
    assert after.speaker is not None
    assert (after.speaker.name, after.topic, after.visibility) == (
        "Ana Zapata",
        "Agua",
        Visibility.RESTRICTED,
    )
    with pytest.raises(SpeakerUnknown):
        await application.sessions.change_context(TENANT, session_id, {"current_speaker_id": "nobody"})


async def test_a_change_of_configuration_leaves_started_sessions_as_they_were(
    application: Application,
) -> None:
    session_id = await started(application)
    tenant = await application.tenants.get(TENANT)
    await application.tenants.save(TENANT, tenant.name, replace(tenant.config, table_map={}), by="admin")
    await application.tenants.put_skeleton(TENANT, "concejo", b"another version")
    outcome = await application.sessions.append_text(
        TENANT, session_id, 0, "Ana Zapata, voto negativo.", wait_s=10
    )
    assert outcome.blocks[0].type is BlockType.TABLE_ROW
    assert (await files_of(application, session_id)).acta


async def test_a_timezone_must_be_an_iana_name(application: Application) -> None:
    for name in ("Bogota", "UTC+5", "", "../etc/passwd"):
        with pytest.raises(TimezoneUnknown):
            await application.sessions.start(TENANT, client_timezone=name, created_by="test")


async def test_nothing_is_appended_empty(application: Application) -> None:
    session_id = await started(application)
    with pytest.raises(AppendEmpty):
        await application.sessions.append_audio(TENANT, session_id, 0, b"", wait_s=1)
    with pytest.raises(AppendEmpty):
        await application.sessions.append_text(TENANT, session_id, 0, "  ", wait_s=1)


async def test_sound_that_cannot_be_read_is_kept_and_marked_for_review(application: Application) -> None:
    session_id = await started(application)
    outcome = await application.sessions.append_audio(TENANT, session_id, 0, b"no sound" * 99, wait_s=10)
    assert [block.type for block in outcome.blocks] == [BlockType.ERROR_PENDING_REVIEW]
    (chunk,) = await application.sessions.chunks(TENANT, session_id)
    assert chunk.audio is not None
    assert application.blobs.get(chunk.audio.bucket, chunk.audio.key) == b"no sound" * 99
    assert (await files_of(application, session_id)).acta


async def test_an_empty_session_is_not_finalized(application: Application) -> None:
    session_id = await started(application)
    with pytest.raises(SessionEmpty):
        await application.finalizer.request(TENANT, session_id, "test")


async def test_another_council_does_not_find_the_session(application: Application) -> None:
    session_id = await started(application)
    with pytest.raises(SessionNotFound):
        await application.sessions.get(TenantId("CONCEJO_B"), session_id)
    with pytest.raises(SessionNotFound):
        await application.finalizer.request(TenantId("CONCEJO_B"), session_id, "test")


async def test_a_finalized_session_takes_no_more(application: Application) -> None:
    session_id = await started(application)
    await application.sessions.append_text(TENANT, session_id, 0, "Hola.", wait_s=10)
    await files_of(application, session_id)
    with pytest.raises(SessionClosed):
        await application.sessions.append_text(TENANT, session_id, 1, "Tarde.", wait_s=10)


async def test_two_finalizes_at_once_yield_one_acta(application: Application) -> None:
    session_id = await started(application)
    await application.sessions.append_text(TENANT, session_id, 0, "Hola.", wait_s=10)
    ends = await asyncio.gather(*(finalized(application, session_id) for _ in range(8)))
    assert {end.snapshot_id for end in ends} == {ends[0].snapshot_id}
    assert {str(end.results[Step.SEAL]["integrity_hash"]) for end in ends} == {
        str(ends[0].results[Step.SEAL]["integrity_hash"])
    }
    proofs = [key for key in application.blobs.keys(Bucket.CUSTODY, "") if key.endswith("proof.json")]
    assert len(proofs) == 1


async def test_a_missing_number_holds_the_acta_back_until_it_arrives(application: Application) -> None:
    session_id = await started(application)
    for number in (0, 2):
        await application.sessions.append_text(TENANT, session_id, number, f"Frase {number}.", wait_s=10)
    progress = await application.finalizer.request(TENANT, session_id, "test")
    await asyncio.sleep(0.5)
    progress = await application.finalizer.progress(TENANT, session_id)
    assert (progress.finalization.step, progress.pending) == (Step.DRAIN, (1,))
    await application.sessions.append_text(TENANT, session_id, 1, "Frase 1.", wait_s=10)
    assert (await files_of(application, session_id)).acta


async def test_an_acta_that_cannot_be_built_is_withheld_until_its_cause_is_mended(
    application: Application,
) -> None:
    session_id = await started(application)
    await application.sessions.append_text(TENANT, session_id, 0, "Hola.", wait_s=10)
    actions: Any = application.finalizer._actions
    build = actions[Step.BUILD]

    async def refuse(_: Finalization) -> JsonObject:
        raise InvalidInput("the skeleton is damaged")

    actions[Step.BUILD] = refuse
    failed = await finalized(application, session_id)
    assert (failed.step, failed.last_error) == (
        Step.FAILED,
        "invalid_input: the skeleton is damaged",
    )
    assert (await application.sessions.get(TENANT, session_id)).state is SessionState.BUILD_FAILED
    actions[Step.BUILD] = build
    assert (await finalized(application, session_id)).step is Step.FAILED
    await application.finalizer.request(TENANT, session_id, "test", retry=True)
    assert (await files_of(application, session_id)).acta
    assert (await application.sessions.get(TENANT, session_id)).state is SessionState.SEALED


async def test_a_number_far_beyond_the_last_is_refused(application: Application) -> None:
    session_id = await started(application)
    with pytest.raises(SequenceTooFar):
        await application.sessions.append_text(TENANT, session_id, 9_999_999, "Hola.", wait_s=10)


async def test_every_key_of_a_session_lives_as_long_as_the_session(
    application: Application, redis_url: str
) -> None:
    session_id = await started(application)
    await application.sessions.append_text(TENANT, session_id, 0, "Hola.", wait_s=10)
    async with Redis.from_url(redis_url) as redis:
        keys = [key async for key in redis.scan_iter("astra:v1:*") if b"claim" not in key]
        for key in keys:
            await redis.expire(key, 100)
        await application.sessions.change_context(TENANT, session_id, {"topic": "Agua"})
        lives = [await redis.ttl(key) for key in keys]
    assert len(keys) == 5
    assert min(lives) > 100


async def test_no_acta_is_made_of_a_session_whose_chunks_are_gone(
    application: Application, redis_url: str
) -> None:
    session_id = await started(application)
    for number in (0, 2):
        await application.sessions.append_text(TENANT, session_id, number, "Hola.", wait_s=10)
    await application.finalizer.request(TENANT, session_id, "test")
    async with Redis.from_url(redis_url) as redis:
        await redis.delete(f"astra:v1:{{{session_id}}}:chunks")
    end = await finalized(application, session_id)
    assert (end.step, end.last_error.partition(":")[0]) == (Step.FAILED, "session_incomplete")


async def test_a_council_made_again_under_another_name_has_that_name(application: Application) -> None:
    await ensure_council(application, TENANT, "Concejo de Bogotá", default_tenant_config())
    session = await application.sessions.start(TENANT, client_timezone=BOGOTA, created_by="test")
    assert session.pins.council == "Concejo de Bogotá"
