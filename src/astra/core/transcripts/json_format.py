"""The whole transcript as JSON: nothing that is known of it is left out, and it can be read back.

The members of version 1: `format`, `version`, `identity`, `language`, `duration_ms`, `text`, `segments` (each
with its `words`) and `coverage`. Times are in ms from the recording's start. `duration_ms` and `text` follow
from the ledger and the segments, and are there for those who need no more.
"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from astra.core.transcripts.errors import TranscriptInvalid
from astra.core.values import EngineIdentity, Segment, TranscriptResult
from astra.kernel.coverage import Coverage, Span
from astra.kernel.errors import IntegrityError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT: Final = "astra-transcript"
VERSION: Final = 1


def write_json(transcript: TranscriptResult) -> str:
    """Return the transcript as JSON, indented."""
    return f"{json.dumps(json_object(transcript), ensure_ascii=False, indent=1)}\n"


def json_object(transcript: TranscriptResult) -> dict[str, Any]:
    """Return the transcript as what JSON is made of."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "identity": asdict(transcript.identity),
        "language": transcript.language,
        "duration_ms": transcript.duration_ms,
        "text": transcript.text,
        "segments": [asdict(segment) for segment in transcript.segments],
        "coverage": [asdict(span) for span in transcript.coverage.spans],
    }


def read_json(content: str | bytes) -> TranscriptResult:
    """Return the transcript that `write_json` wrote.

    Raises:
        TranscriptInvalid: it is something else, of a later version, or its ledger has holes.
    """
    try:
        document = json.loads(content)
    except ValueError as error:
        raise TranscriptInvalid from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise TranscriptInvalid
    if document.get("version") != VERSION:
        raise TranscriptInvalid(
            f"The transcript is of version {document.get('version')!r}, and this ASTRA reads {VERSION}; "
            "use the ASTRA that wrote it, or a later one."
        )
    return _transcript(document)


def _transcript(document: dict[str, Any]) -> TranscriptResult:
    from pydantic import ValidationError  # noqa: PLC0415  # only for who reads transcripts

    try:
        return TranscriptResult(
            identity=_adapter(EngineIdentity).validate_python(document.get("identity")),
            language=_adapter(str).validate_python(document.get("language")),
            segments=_adapter(tuple[Segment, ...]).validate_python(document.get("segments")),
            coverage=Coverage(_adapter(tuple[Span, ...]).validate_python(document.get("coverage"))),
        )
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
        message = f"The transcript is damaged{f' at {place}' if place else ''}; make it again."
        raise TranscriptInvalid(message) from error
    except IntegrityError as error:
        raise TranscriptInvalid(f"The transcript is damaged: {error}") from error


def _adapter(kind: Any) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter  # noqa: PLC0415  # as above

    return TypeAdapter(kind)
