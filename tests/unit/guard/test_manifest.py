"""The manifest: the same request gives the same bytes; what the format does not allow is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import pytest

from astra.guard.canonical import canonical_json
from astra.guard.errors import SealMalformed, SealTooLarge
from astra.guard.manifest import blocks_root, integrity_hash, manifest_of, read_manifest
from astra.guard.values import SealedFile, SealRequest
from astra.kernel.coverage import Coverage, Span, SpanKind
from astra.kernel.ids import SnapshotId

RequestMaker = Callable[..., SealRequest]


def hash_of(request: SealRequest) -> str:
    return integrity_hash(canonical_json(manifest_of(request)))


def test_the_same_request_gives_the_same_bytes(request_with: RequestMaker) -> None:
    first, second = (canonical_json(manifest_of(request_with())) for _ in range(2))
    assert first == second
    assert integrity_hash(first) == sha256(first).hexdigest()


def test_the_order_of_members_and_the_kind_of_mapping_do_not_matter(request_with: RequestMaker) -> None:
    pins = {"skeleton_id": "default", "timezone": "America/Bogota"}
    reversed_pins = MappingProxyType(dict(reversed(pins.items())))
    assert hash_of(request_with(pins=pins)) == hash_of(request_with(pins=reversed_pins))


def test_the_same_instant_in_another_zone_is_the_same_manifest(request_with: RequestMaker) -> None:
    utc = datetime(2026, 11, 21, 14, 33, tzinfo=UTC)
    bogota = utc.astimezone(timezone(timedelta(hours=-5)))
    manifest = manifest_of(request_with(sealed_at=bogota))
    assert manifest == manifest_of(request_with(sealed_at=utc))
    assert manifest["sealed_at"] == "2026-11-21T14:33:00.000000Z"


def test_the_manifest_is_plain_json_that_anyone_can_rebuild(request_with: RequestMaker) -> None:
    manifest = manifest_of(request_with())
    rebuilt = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert rebuilt == canonical_json(manifest)


def test_what_is_read_is_what_was_sealed(request_with: RequestMaker) -> None:
    request = request_with(parent_snapshot_id=SnapshotId("0199f6a0-0000-7000-8000-000000000009"))
    manifest = read_manifest(manifest_of(request))
    assert manifest.coverage == request.coverage
    assert manifest.documents == request.documents
    assert manifest.audio == request.audio
    assert manifest.sealed_at == request.sealed_at
    assert manifest.parent_snapshot_id == request.parent_snapshot_id
    assert manifest.block_count == 2


CHANGES: dict[str, object] = {
    "snapshot_id": "another",
    "session_id": "another",
    "tenant_id": "another",
    "tenant_name": "another",
    "sealed_at": datetime(2026, 11, 22, tzinfo=UTC),
    "sealed_by": "another",
    "documents": (SealedFile(name="acta.docx", sha256="0" * 64, size_bytes=1),),
    "audio": (),
    "coverage": Coverage(()),
    "blocks": ({"block_id": "b1"},),
    "pins": {},
    "engines": (),
    "parent_snapshot_id": "another",
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_part_of_the_request_changes_the_integrity_hash(request_with: RequestMaker, name: str) -> None:
    changed = request_with(**{name: CHANGES[name]})
    assert hash_of(changed) != hash_of(request_with())


def test_every_part_of_the_request_is_in_that_test() -> None:
    assert set(CHANGES) == set(SealRequest.__slots__)


def test_reordering_the_audio_or_the_blocks_changes_the_integrity_hash(request_with: RequestMaker) -> None:
    request = request_with()
    reordered = [
        replace(request, audio=request.audio[::-1]),
        replace(request, blocks=request.blocks[::-1]),
    ]
    hashes = {hash_of(one) for one in (request, *reordered)}
    assert len(hashes) == 3


def test_blocks_without_any_have_the_root_of_an_empty_tree() -> None:
    assert blocks_root([]) == sha256(b"").digest()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a decimal": ({"pins": {"style_map": [{"size": 1.5}]}}, r"manifest\.pins\.style_map\[0\]\.size"),
    "an integer that other languages cannot read": ({"pins": {"version": 2**53}}, "canonical JSON"),
    "half a character": ({"sealed_by": "\ud800"}, "canonical JSON"),
    "a name that is half a character": ({"pins": {"\ud800": 1, "b": 2}}, "canonical JSON"),
    "a block with an infinite number": ({"blocks": ({"confidence": float("inf")},)}, "canonical JSON"),
    "endless nesting": ({"pins": {"a": json.loads("[" * 40 + "]" * 40)}}, "canonical JSON"),
    "a time without zone": ({"sealed_at": datetime(2026, 11, 21)}, r"manifest\.sealed_at"),  # noqa: DTZ001
    "no document": ({"documents": ()}, r"manifest\.documents"),
    "no author": ({"sealed_by": ""}, r"manifest\.sealed_by"),
    "a hash in capitals": (
        {"documents": (SealedFile(name="acta.docx", sha256="A" * 64, size_bytes=1),)},
        r"manifest\.documents\[0\]\.sha256",
    ),
    "a negative size": (
        {"audio": (SealedFile(name="a.opus", sha256="a" * 64, size_bytes=-1),)},
        r"manifest\.audio\[0\]\.size_bytes",
    ),
    "two documents with one name": (
        {"documents": (SealedFile(name="acta.docx", sha256="a" * 64, size_bytes=1),) * 2},
        r"manifest\.documents",
    ),
    "an engine with a number": ({"engines": ({"engine": 3},)}, r"manifest\.engines"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_is_refused_that_has(request_with: RequestMaker, case: str) -> None:
    changes, message = REFUSED[case]
    with pytest.raises(SealMalformed, match=message):
        manifest_of(request_with(**changes))


def test_more_spans_than_a_proof_can_hold_are_refused(request_with: RequestMaker) -> None:
    kinds = (SpanKind.TEXT, SpanKind.SILENCE)
    spans = tuple(Span(start_ms=at, end_ms=at + 1, kind=kinds[at % 2]) for at in range(200_000))
    with pytest.raises(SealTooLarge):
        manifest_of(request_with(coverage=Coverage(spans)))


MALFORMED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a missing member": lambda manifest: manifest.pop("pins"),
    "an unknown member": lambda manifest: manifest.update(note=""),
    "another format": lambda manifest: manifest.update(format="astra-manifest/2"),
    "totals that are not the spans'": lambda manifest: manifest["coverage"].update(gap_ms=0),
    "a duration that is not the spans'": lambda manifest: manifest["coverage"].update(duration_ms=1),
    "a span left out": lambda manifest: manifest["coverage"]["spans"].pop(0),
    "a span of no kind": lambda manifest: manifest["coverage"]["spans"][0].update(kind="noise"),
    "a truth for a number": lambda manifest: manifest.update(block_count=True),
    "a text for a list": lambda manifest: manifest.update(audio="none"),
    "a list for an object": lambda manifest: manifest.update(pins=[]),
    "an object for a text": lambda manifest: manifest.update(tenant_id={}),
    "an instant with an offset": lambda manifest: manifest.update(sealed_at="0001-01-01T00:00:00+14:00"),
    "an instant that never was": lambda manifest: manifest.update(sealed_at="2026-02-30T00:00:00.000000Z"),
    "a list of texts for files": lambda manifest: manifest.update(audio=["raw/0000.opus"]),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_manifest_is_not_read_with(request_with: RequestMaker, case: str) -> None:
    manifest = json.loads(canonical_json(manifest_of(request_with())))
    MALFORMED[case](manifest)
    with pytest.raises(SealMalformed, match="manifest"):
        read_manifest(manifest)
