"""A machine becomes a kiosk by a code that an administrator reads out to it (自助机配对)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from matcher.domain.service_terms import Role
from matcher.errors import Forbidden, InvalidInput
from matcher.services.accounts.sessions import start_session
from matcher.services.accounts.signing_in import SignedIn
from matcher.services.accounts.staff import Step
from matcher.store.database import Database
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.sessions import SessionRepository

CODE_DIGITS = 8
CODE_LASTS = timedelta(minutes=10)
_KIND = "kiosk-pairing"
_REFUSED = "配对码不对或已过期；请管理员重新生成"


def pairing_code(database: Database, login: str, *, actor: str) -> str:
    """A fresh code for a device account, valid ten minutes and once; only its keyed hash is kept.

    Raises NotFound, InvalidInput for an account that is no device.
    """
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    with database.writing(actor) as session:
        accounts = AccountRepository(session)
        account = accounts.named(login)
        if account.role is not Role.KIOSK_DEVICE:
            raise InvalidInput("只有自助机账号用配对码")
        accounts.set_credentials(
            account.id,
            pairing_hash=session.keyring.lookup_hash(_KIND, code),
            pairing_until=session.now() + CODE_LASTS,
        )
        AuditRepository(session).append(
            action="pairing_code", entity="account", entity_id=str(account.id), reason="生成配对码"
        )
    return code


def pair_device(database: Database, code: str) -> SignedIn:
    """Turn the machine that typed the code into this kiosk; its earlier sessions end. Raises Forbidden."""
    digits = "".join(sign for sign in code if sign.isdigit())
    with database.writing() as session:
        accounts = AccountRepository(session)
        kept = accounts.paired_by(session.keyring.lookup_hash(_KIND, digits))
        if kept is None or kept.pairing_until is None or session.now() >= kept.pairing_until:
            raise Forbidden(_REFUSED)
        account = accounts.get(kept.account_id)
        if account.disabled_at is not None:
            raise Forbidden(_REFUSED)
        accounts.set_credentials(account.id, pairing_hash=None, pairing_until=None)
        SessionRepository(session).end_all(account.id)
        token = start_session(session, account, verified=True)
        AuditRepository(session).append(
            action="pair_device", entity="account", entity_id=str(account.id), reason="自助机配对"
        )
    return SignedIn(token, account.role, Step.DONE)
