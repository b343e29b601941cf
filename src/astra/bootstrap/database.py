"""The database: how its address is written for each client, and its migrations."""

from importlib.resources import files
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError

from astra.guard import postgres_tables
from astra.kernel.errors import Unavailable
from astra.orchestrator import postgres_schema

TARGET_METADATA: Final[tuple[MetaData, ...]] = (postgres_schema.metadata, postgres_tables.metadata)
MIGRATION_LOCK: Final = 0x4153_5452_41  # "ASTRA": one migration at a time


class DatabaseUnreachable(Unavailable):
    """PostgreSQL cannot be reached; check ASTRA_DATABASE_URL and that the server runs."""

    code = "database_unreachable"


def sqlalchemy_url(url: str) -> str:
    """Return the address for SQLAlchemy with psycopg, however it was written."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def libpq_url(url: str) -> str:
    """Return the address as libpq takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def migrate(engine: Engine) -> None:
    """Bring the database to the newest version; safe from several processes at once."""
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            command.upgrade(alembic_config(connection), "head")
    except OperationalError as error:
        raise DatabaseUnreachable from error


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration bound to a connection."""
    config = Config()
    config.set_main_option("script_location", str(files("astra.migrations")))
    config.attributes["connection"] = connection
    return config
