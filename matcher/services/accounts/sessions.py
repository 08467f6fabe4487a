"""From the token in a cookie to the person behind it, as long as the session lasts (会话有效期)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from matcher.domain.service_terms import Role
from matcher.services.accounts.sight import Sight
from matcher.services.accounts.staff import Staff, Step
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.sessions import SessionRepository
from matcher.store.session import StoreSession
from matcher.store.tables.accounts import AccountRow, CredentialRow, SessionRow

TOUCH_EVERY = timedelta(minutes=1)
"""How far `last_seen_at` may lag: not every click is worth a write."""

KEPT_AFTER = timedelta(days=180)
"""How long a session that is over is kept: long enough to look into who was signed in, then it serves nobody."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """idle: without a click. whole: from signing in on, whatever happens."""

    idle: timedelta
    whole: timedelta


_OFFICE = Lifetime(timedelta(minutes=30), timedelta(hours=10))
LIFETIMES = {
    Role.ADMIN: Lifetime(timedelta(minutes=15), timedelta(hours=8)),
    Role.CASEWORKER: _OFFICE,
    Role.MANAGER: _OFFICE,
    Role.HOST: Lifetime(timedelta(hours=4), timedelta(hours=12)),
    Role.ORGANISER: Lifetime(timedelta(hours=4), timedelta(hours=14)),
    Role.EMPLOYER: Lifetime(timedelta(hours=2), timedelta(hours=24)),
    Role.KIOSK_DEVICE: Lifetime(timedelta(days=60), timedelta(days=400)),
    Role.INTEGRATOR: Lifetime(timedelta(0), timedelta(0)),
}
"""A fair day and a broadcast are not interrupted by a sign-in; an interface has no pages at all."""


def resume(database: Database, token: str) -> Staff | None:
    """The person behind a token; None when it proves nothing, has ended or run out, or the account is disabled."""
    with database.reading() as session:
        found = SessionRepository(session).find(token)
        now = session.now()
        staff = _staff(*found) if found and _lasts(*found[:2], now) else None
    if found is None or staff is None:
        return None
    if now - found[0].last_seen_at >= TOUCH_EVERY:
        with database.writing(staff.login) as session:
            SessionRepository(session).touch(staff.session_id)
    return staff


def end_session(database: Database, staff: Staff) -> None:
    """Sign out here."""
    with database.writing(staff.login) as session:
        SessionRepository(session).end(staff.session_id)


def end_all_sessions(database: Database, staff: Staff) -> None:
    """Sign out everywhere, here as well."""
    with database.writing(staff.login) as session:
        SessionRepository(session).end_all(staff.account_id)


def forget_old_sessions(database: Database) -> int:
    """Delete the sessions that have been over for KEPT_AFTER; returns how many."""
    with database.writing(SYSTEM_ACTOR) as session:
        return SessionRepository(session).forget(over_before=session.now() - KEPT_AFTER)


def start_session(session: StoreSession, account: AccountRow, *, verified: bool) -> str:
    """Open a session of the account inside a running transaction; returns its token."""
    return SessionRepository(session).start(account.id, LIFETIMES[account.role].whole, verified=verified)


def step_of(account: AccountRow, credentials: CredentialRow, *, verified: bool) -> Step:
    """What is due before the pages open. Administrators always have a second factor."""
    enrolled = credentials.totp_last_step is not None
    if account.role is Role.ADMIN and not enrolled:
        return Step.ENROL
    if enrolled and not verified:
        return Step.SECOND_FACTOR
    return Step.NEW_PASSWORD if credentials.must_change else Step.DONE


def _lasts(session: SessionRow, account: AccountRow, now: datetime) -> bool:
    alive = session.ended_at is None and account.disabled_at is None and now < session.expires_at
    return alive and now - session.last_seen_at < LIFETIMES[account.role].idle


def _staff(session: SessionRow, account: AccountRow, credentials: CredentialRow) -> Staff:
    return Staff(
        account_id=account.id,
        login=account.login,
        name=account.name or account.login,
        role=account.role,
        region_code=account.region_code,
        employer_id=account.employer_id,
        sight=Sight.of(account.role, account.id, account.region_code, account.employer_id),
        session_id=session.id,
        step=step_of(account, credentials, verified=session.verified_at is not None),
    )
