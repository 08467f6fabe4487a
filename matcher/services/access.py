"""API keys: making and revoking them (接口权限)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matcher.domain.service_terms import Scope
from matcher.store.database import Database
from matcher.store.repositories.api_keys import ApiKeyRepository, NewApiKey


def create_key(
    database: Database,
    name: str,
    scopes: Sequence[Scope],
    *,
    actor: str,
    expires_at: datetime | None = None,
) -> NewApiKey:
    """Make a key; its text can be read this once. Raises InvalidInput without a name or scope."""
    with database.writing(actor) as session:
        return ApiKeyRepository(session).create(name, [s.value for s in scopes], expires_at=expires_at)


def revoke_key(database: Database, prefix: str, *, actor: str) -> None:
    """Stop a key for good; raises NotFound."""
    with database.writing(actor) as session:
        ApiKeyRepository(session).revoke(prefix)
