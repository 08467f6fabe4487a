"""From login and password to a session; what is wrong is never told (登录).

A login that does not exist takes the same path as a wrong password: one hash, one write. Rate limits stand before
this service, at whatever door it is called from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from matcher.domain.service_terms import Role
from matcher.errors import Forbidden, InvalidInput
from matcher.services.accounts.passwords import checked_password, hash_password, is_right
from matcher.services.accounts.sessions import start_session, step_of
from matcher.services.accounts.staff import Staff, Step
from matcher.store.database import Database
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.sessions import SessionRepository
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow, CredentialRow

REFUSED = "登录名或口令不对，或者账号暂时不能登录"
MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)
NOBODY = 0
"""An account number that no account has."""

_WITHOUT_PASSWORD = frozenset({Role.KIOSK_DEVICE, Role.INTEGRATOR})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just opened; its token goes into the cookie and nowhere else."""

    token: str = field(repr=False)
    role: Role
    step: Step


def sign_in(database: Database, login: str, password: str) -> SignedIn:
    """Open a session. Raises Forbidden with one message, whatever was wrong."""
    with database.reading() as session:
        account = AccountRepository(session).find(login)
        kept = AccountRepository(session).credentials(account.id) if account else None
        now = session.now()
    right = is_right(password, kept.password_hash if kept else None)
    if account is None or kept is None or not right or not _may_sign_in(account, kept, now):
        count_failure(database, account.id if account else NOBODY)
        raise Forbidden(REFUSED)
    with database.writing(account.login) as session:
        AccountRepository(session).set_credentials(account.id, failures=0, locked_until=None)
        AuditRepository(session).append(
            action="sign_in", entity="account", entity_id=str(account.id), reason="口令登录"
        )
        needs_code = account.role is Role.ADMIN or kept.totp_last_step is not None
        token = start_session(session, account, verified=not needs_code)
    return SignedIn(token, account.role, step_of(account, kept, verified=not needs_code))


def count_failure(database: Database, account_id: int) -> None:
    """One more wrong password or code; after `MOST_FAILURES` in a row the account rests for a while."""
    with database.writing() as session:
        accounts = AccountRepository(session)
        found = session.get(CredentialRow, account_id)
        failures = (found.failures if found else 0) + 1
        locked = session.now() + LOCKED_FOR if failures >= MOST_FAILURES else None
        accounts.set_credentials(account_id, failures=0 if locked else failures, locked_until=locked)
        if locked and found:
            AuditRepository(session).append(
                action="lock_account", entity="account", entity_id=str(account_id), reason="连续登录失败"
            )


def change_password(database: Database, staff: Staff, old: str, new: str) -> None:
    """Set a new password and end all other sessions of the account.

    Raises Forbidden when the old one is wrong, InvalidInput when the new one is weak or the same.
    """
    with database.reading() as session:
        kept = AccountRepository(session).credentials(staff.account_id)
    if not is_right(old, kept.password_hash):
        count_failure(database, staff.account_id)
        raise Forbidden("原口令不对")
    if old == new:
        raise InvalidInput("新口令和原口令一样，请换一个")
    new_hash = hash_password(checked_password(new, staff.login))
    with database.writing(staff.login) as session:
        set_password_hash(session, staff.account_id, new_hash, must_change=False)
        SessionRepository(session).end_all(staff.account_id, but=staff.session_id)
        AuditRepository(session).append(
            action="change_password", entity="account", entity_id=str(staff.account_id), reason="本人修改"
        )


def set_password_hash(session: StoreSession, account_id: int, new_hash: str, *, must_change: bool) -> None:
    """Write a new hash inside a running transaction; a lock is lifted with it."""
    AccountRepository(session).set_credentials(
        account_id, password_hash=new_hash, must_change=must_change, failures=0, locked_until=None
    )


def _may_sign_in(account: AccountRow, kept: CredentialRow, now: datetime) -> bool:
    locked = kept.locked_until is not None and now < kept.locked_until
    return account.disabled_at is None and not locked and account.role not in _WITHOUT_PASSWORD
