"""`proof.json`: the manifest with all that is needed to check it, in one canonical form."""

from dataclasses import dataclass
from typing import Final

from astra.guard.canonical import canonical_json, parse_canonical
from astra.guard.manifest import Manifest, read_manifest
from astra.guard.members import Members, encode_base64
from astra.guard.merkle import HASH_BYTES, leaf_hash
from astra.guard.signature import PUBLIC_KEY_BYTES, SIGNATURE_BYTES
from astra.kernel.json_value import JsonObject

PROOF_FORMAT: Final = "astra-proof/1"
LEAF_FORMAT: Final = "astra-leaf/1"
ALGORITHM: Final = "ed25519"
MAX_PROOF_BYTES: Final = 16 * 1024 * 1024  # both limits leave room around the manifest's own
MAX_PROOF_VALUES: Final = 1_010_000

_NAMES: Final = frozenset({"format", "integrity_hash", "manifest", "signature", "log"})
_SIGNATURE_NAMES: Final = frozenset({"algorithm", "key_id", "public_key", "value"})
_LOG_NAMES: Final = frozenset({"checkpoint", "inclusion", "index", "key_id", "public_key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestSignature:
    """The council's signature over the manifest's canonical bytes."""

    key_id: str
    public_key: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """Where the seal stands in the deployment's log, and the signed head that says so."""

    index: int
    inclusion: tuple[bytes, ...]
    checkpoint: str
    key_id: str
    public_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof in its parts; nothing in it has been checked but its form."""

    integrity_hash: str
    manifest: JsonObject
    signature: ManifestSignature
    log: LogRecord

    @property
    def log_leaf(self) -> bytes:
        """The hash that stands for this seal in the log."""
        return log_leaf(self.integrity_hash, self.signature)


def log_leaf(integrity_hash: str, signature: ManifestSignature) -> bytes:
    """Return the log's leaf hash for a signed manifest; it binds the key and the signature too."""
    entry: JsonObject = {
        "format": LEAF_FORMAT,
        "integrity_hash": integrity_hash,
        "key_id": signature.key_id,
        "signature": encode_base64(signature.value),
    }
    return leaf_hash(canonical_json(entry))


def encode_proof(proof: Proof) -> bytes:
    """Return the bytes of `proof.json`."""
    return canonical_json(
        {
            "format": PROOF_FORMAT,
            "integrity_hash": proof.integrity_hash,
            "manifest": proof.manifest,
            "signature": {
                "algorithm": ALGORITHM,
                "key_id": proof.signature.key_id,
                "public_key": encode_base64(proof.signature.public_key),
                "value": encode_base64(proof.signature.value),
            },
            "log": {
                "checkpoint": proof.log.checkpoint,
                "inclusion": [encode_base64(sibling) for sibling in proof.log.inclusion],
                "index": proof.log.index,
                "key_id": proof.log.key_id,
                "public_key": encode_base64(proof.log.public_key),
            },
        }
    )


def decode_proof(raw: bytes) -> tuple[Proof, Manifest]:
    """Read `proof.json` and its manifest.

    Raises:
        SealTooLarge: more than `MAX_PROOF_BYTES`.
        SealMalformed: any bytes but those `encode_proof` writes.
    """
    value = parse_canonical(raw, max_bytes=MAX_PROOF_BYTES, max_values=MAX_PROOF_VALUES)
    members = Members(value, "proof", _NAMES)
    members.constant("format", PROOF_FORMAT)
    manifest = members.mapping("manifest")
    proof = Proof(
        integrity_hash=members.sha256("integrity_hash"),
        manifest=manifest,
        signature=_read_signature(members.child("signature", _SIGNATURE_NAMES)),
        log=_read_log(members.child("log", _LOG_NAMES)),
    )
    return proof, read_manifest(manifest)


def _read_signature(members: Members) -> ManifestSignature:
    members.constant("algorithm", ALGORITHM)
    return ManifestSignature(
        key_id=members.sha256("key_id"),
        public_key=members.octets("public_key", PUBLIC_KEY_BYTES),
        value=members.octets("value", SIGNATURE_BYTES),
    )


def _read_log(members: Members) -> LogRecord:
    return LogRecord(
        index=members.count("index"),
        inclusion=members.octets_list("inclusion", HASH_BYTES),
        checkpoint=members.text("checkpoint"),
        key_id=members.sha256("key_id"),
        public_key=members.octets("public_key", PUBLIC_KEY_BYTES),
    )
