"""The verifier: it accepts what was sealed, and nothing else."""

import json
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from astra.guard.canonical import canonical_json
from astra.guard.manifest import manifest_of
from astra.guard.members import encode_base64
from astra.guard.memory_keys import MemoryKeys
from astra.guard.memory_log import MemoryLog
from astra.guard.ports import Signer
from astra.guard.service import Guard
from astra.guard.values import SealedFile, SealRequest
from astra.guard.verdict import CheckName, Outcome, Verdict
from astra.guard.verifier import verify
from astra.kernel.ids import SnapshotId, TenantId

RequestMaker = Callable[..., SealRequest]
Alteration = Callable[[dict[str, Any]], object]


def altered(proof: bytes, change: Alteration) -> bytes:
    """Return the proof with its content changed and its form kept."""
    content = json.loads(proof)
    change(content)
    return canonical_json(content)


def outcomes(verdict: Verdict) -> dict[CheckName, Outcome]:
    return {check.name: check.outcome for check in verdict.checks}


def test_what_was_sealed_holds(document: bytes, proof: bytes) -> None:
    verdict = verify(document, proof)
    assert verdict.holds
    assert verdict.failed is None
    assert [check.name for check in verdict.checks] == list(CheckName)


def test_a_verdict_tells_what_was_sealed(
    document: bytes, proof: bytes, guard: Guard, request_with: RequestMaker
) -> None:
    request = request_with()
    facts = verify(document, proof).facts
    assert facts is not None
    assert (facts.tenant_name, facts.sealed_by) == ("Concejo de Peñalisa", "secretaria@concejo.example")
    assert (facts.tenant_id, facts.session_id) == (request.tenant_id, request.session_id)
    assert facts.sealed_at == request.sealed_at
    assert (facts.duration_ms, facts.text_ms, facts.silence_ms, facts.gap_ms) == (1050, 900, 100, 50)
    assert (facts.audio_count, facts.audio_bytes, facts.block_count) == (2, 14, 2)
    assert facts.engines == request.engines
    assert facts.document_name == "acta.docx"
    assert {facts.key_id, facts.log_key_id} == guard.key_ids(request.tenant_id)


def test_every_message_is_in_spanish_and_english(document: bytes, proof: bytes) -> None:
    for verdict in (verify(document, proof), verify(b"", proof), verify(document, b"")):
        for check in verdict.checks:
            assert check.message_es
            assert check.message_en
            assert check.message_es != check.message_en


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_any_altered_byte_of_the_proof_is_detected(document: bytes, proof: bytes, mask: int) -> None:
    for position in range(len(proof)):
        flipped = bytearray(proof)
        flipped[position] ^= mask
        verdict = verify(document, bytes(flipped))
        assert not verdict.holds, position
        assert verdict.failed is not None


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_any_altered_byte_of_the_document_is_detected(document: bytes, proof: bytes, mask: int) -> None:
    for position in range(len(document)):
        flipped = bytearray(document)
        flipped[position] ^= mask
        assert verify(bytes(flipped), proof).failed is CheckName.DOCUMENT


@pytest.mark.parametrize("change", [lambda acta: acta + b"\0", lambda acta: acta[:-1], lambda _: b""])
def test_a_longer_shorter_or_empty_document_is_detected(
    document: bytes, proof: bytes, change: Callable[[bytes], bytes]
) -> None:
    verdict = verify(change(document), proof)
    assert verdict.failed is CheckName.DOCUMENT
    assert verdict.facts is not None
    assert verdict.facts.document_name is None
    assert verdict.facts.document_names == ("acta.docx",)


def test_each_of_several_sealed_documents_holds(
    guard: Guard, document: bytes, request_with: RequestMaker
) -> None:
    public = b"the public edition"
    edition = SealedFile(name="acta-publica.docx", sha256=sha256(public).hexdigest(), size_bytes=len(public))
    proof = guard.seal(request_with(documents=(*request_with().documents, edition))).proof
    names = [facts.document_name for acta in (document, public) if (facts := verify(acta, proof).facts)]
    assert names == ["acta.docx", "acta-publica.docx"]


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _: b"",
    "cut short": lambda proof: proof[:-1],
    "a line end after it": lambda proof: proof + b"\n",
    "a byte order mark": lambda proof: b"\xef\xbb\xbf" + proof,
    "another encoding": lambda proof: proof.decode().encode("utf-16"),
    "members in another order": lambda proof: json.dumps(
        dict(reversed(json.loads(proof).items())), separators=(",", ":"), ensure_ascii=False
    ).encode(),
    "spaces": lambda proof: json.dumps(json.loads(proof), sort_keys=True, ensure_ascii=False).encode(),
    "a member twice": lambda proof: proof[:-1] + b',"format":"astra-proof/1"}',
    "escapes where none are needed": lambda proof: proof.replace("ñ".encode(), b"\\u00f1"),
    "a list": lambda proof: b"[" + proof + b"]",
    "a text": lambda _: b'"proof"',
    "a decimal": lambda _: b"1.5",
    "not a number": lambda _: b"NaN",
    "an endless number": lambda _: b"9" * 100_000,
    "endless nesting": lambda _: b"[" * 100_000,
    "deep nesting": lambda _: b"[" * 900 + b"]" * 900,
    "many lists": lambda _: b"[" + b"[]," * 1_000_000 + b"[]]",
    "half a character": lambda _: b'{"\\ud800":1}',
    "more than 16 MiB": lambda _: b"0" * (16 * 1024 * 1024 + 1),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_proof_is_refused_that_is(document: bytes, proof: bytes, case: str) -> None:
    verdict = verify(document, DAMAGED[case](proof))
    assert verdict.failed is CheckName.PROOF_FORMAT
    assert verdict.facts is None
    assert not verdict.holds
    assert set(outcomes(verdict).values()) == {Outcome.FAILS, Outcome.NOT_CHECKED}


