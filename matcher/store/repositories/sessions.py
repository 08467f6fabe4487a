"""Sessions of signed-in people: a 256-bit token of which only the SHA-256 is kept (会话)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow, CredentialRow, SessionRow

TOKEN_BYTES = 32
_MOST_TOKEN_CHARS = 100


class SessionRepository:
    """Starts, finds and ends sessions."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def start(self, account_id: int, lasts: timedelta, *, verified: bool) -> str:
        """Open a session; returns its token, which cannot be had again. verified: no second step is due."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._session.now()
        self._session.add(
            SessionRow(
                account_id=account_id,
                token_hash=_digest(token),
                started_at=now,
                last_seen_at=now,
                expires_at=now + lasts,
                verified_at=now if verified else None,
            )
        )
        self._session.flush()
        return token

    def find(self, token: str) -> tuple[SessionRow, AccountRow, CredentialRow] | None:
        """The session of a token with its account, ended and expired ones too; None when there is none."""
        query = (
            select(SessionRow, AccountRow, CredentialRow)
            .join(AccountRow, AccountRow.id == SessionRow.account_id)
            .join(CredentialRow, CredentialRow.account_id == AccountRow.id)
            .where(SessionRow.token_hash == _digest(token))
        )
        found = self._session.execute(query).first()
        return None if found is None else (found[0], found[1], found[2])

    def open_accounts(self) -> set[int]:
        """Accounts with a session that is neither ended nor expired."""
        row = SessionRow
        query = select(row.account_id).where(row.ended_at.is_(None), row.expires_at > self._session.now())
        return set(self._session.scalars(query))

    def touch(self, session_id: int) -> None:
        """Note that the session was used just now."""
        self._session.execute(
            update(SessionRow).where(SessionRow.id == session_id).values(last_seen_at=self._session.now())
        )

    def end(self, session_id: int) -> None:
        """Close one session for good."""
        self._end(SessionRow.id == session_id)

    def end_all(self, account_id: int, *, but: int | None = None) -> None:
        """Close every session of an account. but: the one to keep."""
        self._end(SessionRow.account_id == account_id, *([SessionRow.id != but] if but is not None else []))

    def forget(self, *, over_before: datetime) -> int:
        """Delete the sessions that were ended, or ran out, before a moment; returns how many."""
        row = SessionRow
        over = or_(row.ended_at < over_before, row.expires_at < over_before)
        gone = self._session.execute(delete(row).where(over).returning(row.id))
        return len(gone.all())

    def _end(self, *conditions: object) -> None:
        self._session.execute(
            update(SessionRow)
            .where(SessionRow.ended_at.is_(None), *conditions)  # type: ignore[arg-type]
            .values(ended_at=self._session.now())
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token[:_MOST_TOKEN_CHARS].encode("utf-8", "replace")).hexdigest()
