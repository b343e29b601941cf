"""The only place that wires objects: settings in, a running application out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from astra.bootstrap import parts
from astra.bootstrap.background import background_loops
from astra.bootstrap.database import libpq_url, migrate, sqlalchemy_url
from astra.bootstrap.metrics import Metrics
from astra.bootstrap.secrets import derived_key, master_key
from astra.bootstrap.servers import ServerAddresses, servers
from astra.bootstrap.settings import Settings
from astra.bootstrap.storage import open_store
from astra.builder.libreoffice_pages import heading_pages
from astra.builder.service import Builder
from astra.core.service import Core
from astra.guard.postgres_keys import PostgresKeys
from astra.guard.postgres_log import PostgresLog
from astra.guard.service import Guard
from astra.kernel.clock import Clock, SystemClock
from astra.kernel.ids import IdSource, Uuid7Ids
from astra.kernel.storage.blob_store import BlobStore
from astra.kernel.storage.folder_store import FolderStore
from astra.orchestrator.assets.pillow_images import PillowImages
from astra.orchestrator.assets.service import Assets
from astra.orchestrator.identity.argon2_passwords import Argon2Passwords
from astra.orchestrator.identity.jwt_tokens import JwtTokens
from astra.orchestrator.identity.postgres_users import PostgresUsers
from astra.orchestrator.identity.service import Identity
from astra.orchestrator.postgres_database import PostgresDatabase
from astra.orchestrator.sessions.background import BackgroundTasks
from astra.orchestrator.sessions.finalizing.delivery import Deliveries
from astra.orchestrator.sessions.finalizing.postgres_finalizations import PostgresFinalizations
from astra.orchestrator.sessions.finalizing.procrastinate_alarm import ProcrastinateAlarm
from astra.orchestrator.sessions.finalizing.service import Finalizer
from astra.orchestrator.sessions.finalizing.steps import FinalizationSteps
from astra.orchestrator.sessions.processor import ChunkProcessor
from astra.orchestrator.sessions.redis_store import RedisSessions
from astra.orchestrator.sessions.service import Sessions
from astra.orchestrator.tenants.postgres_tenants import PostgresTenants
from astra.orchestrator.tenants.service import Tenants

REDIS_RETRIES: Final = 6  # 0.05 s, 0.1 s, … together about 3 s: a restart of Redis goes unnoticed
Check = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The services of one process, wired and running."""

    sessions: Sessions
    assets: Assets
    tenants: Tenants
    identity: Identity
    finalizer: Finalizer
    deliveries: Deliveries
    core: Core
    guard: Guard
    blobs: BlobStore
    signed_links: FolderStore | None  # serves links to the folder store; None with S3
    checks: Mapping[str, Check]  # by service; each raises unless the service answers
    metrics: Metrics
    ids: IdSource
    append_wait_s: float
    max_body_bytes: int


@asynccontextmanager
async def open_application(
    settings: Settings, base_url: Callable[[], str] = lambda: ""
) -> AsyncIterator[Application]:
    """Start everything, yield the application, and stop everything in reverse order.

    `base_url` tells under which address the folder store's links are served.
    """
    async with AsyncExitStack() as stack:
        addresses = await stack.enter_async_context(servers(settings))
        wiring = Wiring(settings, addresses, base_url)
        stack.push_async_callback(wiring.close)
        await asyncio.to_thread(wiring.prepare)
        application = wiring.application()
        await stack.enter_async_context(
            background_loops(
                alarm=wiring.alarm,
                finalizer=application.finalizer,
                reconcile_s=settings.reconcile_s,
            )
        )
        yield application


