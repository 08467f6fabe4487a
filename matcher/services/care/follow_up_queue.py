"""The caseworkers' queue: whom to contact today and why, and what a contact leaves behind (待办与回访登记)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from matcher.clock import local_date
from matcher.domain.outcome_terms import OutcomeFact, QueueKind
from matcher.domain.service_terms import FollowUpMode, ServiceKind
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.outcome.follow_ups import Done, DueContact, PersonFacts, Placement, due_contacts, rule_of
from matcher.regions.pack import RegionPack
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.repositories.care_facts import CareFactsRepository, PersonRow
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.outcomes import OutcomeRepository
from matcher.store.repositories.service_records import Scope, ServiceRecordRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.workers import WorkerRow

TRY_AGAIN = timedelta(days=1)
LONGEST_NOTE = 500
MOST_LINES = 1_000
_GUIDANCE = (ServiceKind.GUIDANCE, ServiceKind.TRAINING)
_HANDOVER = (
    ServiceKind.REFERRAL,
    ServiceKind.RECOMMENDATION,
    ServiceKind.TRAINING,
    ServiceKind.INTERNSHIP,
    ServiceKind.PUBLIC_WELFARE,
)
_STAYS = {
    OutcomeFact.IN_POST_7D: "in_post_7d",
    OutcomeFact.IN_POST_30D: "in_post_30d",
    OutcomeFact.IN_POST_6M: "in_post_6m",
}
_OF_A_STAY = frozenset({QueueKind.DAY_7, QueueKind.DAY_30, QueueKind.MONTH_6})


@dataclass(frozen=True, slots=True)
class Page:
    """Which lines of a list. limit: at most 1,000."""

    limit: int = 50
    offset: int = 0

    def checked(self) -> Page:
        """Itself; raises InvalidInput outside of the bounds."""
        if not 1 <= self.limit <= MOST_LINES or self.offset < 0:
            raise InvalidInput(f"每页 1 到 {MOST_LINES} 条，起点不能小于 0")
        return self


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One line of the queue, name and phone masked. overdue_days: whole days past `due_at`, 0 when not.

    may_call: the person agreed to calls and messages; otherwise only a visit or the window is left.
    """

    worker_id: str
    name: str
    phone: str
    region_code: str | None
    caseworker: str | None
    kind: QueueKind
    why: str
    due_at: datetime
    overdue_days: int
    may_call: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. total, counts: of the whole queue, not of the page."""

    lines: tuple[QueueLine, ...]
    total: int
    counts: dict[QueueKind, int]


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as a caseworker enters it.

    reached: False puts the line off and changes nothing else. result: what was said, sealed.
    service: what was given, when it is not what the line is about. next_at: when to get in touch again.
    """

    worker_id: str
    kind: QueueKind
    mode: FollowUpMode
    reached: bool
    result: str = ""
    service: ServiceKind | None = None
    next_at: datetime | None = None


def queue(
    session: StoreSession,
    pack: RegionPack,
    now: datetime,
    *,
    caseworker: str | None = None,
    region: str | None = None,
    kind: QueueKind | None = None,
    kinds: Collection[QueueKind] | None = None,
    scope: Scope | None = None,
    page: Page | None = None,
) -> QueuePage:
    """Who is owed a contact at `now`: by rule first, then by day, then by the weight of the person.

    caseworker: login, None = everybody's. region: leading digits of the region code. scope: whom it is about, in
    place of those two. kind, kinds: only these lines.
    """
    chosen = (page or Page()).checked()
    repository = CareFactsRepository(session)
    scope = repository.scope(caseworker=caseworker, region=region) if scope is None else scope
    people = {person.worker_id: person for person in repository.people(scope)}
    found: list[tuple[DueContact, float]] = []
    for facts in person_facts(session, pack, scope, list(people.values())):
        found += [(due, -facts.weight) for due in due_contacts(facts, pack, now)]
    counts = Counter(due.kind for due, _ in found)
    asked = QueueKind if kind is None and kinds is None else {kind, *(kinds or ())}
    wanted = [one for one in found if one[0].kind in asked]
    wanted.sort(key=lambda one: (one[0].priority, one[0].due_at, one[1], one[0].worker_id))
    shown = wanted[chosen.offset : chosen.offset + chosen.limit]
    lines = tuple(_line(session, people[due.worker_id], due, now) for due, _ in shown)
    return QueuePage(lines, len(wanted), {one: counts[one] for one in QueueKind if counts[one]})


def log_contact(
    database: Database, pack: RegionPack, contact: Contact, *, actor: str = SYSTEM_ACTOR
) -> datetime | None:
    """Write down a contact about one line of the queue, with the service given; returns when the next is due.

    Raises NotFound for an unknown person, Conflict when the line is not in the queue (any more), InvalidInput
    for a next day that has passed or a text that is too long.
    """
    with database.writing(actor) as session:
        return write_contact(session, pack, contact)


def write_contact(session: StoreSession, pack: RegionPack, contact: Contact) -> datetime | None:
    """As `log_contact`, inside a transaction of the caller."""
    _require_writable(contact, session.now())
    due = _still_due(session, pack, contact)
    next_at = contact.next_at or (None if contact.reached else session.now() + TRY_AGAIN)
    if contact.kind is QueueKind.SCHEDULED:
        _close_scheduled(session, contact, next_at)
    else:
        FollowUpRepository(session).note_done(
            contact.worker_id,
            contact.kind,
            rule_of(contact.kind).follow_up,
            contact.mode,
            due_at=due.due_at,
            result=contact.result or None,
            next_due_at=next_at,
            outcome_id=_placement_of(session, contact),
        )
    if contact.reached:
        session.get_one(WorkerRow, contact.worker_id).last_contact_at = session.now()
        service = contact.service or rule_of(contact.kind).service
        if service is not None:
            ServiceRecordRepository(session).add(contact.worker_id, service, note=contact.result or None)
    session.flush()
    return next_at


