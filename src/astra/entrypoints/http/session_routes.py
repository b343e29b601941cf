"""Live sessions: `/v1/orchestrator/session/…` as the specification names it."""

from http import HTTPStatus
from typing import Annotated, cast

import structlog
from fastapi import APIRouter, Form, Path, Query, Response, UploadFile

from astra.bootstrap.container import Application
from astra.entrypoints.http.messages import (
    AppendRequest,
    AppendView,
    AssetView,
    BlocksView,
    Caption,
    ContextRequest,
    DrainingView,
    FinalizeView,
    SessionView,
    StartRequest,
)
from astra.entrypoints.http.problems import RETRY_AFTER_S
from astra.entrypoints.http.security import ApplicationDep, Secretary, Viewer, own_tenant
from astra.kernel.ids import SessionId
from astra.orchestrator.sessions.finalizing.errors import FinalizationFailed
from astra.orchestrator.sessions.finalizing.service import Progress
from astra.orchestrator.sessions.finalizing.values import Step
from astra.orchestrator.sessions.values import ContextChange

router = APIRouter(prefix="/v1/orchestrator/session", tags=["sessions"])

Sid = Annotated[str, Path(max_length=36)]


@router.post("/start", status_code=HTTPStatus.CREATED, summary="Start a session")
async def start(application: ApplicationDep, principal: Secretary, body: StartRequest) -> SessionView:
    """Open a session; everything that shapes its acta is frozen now."""
    session = await application.sessions.start(
        own_tenant(principal, body.tenant_id),
        client_timezone=body.client_timezone,
        created_by=principal.email,
        skeleton_id=body.skeleton_id,
        metadata=body.metadata,
    )
    structlog.contextvars.bind_contextvars(session_id=session.session_id)
    return SessionView.of(session)


@router.get("/{session_id}", summary="Read a session")
async def read(application: ApplicationDep, principal: Viewer, session_id: Sid) -> SessionView:
    """Return the session's state, context and pins."""
    return SessionView.of(await application.sessions.get(principal.tenant_id, SessionId(session_id)))


@router.get("/{session_id}/blocks", summary="Read the blocks")
async def blocks(application: ApplicationDep, principal: Viewer, session_id: Sid) -> BlocksView:
    """Return all blocks in order, with times from the start of the session."""
    found = await application.sessions.blocks(principal.tenant_id, SessionId(session_id))
    return BlocksView(blocks=found)


@router.post("/{session_id}/append", summary="Append sound or text")
async def append(
    application: ApplicationDep, principal: Secretary, session_id: Sid, body: AppendRequest, answer: Response
) -> AppendView:
    """Store sound or text durably, acknowledge it, and (with `wait`) return what it was understood as.

    202 with `is_processing: true` when it is stored but not yet understood.
    """
    wait_s = application.append_wait_s if body.wait else 0.0
    place = (principal.tenant_id, SessionId(session_id), body.sequence_id)
    if body.text is not None:
        outcome = await application.sessions.append_text(*place, body.text, wait_s)
    else:
        outcome = await application.sessions.append_audio(*place, body.audio(), wait_s)
    if outcome.is_processing:
        answer.status_code = HTTPStatus.ACCEPTED
    return AppendView.of(body.sequence_id, outcome)


@router.patch("/{session_id}/current-context", summary="Say who speaks")
async def set_context(
    application: ApplicationDep, principal: Secretary, session_id: Sid, body: ContextRequest
) -> SessionView:
    """Change the current speaker, topic or visibility for the appends that follow; the rest stays."""
    change = cast("ContextChange", body.model_dump(exclude_unset=True))
    await application.sessions.change_context(principal.tenant_id, SessionId(session_id), change)
    return SessionView.of(await application.sessions.get(principal.tenant_id, SessionId(session_id)))


@router.post("/{session_id}/upload-asset", status_code=HTTPStatus.CREATED, summary="Attach an image")
async def upload_asset(
    application: ApplicationDep,
    principal: Secretary,
    session_id: Sid,
    file: UploadFile,
    caption: Annotated[Caption, Form()] = "",
) -> AssetView:
    """Put an image into the acta, after what has been said so far."""
    asset = await application.assets.upload(
        principal.tenant_id, SessionId(session_id), await file.read(), caption
    )
    return AssetView(asset_id=asset.asset_id, s3_url=asset.url)


@router.post(
    "/{session_id}/finalize",
    summary="Ask for the sealed acta",
    responses={HTTPStatus.ACCEPTED: {"model": DrainingView}},
)
async def finalize(
    application: ApplicationDep,
    principal: Secretary,
    session_id: Sid,
    answer: Response,
    retry: Annotated[bool, Query(description="Try again one that failed")] = False,  # noqa: FBT002
) -> FinalizeView | DrainingView:
    """Close the session and have its acta built and sealed; 202 until it is done.

    Asking again, twice at once or after a crash speaks of the same acta.
    """
    progress = await application.finalizer.request(
        principal.tenant_id, SessionId(session_id), principal.email, retry=retry
    )
    return await view_of(application, progress, answer)


@router.get(
    "/{session_id}/finalize",
    summary="Read how far the acta is",
    responses={HTTPStatus.ACCEPTED: {"model": DrainingView}},
)
async def read_finalization(
    application: ApplicationDep, principal: Viewer, session_id: Sid, answer: Response
) -> FinalizeView | DrainingView:
    """Return the sealed acta, or how far it is; starts nothing."""
    progress = await application.finalizer.progress(principal.tenant_id, SessionId(session_id))
    return await view_of(application, progress, answer)


async def view_of(
    application: Application, progress: Progress, answer: Response
) -> FinalizeView | DrainingView:
    """Return the acta if it is sealed, else how far it is; `FinalizationFailed`."""
    finalization = progress.finalization
    if finalization.step is Step.FAILED:
        raise FinalizationFailed(
            f"the acta could not be made ({finalization.last_error}); "
            "mend the cause and finalize again with retry=true"
        )
    if finalization.step is Step.DONE:
        return FinalizeView.of(await application.deliveries.of(finalization))
    answer.status_code = HTTPStatus.ACCEPTED
    answer.headers["Retry-After"] = RETRY_AFTER_S
    return DrainingView(is_draining=True, step=finalization.step, pending=list(progress.pending))
