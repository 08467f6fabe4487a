"""Alembic migrations, run by `matcher.store.schema`."""
