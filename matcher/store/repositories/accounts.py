"""Accounts and how they prove themselves; never in the same row (账号与凭据)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from matcher.domain.service_terms import Role
from matcher.errors import InvalidInput, NotFound
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow, CredentialRow
from matcher.store.tables.base import ACTOR_CHARS

_LOGIN_SIGNS = frozenset("-_.@")


class AccountRepository:
    """Reads and writes accounts; passwords come in as hashes only."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def create(
        self,
        login: str,
        role: Role,
        *,
        name: str | None = None,
        region_code: str | None = None,
        employer_id: str | None = None,
        password_hash: str | None = None,
        must_change: bool = False,
    ) -> int:
        """Write a new account; returns its number.

        Raises InvalidInput for a login with other signs than letters, digits and -_.@; Conflict (at the end of
        the transaction) for one that exists.
        """
        account = AccountRow(
            login=checked_login(login), name=name, role=role, region_code=region_code, employer_id=employer_id
        )
        self._session.add(account)
        self._session.flush()
        self._session.add(
            CredentialRow(account_id=account.id, password_hash=password_hash, must_change=must_change)
        )
        self._session.flush()
        return account.id

    def get(self, account_id: int) -> AccountRow:
        """One account. Raises NotFound."""
        row = self._session.get(AccountRow, account_id)
        if row is None:
            raise NotFound(f"没有编号为 {account_id} 的账号")
        return row

    def named(self, login: str) -> AccountRow:
        """The account with this login. Raises NotFound."""
        row = self.find(login)
        if row is None:
            raise NotFound(f"没有登录名为“{login[:ACTOR_CHARS]}”的账号")
        return row

    def find(self, login: str) -> AccountRow | None:
        """The account with this login, None when there is none."""
        if not _is_login(login.strip()):
            return None  # a database may refuse the characters; the answer must be the same as for any other
        query = select(AccountRow).where(AccountRow.login == login.strip().lower())
        return self._session.scalars(query).first()

    def all(self) -> Sequence[AccountRow]:
        """Every account, by role and login."""
        return self._session.scalars(select(AccountRow).order_by(AccountRow.role, AccountRow.login)).all()

    def live_count(self, role: Role) -> int:
        """Number of accounts of the role that may sign in."""
        query = select(func.count()).where(AccountRow.role == role, AccountRow.disabled_at.is_(None))
        return self._session.scalar(query) or 0

    def credentials(self, account_id: int) -> CredentialRow:
        """How the account proves itself. Raises NotFound."""
        row = self._session.get(CredentialRow, account_id)
        if row is None:
            raise NotFound(f"编号为 {account_id} 的账号没有登录凭据")
        return row

    def paired_by(self, code_hash: str) -> CredentialRow | None:
        """The credentials that wait for this pairing code, whether or not it has run out."""
        return self._session.scalars(
            select(CredentialRow).where(CredentialRow.pairing_hash == code_hash)
        ).first()

    def set_credentials(self, account_id: int, **values: Any) -> None:
        """Change columns of the credentials; an account that does not exist changes nothing."""
        self._session.execute(
            update(CredentialRow).where(CredentialRow.account_id == account_id).values(**values)
        )


def checked_login(login: str) -> str:
    """The login in lower case. Raises InvalidInput."""
    text = login.strip()
    if not _is_login(text):
        raise InvalidInput(f"登录名只能用字母、数字和 -_.@，2 至 {ACTOR_CHARS} 个字符")
    return text.lower()


def _is_login(text: str) -> bool:
    plain = text.isascii() and all(sign.isalnum() or sign in _LOGIN_SIGNS for sign in text)
    return plain and 2 <= len(text) <= ACTOR_CHARS
