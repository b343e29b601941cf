"""Sign-in with the built-in issuer."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm

from astra.entrypoints.http.messages import TokenView
from astra.entrypoints.http.security import ApplicationDep

router = APIRouter(tags=["identity"])


@router.post("/auth/token", summary="Sign in")
async def sign_in(
    application: ApplicationDep, form: Annotated[OAuth2PasswordRequestForm, Depends()]
) -> TokenView:
    """Exchange an e-mail (as `username`) and a password for an access token."""
    token = await application.identity.sign_in(form.username, form.password)
    lifetime_s = int(application.identity.token_lifetime.total_seconds())
    return TokenView(access_token=token, expires_in=lifetime_s)
