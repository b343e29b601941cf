"""`POST /v1/audio/transcriptions`, in OpenAI's shapes.

Source: https://platform.openai.com/docs/api-reference/audio/createTranscription and, for `stream`,
https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any, Final

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from astra.core.catalog import ServedModel
from astra.core.transcripts.subtitles import write_srt, write_vtt
from astra.core.transcripts.verbose_json import verbose_json
from astra.core.values import TimedTranscript, TranscribeOptions, TranscriptResult
from astra.entrypoints.http.core.disconnect import unless_gone
from astra.entrypoints.http.core.errors import openai_error, openai_error_of
from astra.entrypoints.http.core.hearing_queue import Place
from astra.entrypoints.http.core.state import AdmissionDep, StateDep
from astra.entrypoints.http.core.transcription_form import (
    FORMATS,
    GRANULARITIES,
    TranscriptionAsked,
    read_transcription,
)
from astra.entrypoints.http.core.uploads import UploadedSound
from astra.kernel.errors import AstraError

router = APIRouter(tags=["OpenAI"])
log = structlog.get_logger()

FORM: Final = {
    "type": "object",
    "required": ["file", "model"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "A recording of any common format"},
        "model": {"type": "string", "description": "One of GET /v1/models"},
        "language": {"type": "string", "default": "es", "description": "ISO 639-1"},
        "prompt": {"type": "string", "description": "Names and words to expect, with commas between them"},
        "keywords[]": {"type": "array", "items": {"type": "string"}, "description": "Likewise"},
        "response_format": {"type": "string", "enum": list(FORMATS), "default": "json"},
        "temperature": {"type": "number", "enum": [0]},
        "timestamp_granularities[]": {
            "type": "array",
            "items": {"type": "string", "enum": sorted(GRANULARITIES)},
            "description": "Needs verbose_json",
        },
        "chunking_strategy": {"type": "string", "enum": ["auto"]},
        "stream": {"type": "boolean", "default": False},
    },
}
BODY: Final = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}}}


def _json(transcript: TranscriptResult) -> Response:
    usage = {"type": "duration", "seconds": transcript.duration_ms / 1000}
    return JSONResponse({"text": transcript.text, "usage": usage})


ANSWERS: Final[Mapping[str, Callable[[TranscriptResult], Response]]] = {
    "json": _json,
    "text": lambda transcript: Response(f"{transcript.text}\n", media_type="text/plain"),
    "srt": lambda transcript: Response(write_srt(transcript), media_type="text/plain"),
    "vtt": lambda transcript: Response(write_vtt(transcript), media_type="text/vtt"),
}


@router.post(
    "/v1/audio/transcriptions",
    summary="Transcribe a recording",
    openapi_extra=BODY,
    response_class=Response,
    responses={200: {"content": {name: {} for name in ("application/json", "text/plain", "text/vtt")}}},
)
async def transcriptions(request: Request, state: StateDep, admission: AdmissionDep) -> Response:
    """Return what a recording says. With `stream` the text comes as it is heard, as server-sent events."""
    form, place = await admission.form()
    asked = read_transcription(form)
    model = state.parts.catalog.find(asked.model)
    options = asked.options(model.transcriber.features)
    heard = _heard(place, model, UploadedSound(asked.file), options)
    if asked.stream:
        first = await unless_gone(request, anext(heard, None))
        return StreamingResponse(
            _events(first, heard), media_type="text/event-stream", headers={"Cache-Control": "no-cache"}
        )
    parts = await unless_gone(request, _all(heard))
    return _answer(model.transcriber.joined(parts, options), asked)


async def _heard(
    place: Place, model: ServedModel, sound: UploadedSound, options: TranscribeOptions
) -> AsyncGenerator[TimedTranscript]:
    async for part in place.steps(model.transcriber.parts(sound, options)):
        place.heard(model.name, part.start_ms + part.result.duration_ms)
        yield part


async def _all(heard: AsyncIterator[TimedTranscript]) -> list[TimedTranscript]:
    return [part async for part in heard]


def _answer(transcript: TranscriptResult, asked: TranscriptionAsked) -> Response:
    if asked.response_format == "verbose_json":
        document = verbose_json(
            transcript,
            with_segments="segment" in asked.granularities,
            with_words="word" in asked.granularities,
        )
        return JSONResponse(document)
    return ANSWERS[asked.response_format](transcript)


async def _events(first: TimedTranscript | None, rest: AsyncIterator[TimedTranscript]) -> AsyncIterator[str]:
    """Yield the text piece by piece, then the whole; an error after the first piece is an event too."""
    deltas: list[str] = []
    try:
        part = first
        while part is not None:
            if part.result.text:
                deltas.append(f"{' ' if deltas else ''}{part.result.text}")
                yield _event({"type": "transcript.text.delta", "delta": deltas[-1]})
            part = await anext(rest, None)
    except AstraError as error:
        log.warning("request_failed", code=error.code)
        yield _event(openai_error_of(error)[1])
    except Exception as error:
        log.exception("unexpected_error", exc_info=error)
        yield _event(openai_error(500, AstraError.code, str(AstraError())))
    else:
        yield _event({"type": "transcript.text.done", "text": "".join(deltas)})


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
