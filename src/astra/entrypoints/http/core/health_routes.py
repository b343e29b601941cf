"""Health, readiness and metrics, for machines."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from astra.entrypoints.http.core.state import StateDep
from astra.kernel.errors import AstraError

PATIENCE_S: Final = 1.0  # shorter than a probe's timeout

router = APIRouter(tags=["operation"])


@router.get("/health", summary="Is the service alive?")
async def health() -> dict[str, str]:
    """Answer; that it does is the answer."""
    return {"status": "ok"}


@router.get("/ready", summary="Can the model be had?")
async def ready(state: StateDep) -> JSONResponse:
    """Answer 200 with the model once its files are there and read; 503 until then, or with what is wrong."""
    try:
        identity = await state.readiness.identity(PATIENCE_S)
    except TimeoutError:
        return JSONResponse({"status": "loading"}, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    except AstraError as error:
        body = {"status": "unavailable", "code": error.code, "detail": str(error)}
        return JSONResponse(body, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    model = {"engine": identity.engine, "model": identity.model, "model_digest": identity.model_digest}
    return JSONResponse({"status": "ready", **model})


@router.get("/metrics", summary="Prometheus metrics")
def metrics(state: StateDep) -> Response:
    """Return the metrics in Prometheus' text format."""
    return Response(generate_latest(state.parts.metrics.registry), media_type=CONTENT_TYPE_LATEST)
