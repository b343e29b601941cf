"""Verifies an acta with nothing but its bytes and its proof: no server, no network, no state."""

from hashlib import sha256

from astra.guard.canonical import canonical_json
from astra.guard.checkpoint import Checkpoint, open_checkpoint
from astra.guard.errors import SealMalformed, SealTooLarge
from astra.guard.manifest import Manifest, integrity_hash
from astra.guard.merkle import verify_inclusion
from astra.guard.proof import LogRecord, ManifestSignature, Proof, decode_proof
from astra.guard.signature import is_signed_by, key_id
from astra.guard.values import SealedFile
from astra.guard.verdict import (
    Check,
    CheckName,
    Outcome,
    SealedFacts,
    Verdict,
    blocked,
    check,
    checked,
)
from astra.kernel.coverage import SpanKind


def verify(document: bytes, proof: bytes, trusted_key_ids: frozenset[str] | None = None) -> Verdict:
    """Say whether `document` is one that `proof` seals, and what does not hold first if not.

    Never raises, whatever the bytes: what cannot be checked does not hold.

    Args:
        document: the acta, as it was downloaded.
        proof: `proof.json`; refused unread beyond 16 MiB.
        trusted_key_ids: fingerprints (`signature.key_id`) of the council's key and of the log's. Both must be
            here, so an empty set refuses everything. None leaves that comparison to the reader: without it
            the verdict says that nothing was altered since the sealing, not who sealed.
    """
    try:
        decoded, manifest = decode_proof(proof)
    except (SealMalformed, SealTooLarge) as error:
        return _unreadable(str(error))
    signed = canonical_json(decoded.manifest)
    hash_check = checked(CheckName.MANIFEST_HASH, holds=integrity_hash(signed) == decoded.integrity_hash)
    signature_check = checked(CheckName.SIGNATURE, holds=_signature_holds(decoded.signature, signed))
    sealed = _sealed_document(document, manifest)
    checks = (
        check(CheckName.PROOF_FORMAT, Outcome.HOLDS),
        hash_check,
        signature_check,
        checked(CheckName.DOCUMENT, holds=sealed is not None),
        *_log_checks(decoded),
        _key_check(decoded, trusted_key_ids),
    )
    is_attested = hash_check.outcome is signature_check.outcome is Outcome.HOLDS
    return Verdict(checks=checks, facts=_facts(decoded, manifest, sealed) if is_attested else None)


def _unreadable(detail: str) -> Verdict:
    rest = (name for name in CheckName if name is not CheckName.PROOF_FORMAT)
    first = check(CheckName.PROOF_FORMAT, Outcome.FAILS, detail)
    return Verdict(checks=(first, *map(blocked, rest)), facts=None)


def _signature_holds(signature: ManifestSignature, signed: bytes) -> bool:
    return key_id(signature.public_key) == signature.key_id and is_signed_by(
        signature.public_key, signed, signature.value
    )


def _sealed_document(document: bytes, manifest: Manifest) -> SealedFile | None:
    candidates = [sealed for sealed in manifest.documents if sealed.size_bytes == len(document)]
    digest = sha256(document).hexdigest() if candidates else ""
    return next((sealed for sealed in candidates if sealed.sha256 == digest), None)


def _log_checks(proof: Proof) -> tuple[Check, Check]:
    checkpoint = _open(proof.log)
    if checkpoint is None:
        return checked(CheckName.CHECKPOINT, holds=False), blocked(CheckName.LOG_INCLUSION)
    is_included = verify_inclusion(
        proof.log_leaf, proof.log.index, checkpoint.size, proof.log.inclusion, checkpoint.root
    )
    return (
        checked(CheckName.CHECKPOINT, holds=True),
        checked(CheckName.LOG_INCLUSION, holds=is_included),
    )


def _open(log: LogRecord) -> Checkpoint | None:
    if key_id(log.public_key) != log.key_id:
        return None
    try:
        return open_checkpoint(log.checkpoint, log.public_key)
    except SealMalformed:
        return None


def _key_check(proof: Proof, trusted_key_ids: frozenset[str] | None) -> Check:
    if trusted_key_ids is None:
        return check(CheckName.KEY_TRUST, Outcome.NOT_CHECKED)
    named = {key_id(proof.signature.public_key), key_id(proof.log.public_key)}
    return checked(CheckName.KEY_TRUST, holds=named <= trusted_key_ids)


def _facts(proof: Proof, manifest: Manifest, sealed: SealedFile | None) -> SealedFacts:
    return SealedFacts(
        snapshot_id=manifest.snapshot_id,
        parent_snapshot_id=manifest.parent_snapshot_id,
        integrity_hash=proof.integrity_hash,
        session_id=manifest.session_id,
        tenant_id=manifest.tenant_id,
        tenant_name=manifest.tenant_name,
        sealed_at=manifest.sealed_at,
        sealed_by=manifest.sealed_by,
        document_name=sealed.name if sealed else None,
        document_names=tuple(document.name for document in manifest.documents),
        audio_count=len(manifest.audio),
        audio_bytes=sum(recording.size_bytes for recording in manifest.audio),
        duration_ms=manifest.coverage.duration_ms,
        text_ms=manifest.coverage.total_ms(SpanKind.TEXT),
        silence_ms=manifest.coverage.total_ms(SpanKind.SILENCE),
        gap_ms=manifest.coverage.total_ms(SpanKind.GAP),
        engines=manifest.engines,
        pins=manifest.pins,
        block_count=manifest.block_count,
        key_id=proof.signature.key_id,
        log_key_id=proof.log.key_id,
        log_index=proof.log.index,
    )
