"""Keys of other systems: a public prefix and a 256-bit secret kept only as SHA-256 (接口密钥)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from matcher.errors import Forbidden, InvalidInput, NotFound
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import ApiKeyRow

_MARK = "mk"
_PREFIX_BYTES = 4
_SECRET_BYTES = 32
_MAX_KEY_CHARS = 200
_NO_SECRET = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that proved itself."""

    prefix: str
    name: str
    scopes: frozenset[str]
    source: str | None

    def require(self, scope: str) -> None:
        """Raise Forbidden unless the key carries the scope."""
        if scope not in self.scopes:
            raise Forbidden(f"接口密钥没有“{scope}”权限")


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key just made; `text` is shown once and cannot be had again."""

    prefix: str
    text: str = field(repr=False)


class ApiKeyRepository:
    """Makes, checks and revokes keys."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def create(
        self,
        name: str,
        scopes: Sequence[str],
        *,
        source: str | None = None,
        expires_at: datetime | None = None,
    ) -> NewApiKey:
        """Make a key. source: the only import source it may write as. Raises InvalidInput without scopes."""
        if not name.strip() or not scopes:
            raise InvalidInput("接口密钥需要名称和至少一项权限")
        prefix, secret = secrets.token_hex(_PREFIX_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
        self._session.add(
            ApiKeyRow(
                prefix=prefix,
                secret_hash=_digest(secret),
                name=name,
                scopes=tuple(sorted(set(scopes))),
                source=source,
                created_at=self._session.now(),
                created_by=self._session.actor,
                expires_at=expires_at,
            )
        )
        self._session.flush()
        return NewApiKey(prefix, f"{_MARK}_{prefix}_{secret}")

    def authenticate(self, text: str) -> ApiKey:
        """The key that `text` proves. Raises Forbidden, with one message whatever was wrong."""
        mark, _, rest = text[:_MAX_KEY_CHARS].partition("_")
        prefix, _, secret = rest.partition("_")
        if not (prefix.isascii() and prefix.isalnum()):
            prefix = ""  # a database may refuse the characters; the answer must be the same as for any other
        row = self._session.scalars(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix)).first()
        # compared also when the prefix is unknown, so that time tells nothing
        right = hmac.compare_digest(_digest(secret), row.secret_hash if row else _NO_SECRET)
        if row is None or not right or mark != _MARK or not self._usable(row):
            raise Forbidden("接口密钥无效、已过期或已停用")
        return ApiKey(row.prefix, row.name, frozenset(row.scopes), row.source)

    def revoke(self, prefix: str) -> None:
        """Stop a key for good. Raises NotFound."""
        row = self._session.scalars(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix)).first()
        if row is None:
            raise NotFound(f"没有前缀为 {prefix} 的接口密钥")
        row.revoked_at = row.revoked_at or self._session.now()
        self._session.flush()

    def _usable(self, row: ApiKeyRow) -> bool:
        expired = row.expires_at is not None and row.expires_at <= self._session.now()
        return row.revoked_at is None and not expired


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
