"""Signed links to objects of the folder store (an S3 store serves its own)."""

from collections.abc import Iterator
from typing import BinaryIO

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from astra.entrypoints.http.security import ApplicationDep
from astra.kernel.storage.blob_store import BlobNotFound

router = APIRouter(tags=["files"])

PIECE_BYTES = 256 * 1024
MEDIA_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".vtt": "text/vtt",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
}


@router.get("/v1/blobs/{bucket}/{key:path}", summary="Download by a signed link")
def download(application: ApplicationDep, request: Request, bucket: str, key: str) -> StreamingResponse:
    """Return the object that a link made by ASTRA points to; no token is needed."""
    if application.signed_links is None:
        raise BlobNotFound
    blob = application.signed_links.open_signed(bucket, key, request.query_params)
    name = key.rpartition("/")[2]
    suffix = f".{name.rpartition('.')[2]}"
    return StreamingResponse(
        pieces_of(blob.content),
        media_type=MEDIA_TYPES.get(suffix, "application/octet-stream"),
        headers={
            "Content-Length": str(blob.ref.size_bytes),
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


def pieces_of(content: BinaryIO) -> Iterator[bytes]:
    """Yield the content in pieces, then close it."""
    with content:
        while piece := content.read(PIECE_BYTES):
            yield piece
