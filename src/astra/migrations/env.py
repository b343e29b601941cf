"""Alembic's environment: the caller brings the connection (`config.attributes["connection"]`)."""

from alembic import context

from astra.bootstrap.database import TARGET_METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=list(TARGET_METADATA),
    include_name=lambda name, kind, _: kind != "table" or not str(name).startswith("procrastinate_"),
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
