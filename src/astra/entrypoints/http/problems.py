"""Errors as RFC 9457 problem details: one status for each family of errors."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from astra.kernel.errors import (
    AstraError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = "1"

STATUS: Final[tuple[tuple[type[AstraError], HTTPStatus], ...]] = (
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)

log = structlog.get_logger()


def problem(
    status: int, code: str, detail: str, *, retryable: bool = False, **members: object
) -> JSONResponse:
    """Return a problem document."""
    headers: dict[str, str] = {}
    if retryable:
        headers["Retry-After"] = RETRY_AFTER_S
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    body = {
        "type": f"urn:astra:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "retryable": retryable,
        **members,
    }
    return JSONResponse(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def status_of(error: AstraError) -> HTTPStatus:
    """Return the status of the error's family."""
    for family, status in STATUS:
        if isinstance(error, family):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


async def on_astra_error(_: Request, error: Exception) -> JSONResponse:
    """Answer an error of ours."""
    if not isinstance(error, AstraError):
        return await on_unexpected(_, error)
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request_failed", code=error.code)
    return problem(status, error.code, str(error), retryable=error.retryable)


async def on_invalid_request(_: Request, error: Exception) -> JSONResponse:
    """Answer a request that does not have the documented shape; what was sent is not echoed."""
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    fields = [field_error(item) for item in errors]
    detail = "; ".join(f"{item['field']}: {item['message']}" for item in fields)
    return problem(422, "request_invalid", detail or "the request is not valid", errors=fields)


def field_error(item: Mapping[str, object]) -> dict[str, str]:
    """Return where a request is wrong and why."""
    location = item.get("loc")
    parts = [str(part) for part in location] if isinstance(location, tuple | list) else []
    return {"field": ".".join(parts[1:]) or "body", "message": str(item.get("msg", ""))}


async def on_http_exception(_: Request, error: Exception) -> JSONResponse:
    """Answer what the framework refuses (no such route, method not allowed, body too large)."""
    if not isinstance(error, HTTPException):
        return await on_unexpected(_, error)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return problem(error.status_code, code, str(error.detail))


async def on_unexpected(_: Request, error: Exception) -> JSONResponse:
    """Answer a defect of ours without telling anything of it."""
    log.error("unexpected_error", exc_info=error)
    return problem(500, AstraError.code, str(AstraError()))


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error of the API a problem document."""
    app.add_exception_handler(AstraError, on_astra_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(Exception, on_unexpected)
