"""What goes wrong, as clients expect it: OpenAI's shape at OpenAI's paths, RFC 9457 problems elsewhere.

OpenAI's shape: https://platform.openai.com/docs/guides/error-codes; the members are those that its clients
read (`message`, `type`, `param`, `code`).
"""

from http import HTTPStatus
from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Scope

from astra.bootstrap.core_metrics import CoreMetrics
from astra.core.errors import AudioEmpty, AudioUnreadable
from astra.entrypoints.http.body_limit import STATUS as TOO_LARGE
from astra.entrypoints.http.body_limit import problem_refusal
from astra.entrypoints.http.core.hearing_queue import QueueFull
from astra.entrypoints.http.core.uploads import UploadStalled
from astra.entrypoints.http.problems import on_http_exception, on_unexpected, problem, status_of
from astra.kernel.errors import AstraError, InvalidInput

OPENAI_PATHS: Final = ("/v1/audio/", "/v1/models")
CLIENT_LEFT: Final = 499  # as nginx calls a client that closed the connection; nobody reads it

log = structlog.get_logger()


class ParameterRefused(InvalidInput):
    """A parameter cannot be honoured; correct it or leave it out."""

    code = "invalid_value"

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param


class ParameterMissing(ParameterRefused):
    """A parameter is missing; add it."""

    code = "missing_required_parameter"


class ParameterUnknown(ParameterRefused):
    """There is no such parameter here; leave it out."""

    code = "unknown_parameter"


class ValueUnsupported(ParameterRefused):
    """This value of a parameter is not supported; give another or leave it out."""

    code = "unsupported_value"


def openai_error(status: int, code: str, message: str, param: str | None = None) -> dict[str, object]:
    """Return the body of an error in OpenAI's shape."""
    kind = {
        HTTPStatus.TOO_MANY_REQUESTS: "requests",
        HTTPStatus.UNAUTHORIZED: "authentication_error",
    }.get(
        HTTPStatus(status),
        "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error",
    )
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def openai_error_of(error: AstraError) -> tuple[int, dict[str, object]]:
    """Return the status and the body of an error of ours in OpenAI's shape."""
    status = _status(error)
    if status in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT}:
        status = HTTPStatus.BAD_REQUEST  # what OpenAI answers, and its clients tell apart
    return status, openai_error(status, error.code, str(error), _param(error))


def body_too_large(scope: Scope, detail: str) -> Response:
    """Return the answer to a body too large."""
    if _is_openai(scope["path"]):
        return JSONResponse(openai_error(TOO_LARGE, "body_too_large", detail, "file"), status_code=TOO_LARGE)
    return problem_refusal(scope, detail)


def install_error_handlers(app: FastAPI, metrics: CoreMetrics) -> None:
    """Answer every error of the service in the shape of its path, and count what is refused."""

    async def on_ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, AstraError)  # noqa: S101  # what it is installed for
        metrics.refused.labels(error.code).inc()
        if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("request_failed", code=error.code)
        response = _openai_answer(error) if _is_openai(request.url.path) else _problem(error)
        if isinstance(error, QueueFull):
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response

    async def on_http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException) or not _is_openai(request.url.path):
            return await on_http_exception(request, error)
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
        body = openai_error(error.status_code, code, str(error.detail))
        return JSONResponse(body, status_code=error.status_code, headers=error.headers)

    async def on_defect(request: Request, error: Exception) -> Response:
        response = await on_unexpected(request, error)
        if not _is_openai(request.url.path):
            return response
        unexpected = AstraError()
        return JSONResponse(openai_error(500, unexpected.code, str(unexpected)), status_code=500)

    app.add_exception_handler(AstraError, on_ours)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(ClientDisconnect, _on_client_left)
    app.add_exception_handler(Exception, on_defect)


def _openai_answer(error: AstraError) -> Response:
    status, body = openai_error_of(error)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(body, status_code=status, headers=headers)


def _problem(error: AstraError) -> Response:
    return problem(_status(error), error.code, str(error), retryable=error.retryable)


async def _on_client_left(_: Request, __: Exception) -> Response:
    log.info("client_left")
    return Response(status_code=CLIENT_LEFT)


def _is_openai(path: str) -> bool:
    return path.startswith(OPENAI_PATHS)


def _status(error: AstraError) -> int:
    if isinstance(error, QueueFull):
        return HTTPStatus.TOO_MANY_REQUESTS
    if isinstance(error, UploadStalled):
        return HTTPStatus.REQUEST_TIMEOUT
    return status_of(error)


def _param(error: AstraError) -> str | None:
    """Return the parameter that is to blame, if one is."""
    if isinstance(error, ParameterRefused):
        return error.param
    if isinstance(error, AudioEmpty | AudioUnreadable):
        return "file"
    return "model" if error.code == "model_not_found" else None
