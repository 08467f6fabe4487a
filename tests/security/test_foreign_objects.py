"""A thing of somebody else inside a thing of one's own is a thing that does not exist, on every route of the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.accounts.access import ACCESS, PARAMETERS
from api.accounts.csrf import FIELD, token_for
from matcher.domain.event_terms import EventState
from matcher.domain.service_terms import EventType, Role
from matcher.services.demo.demo_accounts import OTHER_CASEWORKER
from matcher.services.desk.background import BackgroundJobs
from matcher.store.database import Database
from matcher.store.identity import PHONE
from matcher.store.repositories.accounts import AccountRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import BoothRow, EventConflictRow, EventRow
from matcher.store.tables.live import LiveLeadRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.records import AuditRow, ImportJobRow
from matcher.store.tables.workers import WorkerRow
from tests.unit.api.office_people import Office

NAMED = {name for names in PARAMETERS.values() for name in names}
OWNERLESS = {
    "figure": "name of a figure; its rows are narrowed by the sight",
    "number": "number of a heading of the report",
    "kind": "name of a sheet",
    "login": "administrators see every account",
    "token": "a signed link proves itself",
}
"""Parameters that say no thing of anybody."""

NO_SUCH = "987654321"
PHONE_LEFT = "15400000001"
FORM = {"reason": "skill", "state": "reached", "choice": "ours", "verdict": "hired", "whose": "own"}
"""Right for every form at once, so that nothing but the thing asked for can be wrong."""


@dataclass(frozen=True)
class Case:
    """Of a parameter: who asks, what is their own around it, and the thing of somebody else."""

    role: Role
    own: dict[str, str]
    foreign: str


Maker = Callable[[StoreSession, Office], Case]


def account(session: StoreSession, login: str) -> int:
    return AccountRepository(session).named(login).id


def person_of(session: StoreSession, login: str) -> str:
    query = select(WorkerRow.worker_id).where(WorkerRow.caseworker_id == account(session, login))
    return session.scalars(query.order_by(WorkerRow.worker_id)).first() or ""


def push_of_somebody(session: StoreSession, office: Office) -> Case:
    mine = person_of(session, office.of(Role.CASEWORKER).login)
    theirs = select(WorkerRow.worker_id).where(WorkerRow.caseworker_id == account(session, OTHER_CASEWORKER))
    push = session.scalars(select(PushRow.id).where(PushRow.worker_id.in_(theirs)).limit(1)).one()
    return Case(Role.CASEWORKER, {"worker_id": mine}, str(push))


def push_on_anothers_posting(session: StoreSession, office: Office) -> Case:
    employer = AccountRepository(session).named(office.of(Role.EMPLOYER).login).employer_id
    own = select(PostingRow.posting_id).where(PostingRow.employer_id == employer)
    push = session.scalars(select(PushRow.id).where(PushRow.posting_id.not_in(own))).first()
    return Case(Role.EMPLOYER, {"posting_id": session.scalars(own).first() or ""}, str(push))


def fair(session: StoreSession) -> EventRow:
    row = EventRow(
        name="样例专场", type=EventType.SPECIAL_FAIR, state=EventState.DRAFT,
        starts_at=session.now() + timedelta(days=3), slots=6, slot_minutes=10,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def booth_of_another_fair(session: StoreSession, office: Office) -> Case:
    mine, other = fair(session), fair(session)
    employer = session.scalars(select(PostingRow.employer_id).where(PostingRow.employer_id.is_not(None))).first()
    booth = BoothRow(event_id=other.id, booth_no="1", employer_id=employer)
    session.add(booth)
    session.flush()
    return Case(Role.ORGANISER, {"event_id": str(mine.id)}, str(booth.id))


def conflict_of_another_fair(session: StoreSession, office: Office) -> Case:
    mine, other = fair(session), fair(session)
    row = EventConflictRow(
        event_id=other.id, entity="checkin", entity_key="1", ours="{}", theirs="{}", found_at=session.now()
    )
    session.add(row)
    session.flush()
    return Case(Role.ORGANISER, {"event_id": str(mine.id)}, str(row.id))


def lead_of_a_colleague(session: StoreSession, office: Office) -> Case:
    event = EventRow(name="样例直播", type=EventType.LIVESTREAM, state=EventState.CLOSED, starts_at=session.now())
    session.add(event)
    session.flush()
    hashed = session.keyring.lookup_hash(PHONE, PHONE_LEFT)
    lead = LiveLeadRow(
        event_id=event.id, short_no=1, phone=PHONE_LEFT, phone_hash=hashed, asked_at=session.now(),
        handed_to=OTHER_CASEWORKER, call_due_at=session.now() + timedelta(minutes=5),
    )  # fmt: skip
    session.add(lead)
    session.flush()
    return Case(Role.CASEWORKER, {}, str(lead.id))


def import_of_a_colleague(session: StoreSession, office: Office) -> Case:
    return Case(Role.CASEWORKER, {}, str(session.scalars(select(ImportJobRow.id)).first()))


def job_of_a_colleague(session: StoreSession, office: Office) -> Case:
    office.app.state.desk_jobs = office.app.state.desk_jobs or BackgroundJobs()
    job = office.app.state.desk_jobs.start("样例任务", OTHER_CASEWORKER, lambda tell: "/desk")
    return Case(Role.CASEWORKER, {}, job.job_id)


MAKERS: dict[tuple[str, str], Maker] = {
    ("/desk/people/", "push_id"): push_of_somebody,
    ("/employer/postings/", "push_id"): push_on_anothers_posting,
    ("/fair/", "booth_id"): booth_of_another_fair,
    ("/fair/", "conflict_id"): conflict_of_another_fair,
    ("/desk/leads/", "lead_id"): lead_of_a_colleague,
    ("/desk/imports/", "job_id"): import_of_a_colleague,
    ("/desk/jobs/", "job_id"): job_of_a_colleague,
}
"""(beginning of the path, parameter) → a thing of somebody else. The parameters of `PARAMETERS` are checked before
every page, see `test_access_matrix`; these are checked by the page itself."""


def parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)", path)


INNER = sorted(
    (method, path, name)
    for method, path in ACCESS
    for name in parameters(path)
    if name not in NAMED | set(OWNERLESS)
)


def maker_of(path: str, name: str) -> Maker | None:
    found = [maker for (begin, which), maker in MAKERS.items() if path.startswith(begin) and which == name]
    return found[0] if found else None


def test_every_parameter_says_whose_it_is_or_why_it_is_nobodys() -> None:
    missing = [(method, path, name) for method, path, name in INNER if maker_of(path, name) is None]
    assert missing == [], "a new route: add a thing of somebody else to MAKERS, or a reason to OWNERLESS"
    used = {name for _, path in ACCESS for name in parameters(path)}
    assert set(OWNERLESS) - used <= {"token"}
    assert not [key for key in MAKERS if not any(p.startswith(key[0]) and key[1] in parameters(p) for _, p in ACCESS)]


@pytest.mark.parametrize(("method", "path", "name"), INNER)
def test_a_strangers_thing_inside_ones_own_does_not_exist(office: Office, method: str, path: str, name: str) -> None:
    maker = maker_of(path, name)
    assert maker is not None
    with office.database.writing("样例") as session:
        case = maker(session, office)
    browser = office.signed_in(case.role)
    form = FORM | {FIELD: token_for(office.cookies[office.of(case.role).login])}
    answers = []
    before = reveals(office.database)
    for inner in (case.foreign, NO_SUCH):
        address = path
        for key, value in (case.own | {name: inner}).items():
            address = address.replace("{" + key + "}", value)
        options = {"data": form} if method == "POST" else {}
        answers.append(browser.request(method, address, **options))
    theirs, nobodys = answers
    told = f"{case.role} {method} {path}: {theirs.status_code} {theirs.text[:200]}"
    assert theirs.status_code == 404, told
    assert nobodys.status_code == 404
    assert sentence(theirs.text, case.foreign) == sentence(nobodys.text, NO_SUCH)
    assert reveals(office.database) == before


def reveals(database: Database) -> int:
    with database.reading() as session:
        query = select(func.count()).select_from(AuditRow).where(AuditRow.action.startswith("reveal"))
        return session.scalar(query) or 0


def sentence(page: str, asked: str) -> str:
    """What a page says to its reader, whatever was asked for."""
    shown = re.search(r"<main.*</main>", page, re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", shown[0] if shown else page)
    return re.sub(rf"(?<!\w){re.escape(asked)}(?!\w)", "…", text)