FORGED: dict[str, tuple[Alteration, CheckName]] = {
    "a member dropped": (lambda proof: proof["log"].pop("inclusion"), CheckName.PROOF_FORMAT),
    "a member added": (lambda proof: proof.update(note="x"), CheckName.PROOF_FORMAT),
    "another format": (lambda proof: proof.update(format="astra-proof/2"), CheckName.PROOF_FORMAT),
    "another algorithm": (
        lambda proof: proof["signature"].update(algorithm="none"),
        CheckName.PROOF_FORMAT,
    ),
    "an audio object dropped": (lambda proof: proof["manifest"]["audio"].pop(), CheckName.MANIFEST_HASH),
    "audio reordered": (lambda proof: proof["manifest"]["audio"].reverse(), CheckName.MANIFEST_HASH),
    "another parent": (
        lambda proof: proof["manifest"].update(parent_snapshot_id="x"),
        CheckName.MANIFEST_HASH,
    ),
    "another hash": (lambda proof: proof.update(integrity_hash="0" * 64), CheckName.MANIFEST_HASH),
    "another key's name": (
        lambda proof: proof["signature"].update(key_id="0" * 64),
        CheckName.SIGNATURE,
    ),
    "a signature of zeros": (
        lambda proof: proof["signature"].update(value="A" * 86 + "=="),
        CheckName.SIGNATURE,
    ),
    "a key of zeros": (
        lambda proof: proof["signature"].update(
            public_key="A" * 43 + "=", key_id=sha256(bytes(32)).hexdigest()
        ),
        CheckName.SIGNATURE,
    ),
    "a longer path": (
        lambda proof: proof["log"]["inclusion"].append("A" * 43 + "="),
        CheckName.LOG_INCLUSION,
    ),
    "a truncated path": (lambda proof: proof["log"]["inclusion"].pop(), CheckName.LOG_INCLUSION),
    "another position": (lambda proof: proof["log"].update(index=3), CheckName.LOG_INCLUSION),
    "a larger log": (
        lambda proof: proof["log"].update(checkpoint=proof["log"]["checkpoint"].replace("\n5\n", "\n6\n")),
        CheckName.CHECKPOINT,
    ),
    "another log key's name": (lambda proof: proof["log"].update(key_id="0" * 64), CheckName.CHECKPOINT),
    "the council's key for the log's": (
        lambda proof: proof["log"].update(
            key_id=proof["signature"]["key_id"], public_key=proof["signature"]["public_key"]
        ),
        CheckName.CHECKPOINT,
    ),
}


@pytest.mark.parametrize("case", FORGED)
def test_the_first_thing_that_does_not_hold_is_named_in_a_proof_with(
    document: bytes, proof: bytes, case: str
) -> None:
    change, expected = FORGED[case]
    verdict = verify(document, altered(proof, change))
    assert verdict.failed is expected
    assert not verdict.holds


def test_facts_are_told_only_when_they_are_signed(document: bytes, proof: bytes) -> None:
    forged = altered(proof, lambda content: content["manifest"].update(sealed_by="someone else"))
    assert verify(document, forged).facts is None


def test_another_councils_signature_over_the_same_manifest_is_not_in_the_log(
    document: bytes, proof: bytes, keys: MemoryKeys, request_with: RequestMaker
) -> None:
    stranger = Guard(keys, MemoryLog(), "acta.example/log")
    other = json.loads(stranger.seal(request_with(tenant_id=TenantId("another"))).proof)["signature"]
    signer = keys.signer("tenant:another")
    signed = signer.sign(canonical_json(manifest_of(request_with())))
    other["value"] = encode_base64(signed)
    verdict = verify(document, altered(proof, lambda content: content.update(signature=other)))
    assert outcomes(verdict)[CheckName.SIGNATURE] is Outcome.HOLDS
    assert verdict.failed is CheckName.LOG_INCLUSION


