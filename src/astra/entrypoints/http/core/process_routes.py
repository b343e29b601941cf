"""`POST /v1/core/process`: one chunk of a session and its context in, what was said and done in it out."""

from collections.abc import Generator
from typing import Any, Final, TypeVar

import structlog
from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from astra.core.catalog import ServedModel
from astra.core.ports import Recording
from astra.core.values import ChunkContext, TimedChunk, Utterance
from astra.entrypoints.http.core.admission import Admission
from astra.entrypoints.http.core.disconnect import unless_gone
from astra.entrypoints.http.core.hearing_queue import Place
from astra.entrypoints.http.core.process_messages import (
    ContextMessage,
    Message,
    ProcessRequest,
    ProcessView,
)
from astra.entrypoints.http.core.state import AdmissionDep, StateDep
from astra.entrypoints.http.core.uploads import UploadedSound
from astra.kernel.coverage import Coverage
from astra.kernel.errors import InvalidInput

router = APIRouter(tags=["CORE"])

Shape = TypeVar("Shape", bound=Message)

FORM: Final = {
    "type": "object",
    "properties": {
        "audio": {"type": "string", "format": "binary", "description": "Sound in any common format"},
        "text": {"type": "string", "description": "Instead of audio"},
        "model": {"type": "string", "description": "Default: the service's"},
        "context": {"type": "string", "description": "ContextMessage as JSON"},
    },
}
BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ProcessRequest"}},
            "multipart/form-data": {"schema": FORM},
        },
    }
}


class BodyUnusable(InvalidInput):
    """Send application/json, or multipart/form-data with `audio` as a file and `context` as JSON."""

    code = "body_unusable"


@router.post("/v1/core/process", summary="Hear and understand a chunk", openapi_extra=BODY)
async def process(request: Request, state: StateDep, admission: AdmissionDep) -> ProcessView:
    """Return what was said in a chunk, what each sentence does, and an account of every millisecond.

    A text can be sent instead of sound: it is understood, and has no times.
    """
    asked, source, place = await _read(request, admission)
    ids = asked.context.model_dump(include={"session_id", "tenant_id"}, exclude_none=True)
    structlog.contextvars.bind_contextvars(**ids)
    model = state.parts.catalog.find(asked.model)
    context = asked.context.value()
    if source is None:
        return await unless_gone(request, _understood(place, model, asked.text or "", context))
    return await unless_gone(request, _heard(place, model, source, context))


async def _heard(place: Place, model: ServedModel, source: Recording, context: ChunkContext) -> ProcessView:
    utterances: list[Utterance] = []
    ledgers: list[Coverage] = []
    async for chunk in place.steps(_chunks(model, source, context)):
        utterances.extend(utterance.shifted(chunk.start_ms) for utterance in chunk.result.utterances)
        ledgers.append(chunk.result.coverage)
        place.heard(model.name, chunk.start_ms + chunk.result.duration_ms)
    return ProcessView.of(utterances, Coverage.joined(ledgers), model.core.identity, context.language)


def _chunks(model: ServedModel, source: Recording, context: ChunkContext) -> Generator[TimedChunk]:
    yield from model.core.transcribe(source, context)


async def _understood(place: Place, model: ServedModel, text: str, context: ChunkContext) -> ProcessView:
    utterances = await place.once(lambda: model.core.understand(text, context))
    return ProcessView.of(list(utterances), Coverage(()), None, context.language)


async def _read(request: Request, admission: Admission) -> tuple[ProcessRequest, Recording | None, Place]:
    """Return what is asked for, the sound (None for a text) and the place to hear it in."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        content, place = await admission.json()
        asked = _validated(ProcessRequest, content)
        return asked, asked.sound(), place
    if kind != "multipart/form-data":
        raise BodyUnusable
    form, place = await admission.form()
    return *_from_form(form), place


def _from_form(form: FormData) -> tuple[ProcessRequest, Recording | None]:
    if len(form.multi_items()) != len(form):
        raise BodyUnusable("A field of the form comes twice; send each once.")
    fields: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
    files = {name: value for name, value in form.items() if isinstance(value, UploadFile)}
    if "audio" in fields or set(files) - {"audio"}:
        raise BodyUnusable
    context = _validated(ContextMessage, fields.pop("context", "{}"))
    stand_in = {"audio": ""} if files else {}  # the sound stays on disk
    asked = _validated(ProcessRequest, {**fields, **stand_in, "context": context})
    return asked, UploadedSound(files["audio"]) if files else None


def _validated(kind: type[Shape], content: str | bytes | dict[str, Any]) -> Shape:
    """Return a message of its documented shape; what was sent is not echoed. `RequestValidationError`."""
    try:
        if isinstance(content, dict):
            return kind.model_validate(content)
        return kind.model_validate_json(content)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in errors]) from error
