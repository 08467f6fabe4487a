"""One account for each role of the sample county, with random passwords that are shown once (样例账号)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyotp
from sqlalchemy import func, select

from matcher.domain.service_terms import Role
from matcher.services.accounts.caseload import give_caseload
from matcher.services.accounts.devices import pairing_code
from matcher.services.accounts.managing import create_account
from matcher.store.database import Database
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.workers import WorkerRow

ACTOR = "样例"
CASELOAD = 80
_NAMES = {
    Role.ADMIN: ("guanli", "样例管理员"),
    Role.CASEWORKER: ("bangfu", "样例帮扶干部"),
    Role.MANAGER: ("zhuren", "样例主任"),
    Role.ORGANISER: ("zhaopin", "样例组织员"),
    Role.HOST: ("zhubo", "样例主播"),
    Role.EMPLOYER: ("danwei", "样例单位"),
    Role.KIOSK_DEVICE: ("kiosk-1", "样例大厅自助机"),
}
OTHER_CASEWORKER = "bangfu2"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """How to sign in as one role. password: of a kiosk its pairing code. totp_secret: for the authenticator app."""

    role: Role
    login: str
    password: str = field(repr=False)
    totp_secret: str = field(default="", repr=False)


def demo_accounts(database: Database) -> list[DemoLogin]:
    """One account for each role and a second caseworker; the people are shared out between the two.

    The logins are returned to be shown once; nothing of them is written in clear.
    """
    made = [_login(database, role, *_NAMES[role]) for role in _NAMES]
    made.insert(2, _login(database, Role.CASEWORKER, OTHER_CASEWORKER, "样例帮扶干部二"))
    people = _people(database)
    half = len(people) // 2
    for login, ids in ((_NAMES[Role.CASEWORKER][0], people[:half]), (OTHER_CASEWORKER, people[half:])):
        give_caseload(database, login, ids, actor=ACTOR)
    return made


def _login(database: Database, role: Role, login: str, name: str) -> DemoLogin:
    employer_id = _busiest_employer(database) if role is Role.EMPLOYER else None
    account = create_account(
        database, login, role, actor=ACTOR, name=name, employer_id=employer_id, must_change=False
    )
    if role is Role.KIOSK_DEVICE:
        return DemoLogin(role, login, pairing_code(database, login, actor=ACTOR))
    secret = ""
    if role is Role.ADMIN:
        secret = pyotp.random_base32()
        with database.writing(ACTOR) as session:
            AccountRepository(session).set_credentials(
                account.account_id, totp_secret=secret, totp_last_step=0
            )
    return DemoLogin(role, login, account.password, secret)


def _people(database: Database) -> Sequence[str]:
    with database.reading() as session:
        query = select(WorkerRow.worker_id).where(WorkerRow.withdrawn_at.is_(None)).order_by(WorkerRow.worker_id)
        return session.scalars(query.limit(2 * CASELOAD)).all()


def _busiest_employer(database: Database) -> str | None:
    """The employer with most postings, so that its pages show something."""
    with database.reading() as session:
        query = (
            select(EmployerRow.employer_id)
            .outerjoin(PostingRow, PostingRow.employer_id == EmployerRow.employer_id)
            .group_by(EmployerRow.employer_id)
            .order_by(func.count(PostingRow.posting_id).desc(), EmployerRow.employer_id)
        )
        return session.scalars(query.limit(1)).first()
