"""Health and metrics, for machines."""

import asyncio

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from astra.entrypoints.http.security import ApplicationDep
from astra.kernel.errors import AstraError

router = APIRouter(tags=["operation"])


@router.get("/health", summary="Is every service there?")
async def health(application: ApplicationDep) -> JSONResponse:
    """Ask Redis, PostgreSQL and the object store; 503 unless all answer."""
    names = list(application.checks)
    outcomes = await asyncio.gather(*(application.checks[name]() for name in names), return_exceptions=True)
    services = {
        name: "ok" if outcome is None else code_of(outcome)
        for name, outcome in zip(names, outcomes, strict=True)
    }
    is_healthy = all(state == "ok" for state in services.values())
    body = {"status": "ok" if is_healthy else "unavailable", "services": services}
    return JSONResponse(body, status_code=200 if is_healthy else 503)


@router.get("/metrics", summary="Prometheus metrics")
def metrics(application: ApplicationDep) -> Response:
    """Return the metrics in Prometheus' text format."""
    return Response(generate_latest(application.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def code_of(error: BaseException) -> str:
    """Return what kind of trouble it is, for the health page."""
    return error.code if isinstance(error, AstraError) else "unavailable"
