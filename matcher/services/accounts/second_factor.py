"""The six digits of an authenticator app as the second step of signing in (动态口令).

TOTP of RFC 6238: SHA-1, 30 s, six digits, one step of clock difference either way. A code works once: the step it
belongs to must be later than the last one used.
"""

from __future__ import annotations

import hmac

import pyotp

from matcher.errors import Conflict, Forbidden
from matcher.services.accounts.sessions import start_session, step_of
from matcher.services.accounts.signing_in import SignedIn, count_failure
from matcher.services.accounts.staff import Staff, Step
from matcher.store.database import Database
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.sessions import SessionRepository

STEP_S = 30
WRONG_CODE = "动态口令不对或已经用过；请等下一组数字再试"
_ISSUER = "岗位匹配服务"
_DRIFT = (-1, 0, 1)


def enrolment_secret(database: Database, staff: Staff) -> str:
    """The secret to put into the app, base32; the same until the first right code. Raises Conflict after it."""
    with database.writing(staff.login) as session:
        accounts = AccountRepository(session)
        kept = accounts.credentials(staff.account_id)
        if kept.totp_last_step is not None:
            raise Conflict("已经绑定过动态口令；要换手机请让管理员重置")
        secret = kept.totp_secret or pyotp.random_base32()
        if kept.totp_secret is None:
            accounts.set_credentials(staff.account_id, totp_secret=secret)
    return secret


def enrolment_address(staff: Staff, secret: str) -> str:
    """The otpauth:// address that the app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.login, issuer_name=_ISSUER)


def pass_second_step(database: Database, staff: Staff, code: str) -> SignedIn:
    """Check the code, the first one included, and replace the half-open session by a whole one.

    Raises Forbidden for a wrong or used code, Conflict when no code is due.
    """
    if staff.step not in (Step.ENROL, Step.SECOND_FACTOR):
        raise Conflict("现在不需要动态口令")
    token = None
    with database.writing(staff.login) as session:
        accounts = AccountRepository(session)
        account, kept = accounts.get(staff.account_id), accounts.credentials(staff.account_id)
        now = session.now()
        locked = kept.locked_until is not None and now < kept.locked_until
        used = None if locked else _step_of_code(kept.totp_secret, code, now.timestamp(), kept.totp_last_step)
        if used is not None:
            accounts.set_credentials(account.id, totp_last_step=used, failures=0)
            SessionRepository(session).end(staff.session_id)
            token = start_session(session, account, verified=True)
            AuditRepository(session).append(
                action="second_factor", entity="account", entity_id=str(account.id), reason="动态口令通过"
            )
            session.refresh(kept)
    if token is None:
        count_failure(database, staff.account_id)
        raise Forbidden(WRONG_CODE)
    return SignedIn(token, staff.role, step_of(account, kept, verified=True))


def _step_of_code(secret: str | None, code: str, seconds: float, last: int | None) -> int | None:
    """The time step that the code belongs to, when it is right and later than `last`."""
    if secret is None:
        return None
    digits, now = "".join(code.split()), int(seconds) // STEP_S
    app = pyotp.TOTP(secret)
    fitting = [
        now + drift
        for drift in _DRIFT
        if hmac.compare_digest(app.at((now + drift) * STEP_S).encode(), digits.encode("utf-8", "replace"))
    ]
    return next((step for step in fitting if last is None or step > last), None)