def person_facts(
    session: StoreSession, pack: RegionPack, scope: Scope, people: list[PersonRow]
) -> Iterator[PersonFacts]:
    """What the rules need to know of each of `people`, who are those of `scope`."""
    facts = CareFactsRepository(session)
    follow_ups = FollowUpRepository(session)
    categories, pushes, failed = facts.categories(scope), facts.last_pushes(scope), facts.failed(scope)
    interested, families = facts.interested(scope), facts.families(scope)
    shortfalls, services = facts.shortfalls(scope), ServiceRecordRepository(session).last_given(scope)
    scheduled, done = follow_ups.earliest_open(scope), follow_ups.last_done(scope)
    outcomes: dict[str, list[Placement]] = {}
    for row in OutcomeRepository(session).of_people(scope):
        outcomes.setdefault(row.worker_id, []).append(_placement(row))
    for person in people:
        one = person.worker_id
        given = services.get(one, {})
        missing, missing_since = shortfalls.get(one, (0, None))
        yield PersonFacts(
            worker_id=one,
            registered_at=person.registered_at,
            status=person.status,
            weight=pack.priority_of(categories.get(one, ())),
            last_contact=person.last_contact,
            last_push=_latest(pushes.get(one), given.get(ServiceKind.RECOMMENDATION)),
            last_guidance=_latest(*(given.get(kind) for kind in _GUIDANCE)),
            last_help=_latest(person.last_contact, *given.values()),
            last_handover=_latest(*(given.get(kind) for kind in _HANDOVER)),
            failed=failed.get(one, ()),
            interested=interested.get(one, ()),
            placements=outcomes.get(one, ()),
            missing=missing,
            missing_since=missing_since,
            family_since=families.get(one),
            scheduled=scheduled.get(one),
            done={kind: Done(last.done_at, last.next_due_at) for kind, last in done.get(one, {}).items()},
        )


def _placement(row: OutcomeRow) -> Placement:
    settled = frozenset(fact for fact, name in _STAYS.items() if getattr(row, name) is not None)
    return Placement(row.id, row.started_on, row.ended_on, settled)


def _latest(*moments: datetime | None) -> datetime | None:
    return max((one for one in moments if one is not None), default=None)


def _line(session: StoreSession, person: PersonRow, due: DueContact, now: datetime) -> QueueLine:
    who = WorkerRepository(session).masked_identity(person.worker_id)
    return QueueLine(
        worker_id=person.worker_id,
        name=who.name,
        phone=who.phones[0] if who.phones else "",
        region_code=person.region_code,
        caseworker=person.caseworker,
        kind=due.kind,
        why=due.why + _note(session, due),
        due_at=due.due_at,
        overdue_days=max((local_date(now) - local_date(due.due_at)).days, 0),
        may_call=person.may_call,
    )


def _note(session: StoreSession, due: DueContact) -> str:
    """Why a contact was fixed, in the words of whoever fixed it."""
    if due.kind is not QueueKind.SCHEDULED:
        return ""
    notes = [row.result for row in FollowUpRepository(session).open_of(due.worker_id) if row.result]
    return f"：{notes[0]}" if notes else ""


def _require_writable(contact: Contact, now: datetime) -> None:
    if len(contact.result) > LONGEST_NOTE:
        raise InvalidInput(f"通话记录最多 {LONGEST_NOTE} 个字，现在 {len(contact.result)} 个；请写短一些")
    if contact.next_at is not None and contact.next_at <= now:
        raise InvalidInput("下次联系时间要在现在之后；请重新选日期")


def _still_due(session: StoreSession, pack: RegionPack, contact: Contact) -> DueContact:
    session.get(WorkerRow, contact.worker_id, with_for_update=True)  # a second click waits for the first
    repository = CareFactsRepository(session)
    scope = repository.scope(caseworker=None, region=None, worker_id=contact.worker_id)
    people = repository.people(scope)
    if not people:
        raise NotFound(f"没有这个劳动者，或本人已退出：{contact.worker_id[:40]}")
    (facts,) = person_facts(session, pack, scope, people)
    owed = [due for due in due_contacts(facts, pack, session.now()) if due.kind is contact.kind]
    if not owed:
        raise Conflict(f"“{contact.kind.label}”不在这个人的待办里，可能已经办过；请刷新")
    return owed[0]


def _close_scheduled(session: StoreSession, contact: Contact, next_at: datetime | None) -> None:
    """The earliest fixed contact is made, or put off with its reason."""
    row = FollowUpRepository(session).open_of(contact.worker_id)[0]
    if not contact.reached and next_at is not None:
        row.due_at = next_at
        return
    row.done_at, row.done_by, row.mode = session.now(), session.actor, contact.mode
    row.result, row.next_due_at = contact.result or row.result, next_at
    if next_at is not None:
        FollowUpRepository(session).schedule(
            contact.worker_id, row.kind, next_at, note=contact.result, outcome_id=row.outcome_id
        )


def _placement_of(session: StoreSession, contact: Contact) -> int | None:
    """The placement that a question about a stay is about."""
    if contact.kind not in _OF_A_STAY:
        return None
    scope = CareFactsRepository(session).scope(caseworker=None, region=None, worker_id=contact.worker_id)
    current = [row.id for row in OutcomeRepository(session).of_people(scope) if row.ended_on is None]
    return current[-1] if current else None
