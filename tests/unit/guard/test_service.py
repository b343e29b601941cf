"""Sealing: once or many times, one log entry and one proof."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import repeat

import pytest

from astra.guard.canonical import canonical_json
from astra.guard.checkpoint import open_checkpoint
from astra.guard.errors import OriginInvalid, SealMalformed
from astra.guard.manifest import integrity_hash, manifest_of
from astra.guard.memory_keys import MemoryKeys
from astra.guard.memory_log import MemoryLog
from astra.guard.proof import decode_proof
from astra.guard.service import LOG_OWNER, Guard
from astra.guard.values import SealRequest
from astra.guard.verifier import verify
from astra.kernel.ids import SnapshotId, TenantId

RequestMaker = Callable[..., SealRequest]


def test_a_seal_carries_the_manifests_hash_and_a_proof_that_holds(
    guard: Guard, request_with: RequestMaker, document: bytes
) -> None:
    request = request_with()
    seal = guard.seal(request)
    assert seal.snapshot_id == request.snapshot_id
    assert seal.integrity_hash == integrity_hash(canonical_json(manifest_of(request)))
    assert verify(document, seal.proof, guard.key_ids(request.tenant_id)).holds


def test_sealing_again_gives_the_same_bytes_and_no_second_entry_even_after_others(
    guard: Guard, log: MemoryLog, request_with: RequestMaker
) -> None:
    first = guard.seal(request_with())
    guard.seal(request_with(snapshot_id=SnapshotId("another")))
    assert guard.seal(request_with()) == first
    assert log.size() == 2


def test_concurrent_seals_of_one_request_make_one_entry(
    guard: Guard, log: MemoryLog, request_with: RequestMaker
) -> None:
    with ThreadPoolExecutor(8) as threads:
        seals = list(threads.map(guard.seal, repeat(request_with(), 32)))
    assert len(set(seals)) == 1
    assert log.size() == 1


def test_concurrent_seals_of_different_requests_make_contiguous_entries_that_all_verify(
    guard: Guard, request_with: RequestMaker, document: bytes
) -> None:
    requests = [request_with(snapshot_id=SnapshotId(f"s{number}")) for number in range(32)]
    with ThreadPoolExecutor(8) as threads:
        seals = list(threads.map(guard.seal, requests))
    assert sorted(seal.log_index for seal in seals) == list(range(32))
    assert all(verify(document, seal.proof).holds for seal in seals)


def test_a_request_that_cannot_be_sealed_leaves_no_entry(
    guard: Guard, log: MemoryLog, request_with: RequestMaker
) -> None:
    with pytest.raises(SealMalformed):
        guard.seal(request_with(documents=()))
    assert log.size() == 0


def test_each_council_signs_with_its_own_key_and_the_log_with_another(guard: Guard) -> None:
    first, second = guard.key_ids(TenantId("a")), guard.key_ids(TenantId("b"))
    assert len(first) == len(second) == 2
    assert len(first & second) == 1


def test_a_council_named_like_the_log_does_not_get_the_logs_key(guard: Guard) -> None:
    assert len(guard.key_ids(TenantId(LOG_OWNER))) == 2


def test_the_checkpoint_is_the_head_of_the_log_as_it_stands(
    guard: Guard, keys: MemoryKeys, log: MemoryLog
) -> None:
    for number in range(3):
        log.append(sha256(bytes([number])).digest())
    head = open_checkpoint(guard.checkpoint(), keys.signer(LOG_OWNER).public_key)
    assert (head.origin, head.size, head.root) == ("acta.example/log", 3, log.root(3))


def test_a_proof_refers_to_the_tree_its_entry_completed(proof: bytes) -> None:
    decoded, _ = decode_proof(proof)
    assert decoded.log.index == 4
    assert decoded.log.checkpoint.splitlines()[1] == "5"


def test_a_log_cannot_be_named_with_spaces(keys: MemoryKeys, log: MemoryLog) -> None:
    with pytest.raises(OriginInvalid):
        Guard(keys, log, "my log")
