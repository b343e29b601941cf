"""Seals snapshots: manifest, signature, log entry, proof."""

from typing import Final

from astra.guard.canonical import canonical_json
from astra.guard.checkpoint import Checkpoint, check_origin, sign_checkpoint
from astra.guard.manifest import integrity_hash, manifest_of
from astra.guard.ports import KeyRing, Signer, TransparencyLog
from astra.guard.proof import LogRecord, ManifestSignature, Proof, encode_proof, log_leaf
from astra.guard.signature import key_id
from astra.guard.values import LogPosition, Seal, SealRequest
from astra.kernel.ids import TenantId

LOG_OWNER: Final = "log"


class Guard:
    """Seals actas with the council's key and records each seal in the deployment's log.

    `origin` names the log in its checkpoints: a schema-less URL such as `example.com/log`; it never changes.
    """

    def __init__(self, keys: KeyRing, log: TransparencyLog, origin: str) -> None:
        check_origin(origin)
        self._keys = keys
        self._log = log
        self._origin = origin

    def seal(self, request: SealRequest) -> Seal:
        """Seal `request`; sealing it again gives the same bytes and no second log entry.

        Raises:
            SealMalformed: a value that the manifest's format does not allow.
            SealTooLarge: more files or spans than a proof can hold.
            SigningKeyUnreadable: the master key is not the deployment's.
            SealStoreUnavailable: keys or log do not answer; nothing is sealed, try again.
        """
        manifest = manifest_of(request)
        manifest_bytes = canonical_json(manifest)
        digest = integrity_hash(manifest_bytes)
        signature = _signed(self._keys.signer(_tenant_owner(request.tenant_id)), manifest_bytes)
        position = self._log.append(log_leaf(digest, signature))
        proof = Proof(
            integrity_hash=digest,
            manifest=manifest,
            signature=signature,
            log=self._record(position),
        )
        return Seal(
            snapshot_id=request.snapshot_id,
            integrity_hash=digest,
            log_index=position.index,
            proof=encode_proof(proof),
        )

    def key_ids(self, tenant_id: TenantId) -> frozenset[str]:
        """Return the fingerprints to publish, and to trust, for this council: its key and the log's."""
        owners = (_tenant_owner(tenant_id), LOG_OWNER)
        return frozenset(key_id(self._keys.signer(owner).public_key) for owner in owners)

    def checkpoint(self) -> str:
        """Return the signed head of the log as it stands now, for anyone outside to keep."""
        return self._signed_head(self._log.size())

    def _record(self, position: LogPosition) -> LogRecord:
        """Prove the entry in the tree it completed, which later entries do not change."""
        public_key = self._keys.signer(LOG_OWNER).public_key
        return LogRecord(
            index=position.index,
            inclusion=self._log.inclusion(position.index, position.tree_size),
            checkpoint=self._signed_head(position.tree_size),
            key_id=key_id(public_key),
            public_key=public_key,
        )

    def _signed_head(self, size: int) -> str:
        head = Checkpoint(origin=self._origin, size=size, root=self._log.root(size))
        return sign_checkpoint(head, self._keys.signer(LOG_OWNER))


def _tenant_owner(tenant_id: TenantId) -> str:
    return f"tenant:{tenant_id}"


def _signed(signer: Signer, message: bytes) -> ManifestSignature:
    return ManifestSignature(
        key_id=key_id(signer.public_key), public_key=signer.public_key, value=signer.sign(message)
    )
