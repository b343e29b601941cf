"""Who is asking: the bearer token of a request."""

from collections.abc import Callable
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from astra.bootstrap.container import Application
from astra.kernel.ids import TenantId
from astra.orchestrator.identity.errors import RoleInsufficient, TokenInvalid
from astra.orchestrator.identity.values import Principal, Role

bearer = OAuth2PasswordBearer(tokenUrl="/auth/token", auto_error=False)


class ForeignTenant(RoleInsufficient):
    """Your token belongs to another council."""

    code = "foreign_tenant"


def application_of(request: Request) -> Application:
    """Return the application that serves this request."""
    application: Application = request.app.state.application
    return application


ApplicationDep = Annotated[Application, Depends(application_of)]


def current_principal(
    application: ApplicationDep, token: Annotated[str | None, Depends(bearer)]
) -> Principal:
    """Return who holds the request's token; `TokenInvalid`."""
    if token is None:
        raise TokenInvalid
    principal = application.identity.authenticate(token)
    structlog.contextvars.bind_contextvars(tenant_id=principal.tenant_id, user_id=principal.user_id)
    return principal


def having(role: Role) -> Callable[[Principal], Principal]:
    """Return a dependency that lets only people of at least `role` in."""

    def check(principal: Annotated[Principal, Depends(current_principal)]) -> Principal:
        if not principal.may(role):
            raise RoleInsufficient
        return principal

    return check


Viewer = Annotated[Principal, Depends(having(Role.VIEWER))]
Secretary = Annotated[Principal, Depends(having(Role.SECRETARY))]


def own_tenant(principal: Principal, tenant_id: str | None) -> TenantId:
    """Return the token's tenant, which a request may name but not change; `ForeignTenant`."""
    if tenant_id is not None and tenant_id != principal.tenant_id:
        raise ForeignTenant
    return principal.tenant_id
