from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from astra.bootstrap.database import TARGET_METADATA, alembic_config, migrate


def test_the_migrations_make_exactly_the_tables_the_code_expects(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: (
                    kind != "table" or not name.startswith("procrastinate_")
                ),
            },
        )
        assert compare_metadata(context, list(TARGET_METADATA)) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    migrate(engine)
    migrate(engine)
    engine.dispose()


def test_every_migration_can_be_undone_and_done_again(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    migrate(engine)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrate(engine)
    assert "procrastinate_jobs" in inspect(engine).get_table_names()
    engine.dispose()