def test_another_councils_signature_block_is_not_that_of_this_manifest(
    document: bytes, proof: bytes, guard: Guard, request_with: RequestMaker
) -> None:
    other = json.loads(guard.seal(request_with(tenant_id=TenantId("another"))).proof)["signature"]
    spliced = altered(proof, lambda content: content.update(signature=other))
    assert verify(document, spliced).failed is CheckName.SIGNATURE


def test_the_log_entry_of_another_seal_does_not_serve(
    document: bytes, proof: bytes, guard: Guard, request_with: RequestMaker
) -> None:
    other = json.loads(guard.seal(request_with(snapshot_id=SnapshotId("another"))).proof)["log"]
    spliced = altered(proof, lambda content: content.update(log=other))
    assert verify(document, spliced).failed is CheckName.LOG_INCLUSION


def test_an_old_checkpoint_does_not_prove_a_later_entry(
    document: bytes, guard: Guard, request_with: RequestMaker
) -> None:
    before = json.loads(guard.seal(request_with(snapshot_id=SnapshotId("before"))).proof)["log"]
    later = guard.seal(request_with()).proof
    replayed = altered(later, lambda content: content["log"].update(checkpoint=before["checkpoint"]))
    assert verify(document, replayed).failed is CheckName.LOG_INCLUSION


def test_a_whole_new_seal_by_a_stranger_is_caught_by_the_trusted_keys(
    document: bytes, guard: Guard, request_with: RequestMaker
) -> None:
    request = request_with()
    forged = Guard(MemoryKeys(), MemoryLog(), "acta.example/log").seal(request).proof
    assert verify(document, forged).holds
    verdict = verify(document, forged, guard.key_ids(request.tenant_id))
    assert verdict.failed is CheckName.KEY_TRUST
    assert not verdict.holds


def test_a_log_rewritten_with_a_new_key_is_caught_by_the_trusted_keys(
    document: bytes, guard: Guard, keys: MemoryKeys, request_with: RequestMaker
) -> None:
    request = request_with()
    trusted = guard.key_ids(request.tenant_id)

    class RewrittenLogKeys(MemoryKeys):
        def signer(self, owner: str) -> Signer:
            return keys.signer(owner) if owner.startswith("tenant:") else super().signer(owner)

    rewritten = Guard(RewrittenLogKeys(), MemoryLog(), "acta.example/log").seal(request).proof
    assert verify(document, rewritten, trusted).failed is CheckName.KEY_TRUST


def test_an_empty_set_of_trusted_keys_refuses_everything(document: bytes, proof: bytes) -> None:
    assert verify(document, proof, frozenset()).failed is CheckName.KEY_TRUST


def test_without_trusted_keys_the_verdict_says_that_they_were_not_compared(
    document: bytes, proof: bytes
) -> None:
    last = verify(document, proof).checks[-1]
    assert (last.name, last.outcome) == (CheckName.KEY_TRUST, Outcome.NOT_CHECKED)
    assert "compare la huella" in last.message_es


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_hostile_bytes_get_a_verdict_and_never_an_error(proof: bytes, document: bytes) -> None:
    assert not verify(document, proof).holds


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(data=st.data())
def test_any_member_replaced_by_any_json_gets_a_verdict_and_never_an_error(
    document: bytes, settled_proof: bytes, data: st.DataObject
) -> None:
    content = json.loads(settled_proof)
    target = content
    while True:
        key = data.draw(st.sampled_from(sorted(target) if isinstance(target, dict) else range(len(target))))
        inner = target[key]
        if not (isinstance(inner, dict | list) and inner and data.draw(st.booleans())):
            break
        target = inner
    target[key] = data.draw(json_values)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    forged = text.encode("utf-8", "surrogatepass")
    assert verify(document, forged).holds == (forged == settled_proof)


def test_a_stranger_can_check_a_proof_with_hashlib_and_an_ed25519_library(
    document: bytes, proof: bytes
) -> None:
    def canonical(value: object) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    content = json.loads(proof)
    manifest, signature, log = content["manifest"], content["signature"], content["log"]
    assert sha256(document).hexdigest() == manifest["documents"][0]["sha256"]
    assert sha256(canonical(manifest)).hexdigest() == content["integrity_hash"]
    public_key = Ed25519PublicKey.from_public_bytes(b64decode(signature["public_key"]))
    public_key.verify(b64decode(signature["value"]), canonical(manifest))
    entry = {
        "format": "astra-leaf/1",
        "integrity_hash": content["integrity_hash"],
        "key_id": signature["key_id"],
        "signature": signature["value"],
    }
    root = sha256(b"\0" + canonical(entry)).digest()
    for sibling in log["inclusion"]:  # the entry is the last of its tree: every sibling is on its left
        root = sha256(b"\1" + b64decode(sibling) + root).digest()
    text, _, line = log["checkpoint"].partition("\n\n")
    assert b64decode(text.splitlines()[2]) == root
    log_key = Ed25519PublicKey.from_public_bytes(b64decode(log["public_key"]))
    log_key.verify(b64decode(line.split()[-1])[4:], f"{text}\n".encode())
