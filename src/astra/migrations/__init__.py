"""The database's history (Alembic); they travel inside the package so that any install can migrate."""
