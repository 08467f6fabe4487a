"""How Alembic meets our tables: on the connection it is given, inside that connection's transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from matcher.store.tables import Base


def _plain_type(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write a column type as the plain type under it: a revision must not change when our code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        plain = item.impl_instance if hasattr(item, "impl_instance") else item.impl
        autogen.imports.add("import sqlalchemy as sa")
        return "sa." + repr(plain)
    return False


def run() -> None:
    """Run the revisions asked for. DDL is transactional on both engines, because we begin ourselves."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_item=_plain_type,
        compare_type=True,
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
