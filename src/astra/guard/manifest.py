"""The manifest: all that a seal binds together, in one canonical form."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from astra.guard import merkle
from astra.guard.canonical import canonical_json, refuse_decimals, refuse_oversize
from astra.guard.errors import SealMalformed
from astra.guard.members import Members
from astra.guard.values import SealedFile, SealRequest
from astra.kernel.coverage import Coverage, CoverageBroken, Span, SpanKind
from astra.kernel.json_value import JsonObject, JsonValue

MANIFEST_FORMAT: Final = "astra-manifest/1"
MAX_MANIFEST_BYTES: Final = 15 * 1024 * 1024
MAX_MANIFEST_VALUES: Final = 1_000_000  # a span is 5, a file 4

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_FILE_NAMES: Final = frozenset({"name", "sha256", "size_bytes"})
_SPAN_NAMES: Final = frozenset({"start_ms", "end_ms", "kind", "reason"})
_COVERAGE_NAMES: Final = frozenset({"duration_ms", "text_ms", "silence_ms", "gap_ms", "spans"})
_NAMES: Final = frozenset(
    {
        "format",
        "snapshot_id",
        "parent_snapshot_id",
        "session_id",
        "tenant_id",
        "tenant_name",
        "sealed_at",
        "sealed_by",
        "documents",
        "audio",
        "coverage",
        "engines",
        "pins",
        "blocks_root",
        "block_count",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a manifest says, read strictly."""

    snapshot_id: str
    parent_snapshot_id: str | None
    session_id: str
    tenant_id: str
    tenant_name: str
    sealed_at: datetime
    sealed_by: str
    documents: tuple[SealedFile, ...]
    audio: tuple[SealedFile, ...]
    coverage: Coverage
    engines: tuple[Mapping[str, str], ...]
    pins: JsonObject
    blocks_root: str  # hex
    block_count: int


def manifest_of(request: SealRequest) -> JsonObject:
    """Return the manifest of `request`; the same request always gives the same one.

    Raises:
        SealMalformed: a value the format does not allow; the message names the member.
        SealTooLarge: more than a proof can hold.
    """
    manifest = _as_json(request)
    refuse_decimals(manifest, "manifest")
    refuse_oversize(canonical_json(manifest), max_bytes=MAX_MANIFEST_BYTES, max_values=MAX_MANIFEST_VALUES)
    read_manifest(manifest)
    return manifest


def integrity_hash(manifest_bytes: bytes) -> str:
    """Return the SHA-256 (hex) of a manifest's canonical bytes."""
    return sha256(manifest_bytes).hexdigest()


def blocks_root(blocks: Iterable[JsonObject]) -> bytes:
    """Return the RFC 6962 root over the canonical JSON of each block."""
    return merkle.tree_hash([merkle.leaf_hash(canonical_json(block)) for block in blocks])


def read_manifest(value: JsonValue) -> Manifest:
    """Read a manifest, refusing unknown, missing or inconsistent members with `SealMalformed`."""
    members = Members(value, "manifest", _NAMES)
    members.constant("format", MANIFEST_FORMAT)
    documents = _read_files(members, "documents")
    if not documents or len({document.name for document in documents}) < len(documents):
        raise SealMalformed("manifest.documents: at least one was expected, each with its own name")
    return Manifest(
        snapshot_id=members.text("snapshot_id"),
        parent_snapshot_id=members.text_or_none("parent_snapshot_id"),
        session_id=members.text("session_id"),
        tenant_id=members.text("tenant_id"),
        tenant_name=members.text_or_empty("tenant_name"),
        sealed_at=_read_instant(members.text("sealed_at")),
        sealed_by=members.text("sealed_by"),
        documents=documents,
        audio=_read_files(members, "audio"),
        coverage=_read_coverage(members.child("coverage", _COVERAGE_NAMES)),
        engines=members.text_mappings("engines"),
        pins=members.mapping("pins"),
        blocks_root=members.sha256("blocks_root"),
        block_count=members.count("block_count"),
    )


def _as_json(request: SealRequest) -> JsonObject:
    return {
        "format": MANIFEST_FORMAT,
        "snapshot_id": request.snapshot_id,
        "parent_snapshot_id": request.parent_snapshot_id,
        "session_id": request.session_id,
        "tenant_id": request.tenant_id,
        "tenant_name": request.tenant_name,
        "sealed_at": _instant_text(request.sealed_at),
        "sealed_by": request.sealed_by,
        "documents": [_file_json(document) for document in request.documents],
        "audio": [_file_json(recording) for recording in request.audio],
        "coverage": _coverage_json(request.coverage),
        "engines": [dict(engine) for engine in request.engines],
        "pins": request.pins,
        "blocks_root": blocks_root(request.blocks).hex(),
        "block_count": len(request.blocks),
    }


def _file_json(file: SealedFile) -> JsonObject:
    return {"name": file.name, "sha256": file.sha256, "size_bytes": file.size_bytes}


def _coverage_json(coverage: Coverage) -> JsonObject:
    spans = [
        {"start_ms": span.start_ms, "end_ms": span.end_ms, "kind": span.kind.value, "reason": span.reason}
        for span in coverage.spans
    ]
    return {"duration_ms": coverage.duration_ms, **_totals(coverage), "spans": spans}


def _totals(coverage: Coverage) -> dict[str, int]:
    return {f"{kind.value}_ms": coverage.total_ms(kind) for kind in SpanKind}


def _instant_text(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise SealMalformed("manifest.sealed_at: a time with its zone was expected")
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _read_instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise SealMalformed("manifest.sealed_at: an RFC 3339 instant in UTC with microseconds was expected")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise SealMalformed("manifest.sealed_at: there is no such instant") from error


def _read_files(members: Members, name: str) -> tuple[SealedFile, ...]:
    return tuple(
        SealedFile(name=file.text("name"), sha256=file.sha256("sha256"), size_bytes=file.count("size_bytes"))
        for file in members.children(name, _FILE_NAMES)
    )


def _read_coverage(members: Members) -> Coverage:
    try:
        coverage = Coverage(tuple(_read_span(span) for span in members.children("spans", _SPAN_NAMES)))
    except CoverageBroken as error:
        raise SealMalformed(f"manifest.coverage: {error}") from error
    declared = {name: members.count(name) for name in _totals(coverage)}
    if declared != _totals(coverage) or members.count("duration_ms") != coverage.duration_ms:
        raise SealMalformed("manifest.coverage: its totals are not those of its spans")
    return coverage


def _read_span(members: Members) -> Span:
    kind = members.text("kind")
    if kind not in set(SpanKind):
        raise SealMalformed("manifest.coverage.spans: text, silence or gap was expected")
    return Span(
        start_ms=members.count("start_ms"),
        end_ms=members.count("end_ms"),
        kind=SpanKind(kind),
        reason=members.text_or_empty("reason"),
    )
