"""CORE as one ASGI application."""

from typing import Any, Final

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline
from starlette.responses import Response
from starlette.types import Scope

from astra import __version__
from astra.bootstrap.core_service import CoreParts
from astra.core.catalog import names_of
from astra.entrypoints.http.body_limit import BodyLimit
from astra.entrypoints.http.core import (
    health_routes,
    model_routes,
    process_routes,
    transcription_routes,
)
from astra.entrypoints.http.core.admission import Arrivals
from astra.entrypoints.http.core.api_keys import ApiKeys
from astra.entrypoints.http.core.errors import body_too_large, install_error_handlers
from astra.entrypoints.http.core.hearing_queue import HearingQueue
from astra.entrypoints.http.core.listen_routes import listen_router
from astra.entrypoints.http.core.listeners import ListenLimits
from astra.entrypoints.http.core.process_messages import ProcessRequest
from astra.entrypoints.http.core.state import CoreState, Readiness, authenticated
from astra.entrypoints.http.observation import RequestObservation
from astra.entrypoints.http.problems import install_problem_handlers

DESCRIPTION: Final = """
Sound in; text, times and what was done with the words out.

- `POST /v1/core/process`: a chunk of a council session, understood sentence by sentence.
- `POST /v1/audio/transcriptions`, `GET /v1/models`: in OpenAI's shapes, for its clients.
- `/v1/listen`: live, in Deepgram's shapes, by WebSocket or as a chunked upload.

When the queue is full the answer is 429 with `Retry-After`.
"""


def core_app(parts: CoreParts) -> FastAPI:
    """Return the service over its parts. It serves one event loop; see `settled` for its end."""
    app: FastAPI = FastAPIOffline(title="ASTRA CORE", version=__version__, description=DESCRIPTION)
    state = _state(parts)
    app.state.core = state
    install_problem_handlers(app)
    install_error_handlers(app, parts.metrics)

    def refusal(scope: Scope, detail: str) -> Response:
        parts.metrics.refused.labels("body_too_large").inc()
        return body_too_large(scope, detail)

    app.add_middleware(BodyLimit, max_bytes=parts.limits.max_upload_bytes, refusal=refusal)
    app.add_middleware(RequestObservation, metrics=parts.metrics, ids=parts.ids)
    for routes in (process_routes, transcription_routes, model_routes):
        app.include_router(routes.router, dependencies=[Depends(authenticated)])
    app.include_router(
        listen_router(
            live=parts.live,
            decoder=parts.decoder,
            authenticate=state.keys.check,
            limits=ListenLimits(max_connections=parts.limits.listeners),
            clock=parts.clock,
            ids=parts.ids,
            names=names_of(parts.catalog.default),
        )
    )
    app.include_router(health_routes.router)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]  # as FastAPI documents
    return app


async def settled(app: FastAPI) -> None:
    """Wait until nothing runs any more; the application is served no longer."""
    state: CoreState = app.state.core
    await state.queue.close()


def _state(parts: CoreParts) -> CoreState:
    queue = HearingQueue(
        concurrency=parts.limits.concurrency, waiting=parts.limits.waiting, metrics=parts.metrics
    )
    return CoreState(
        parts=parts,
        queue=queue,
        arrivals=Arrivals(parts.limits.uploads, queue),
        keys=ApiKeys(parts.api_keys),
        readiness=Readiness(parts),
        started_s=int(parts.clock.now().timestamp()),
    )


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Return the document, with the shape of a body that its route reads for itself."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        shape = ProcessRequest.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document["components"]["schemas"]
        schemas |= shape.pop("$defs")
        schemas["ProcessRequest"] = shape
        app.openapi_schema = document
    return app.openapi_schema
