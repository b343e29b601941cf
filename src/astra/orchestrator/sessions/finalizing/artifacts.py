"""What the steps leave in the object store, and how one step trusts what an earlier one wrote."""

import hashlib
from typing import Final

from pydantic import TypeAdapter

from astra.kernel.ids import SessionId
from astra.kernel.json_value import JsonObject, JsonValue
from astra.kernel.storage.blob_store import BlobRef, BlobStore, Bucket
from astra.orchestrator.sessions.finalizing.errors import ArtifactChanged

DUMP: Final = "session_dump.json"
ACTA: Final = "acta.docx"
PROOF: Final = "proof.json"
TRANSCRIPT: Final = "transcript.vtt"

REF: Final = TypeAdapter(BlobRef)


def artifact_key(session_id: SessionId, name: str) -> str:
    """Return where a session's artifact lives."""
    return f"sessions/{session_id}/{name}"


def put_artifact(blobs: BlobStore, session_id: SessionId, name: str, content: bytes) -> JsonObject:
    """Store an artifact and return its reference as JSON."""
    return ref_record(blobs.put(Bucket.RAW, artifact_key(session_id, name), content))


def get_artifact(blobs: BlobStore, record: JsonValue) -> bytes:
    """Return exactly the bytes an earlier step wrote; `ArtifactChanged`."""
    ref = ref_of(record)
    content = blobs.get(ref.bucket, ref.key, ref.version_id)
    if hashlib.sha256(content).hexdigest() != ref.sha256:
        raise ArtifactChanged(f"{ref.key} is not what was stored; the acta is withheld")
    return content


def ref_record(ref: BlobRef) -> JsonObject:
    """Return a reference as JSON."""
    record: JsonObject = REF.dump_python(ref, mode="json")
    return record


def ref_of(record: JsonValue) -> BlobRef:
    """Return a reference that was kept as JSON."""
    return REF.validate_python(record)
