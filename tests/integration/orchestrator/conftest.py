"""The whole application on the embedded servers, with the demo model."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from astra.bootstrap.container import Application, open_application
from astra.bootstrap.first_council import default_tenant_config, ensure_council
from astra.bootstrap.settings import Settings
from astra.kernel.blocks import Speaker
from astra.kernel.ids import TenantId

TENANT = TenantId("CONCEJO_A")
ANA = Speaker(speaker_id="c1", name="Ana Zapata", treatment="la concejala")


@pytest.fixture
def settings(postgres_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path,
        database_url=postgres_url,
        redis_url=redis_url,
        model="demo",
        finalize_lease_s=2,
        reconcile_s=0.2,
    )


@pytest.fixture
async def application(settings: Settings) -> AsyncIterator[Application]:
    async with open_application(settings, lambda: "http://astra.test") as application:
        await ensure_council(application, TENANT, "Concejo A", default_tenant_config((ANA,)))
        yield application