class Wiring:
    """Builds the adapters of one deployment and the services over them."""

    def __init__(self, settings: Settings, addresses: ServerAddresses, base_url: Callable[[], str]) -> None:
        self._settings = settings
        self._clock: Clock = SystemClock()
        self._ids: IdSource = Uuid7Ids()
        self._master = master_key(secret_of(settings), settings.data)
        link_key = derived_key(self._master, "links")
        self._blobs, self._signed_links = open_store(settings, link_key, base_url, self._clock)
        database_url = sqlalchemy_url(addresses.database_url)
        self._engine: Engine = create_engine(database_url, pool_pre_ping=True)
        self._async_engine: AsyncEngine = create_async_engine(database_url, pool_pre_ping=True)
        self._database = PostgresDatabase(self._async_engine)
        self._redis = redis_client(addresses.redis_url)
        self._background = BackgroundTasks()
        self.alarm = ProcrastinateAlarm(libpq_url(addresses.database_url), settings.finalize_concurrency)

    def prepare(self) -> None:
        """Bring the database to its newest version and make sure that the store takes objects."""
        migrate(self._engine)
        self._blobs.check()

    async def close(self) -> None:
        """Let running work end, then close every connection."""
        await self._background.drain()
        await self._redis.aclose()
        await self._async_engine.dispose()
        await asyncio.to_thread(self._engine.dispose)

    def application(self) -> Application:
        """Return the services, wired."""
        settings = self._settings
        core = parts.core(self._settings)
        guard = self._guard()
        store = RedisSessions(self._redis, settings.session_ttl_s)
        processor = self._processor(store, core)
        tenants = Tenants(store=PostgresTenants(self._database), blobs=self._blobs, clock=self._clock)
        sessions = Sessions(
            store=store,
            tenants=tenants,
            blobs=self._blobs,
            core=core,
            processor=processor,
            background=self._background,
            clock=self._clock,
            ids=self._ids,
        )
        return Application(
            sessions=sessions,
            assets=Assets(
                sessions=sessions,
                store=store,
                blobs=self._blobs,
                images=PillowImages(),
                ids=self._ids,
            ),
            tenants=tenants,
            identity=self._identity(),
            finalizer=self._finalizer(store, processor, guard),
            deliveries=Deliveries(self._blobs),
            core=core,
            guard=guard,
            blobs=self._blobs,
            signed_links=self._signed_links,
            checks={
                "postgresql": self._database.check,
                "redis": store.check,
                "object_store": self._check_blobs,
            },
            metrics=Metrics(),
            ids=self._ids,
            append_wait_s=settings.append_wait_s,
            max_body_bytes=settings.max_body_bytes,
        )

    def _processor(self, store: RedisSessions, core: Core) -> ChunkProcessor:
        return ChunkProcessor(
            store=store,
            blobs=self._blobs,
            core=core,
            ids=self._ids,
            concurrency=self._settings.core_concurrency,
            claim_ms=self._settings.core_claim_ms,
        )

    def _guard(self) -> Guard:
        keys = PostgresKeys(self._engine, derived_key(self._master, "signing-keys"))
        return Guard(keys, PostgresLog(self._engine), self._settings.log_origin)

    def _identity(self) -> Identity:
        return Identity(
            users=PostgresUsers(self._database),
            passwords=Argon2Passwords(),
            tokens=JwtTokens(derived_key(self._master, "access-tokens")),
            clock=self._clock,
            ids=self._ids,
            token_lifetime=timedelta(seconds=self._settings.token_lifetime_s),
        )

    def _finalizer(self, store: RedisSessions, processor: ChunkProcessor, guard: Guard) -> Finalizer:
        steps = FinalizationSteps(
            store=store,
            processor=processor,
            blobs=self._blobs,
            builder=Builder(paginate=heading_pages),
            guard=guard,
        )
        finalizer = Finalizer(
            finalizations=PostgresFinalizations(self._database, self.alarm),
            store=store,
            actions=steps.actions(),
            clock=self._clock,
            ids=self._ids,
            lease=timedelta(seconds=self._settings.finalize_lease_s),
        )
        self.alarm.answer_with(finalizer.advance)
        return finalizer

    async def _check_blobs(self) -> None:
        await asyncio.to_thread(self._blobs.check)


def redis_client(url: str) -> Redis:
    """Return a client that rides out a restart of the server."""
    return Redis.from_url(
        url,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), REDIS_RETRIES),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
        socket_timeout=10.0,
    )


def secret_of(settings: Settings) -> str | None:
    """Return the master key that was given, if one was."""
    return settings.master_key.get_secret_value() if settings.master_key else None
