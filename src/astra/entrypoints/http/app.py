"""The API as one ASGI application."""

from typing import Final

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from astra import __version__
from astra.bootstrap.container import Application
from astra.entrypoints.http import auth_routes, blob_routes, health_routes, session_routes
from astra.entrypoints.http.body_limit import BodyLimit
from astra.entrypoints.http.observation import RequestObservation
from astra.entrypoints.http.problems import install_problem_handlers

DESCRIPTION: Final = """
From the sound of a council session to its sealed acta.

1. `POST /auth/token` for an access token; send it as `Authorization: Bearer …`.
2. `POST /v1/orchestrator/session/start`
3. `POST /v1/orchestrator/session/{id}/append`, chunk by chunk, numbered 0, 1, 2, …
4. `POST /v1/orchestrator/session/{id}/finalize` until it answers 200 with the sealed acta.

Errors are RFC 9457 problem documents; those with `retryable: true` may be sent again as they were.
"""


def create_app(application: Application) -> FastAPI:
    """Return the API over a wired application."""
    app: FastAPI = FastAPIOffline(title="ASTRA", version=__version__, description=DESCRIPTION)
    app.state.application = application
    install_problem_handlers(app)
    app.add_middleware(BodyLimit, max_bytes=application.max_body_bytes)
    app.add_middleware(RequestObservation, metrics=application.metrics, ids=application.ids)
    for routes in (auth_routes, session_routes, blob_routes, health_routes):
        app.include_router(routes.router)
    return app
