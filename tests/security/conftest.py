"""The HTTP API over the whole application, without a socket."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from astra.bootstrap.container import Application, open_application
from astra.bootstrap.first_council import default_tenant_config, ensure_council
from astra.bootstrap.settings import Settings
from astra.entrypoints.http.app import create_app
from astra.kernel.ids import TenantId
from astra.orchestrator.identity.values import Role

SignIn = Callable[[str, Role], Awaitable[dict[str, str]]]


@pytest.fixture
async def application(postgres_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Application]:
    settings = Settings(data=tmp_path, database_url=postgres_url, redis_url=redis_url, model="demo")
    async with open_application(settings, lambda: "http://astra.test") as application:
        for tenant in ("CONCEJO_A", "CONCEJO_B"):
            await ensure_council(application, TenantId(tenant), tenant, default_tenant_config())
        yield application


@pytest.fixture
async def api(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(application))
    async with httpx.AsyncClient(transport=transport, base_url="http://astra.test") as client:
        yield client


@pytest.fixture
def sign_in(application: Application, api: httpx.AsyncClient) -> SignIn:
    """Make a user of a council and return the headers of their requests."""

    async def make(tenant: str, role: Role) -> dict[str, str]:
        email = f"{secrets.token_hex(4)}@astra.test"
        await application.identity.create_user(TenantId(tenant), email, "a long password", role)
        answer = await api.post("/auth/token", data={"username": email, "password": "a long password"})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return make
