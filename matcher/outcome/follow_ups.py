"""Whom a caseworker owes a contact, and why: one table of rules over the facts of a person (待办规则).

INVARIANTS
- A person stands in the queue once for each rule that holds for them, and for no other reason.
- A contact that reached nobody puts the item off to its next day; it never takes it away.
- Silence is not an answer: nothing here turns a person who was not reached into one who refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from matcher.clock import SHANGHAI, local_date
from matcher.domain.outcome_terms import OutcomeFact, QueueKind
from matcher.domain.service_terms import FollowUpKind, ServiceKind
from matcher.domain.worker_terms import JobStatus
from matcher.outcome.evidence import STAYS
from matcher.outcome.households import due_day
from matcher.regions.pack import RegionPack


@dataclass(frozen=True, slots=True)
class Placement:
    """Work a person took up. settled: stays about which something is known, whatever it is."""

    outcome_id: int
    started_on: date | None = None
    ended_on: date | None = None
    settled: frozenset[OutcomeFact] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """The last contact about one rule. next_at: when to try again; None = nothing left to do."""

    at: datetime
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the rules need to know of one person; None or empty = it never happened, or is not known.

    weight:      of the region pack's priority; above 1 = 重点帮扶. last_*: of each of the four lines of service.
    failed:      when pushes failed that nothing has reached the person for since.
    interested:  when they said that they want to go, for pushes with no outcome yet.
    missing:     postings still missing to the floor in the latest batch, found out at `missing_since`.
    family_since: since when their household is a 零就业家庭 and they are the one to help.
    scheduled:   the earliest contact that somebody fixed.
    """

    worker_id: str
    registered_at: datetime
    status: JobStatus | None = None
    weight: float = 1.0
    last_contact: datetime | None = None
    last_push: datetime | None = None
    last_guidance: datetime | None = None
    last_help: datetime | None = None
    last_handover: datetime | None = None
    failed: Sequence[datetime] = ()
    interested: Sequence[datetime] = ()
    placements: Sequence[Placement] = ()
    missing: int = 0
    missing_since: datetime | None = None
    family_since: datetime | None = None
    scheduled: datetime | None = None
    done: Mapping[QueueKind, Done] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a rule found. since: its event; shown_from: when it enters the queue; due_at: the last moment."""

    since: datetime
    shown_from: datetime
    due_at: datetime
    why: str


Finder = Callable[[PersonFacts, RegionPack, datetime], Owed | None]


@dataclass(frozen=True, slots=True)
class DueContact:
    """One line of the queue. priority: 1 is first."""

    worker_id: str
    kind: QueueKind
    due_at: datetime
    why: str
    priority: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to get in touch.

    follow_up, service: how the contact is recorded. once: a contact after the event settles it; otherwise
    only a change of the facts does.
    """

    kind: QueueKind
    follow_up: FollowUpKind
    service: ServiceKind | None
    once: bool
    owed: Finder


def due_contacts(facts: PersonFacts, pack: RegionPack, now: datetime) -> list[DueContact]:
    """What is owed to one person at `now`, the most pressing first."""
    found = []
    for priority, rule in enumerate(RULES, start=1):
        owed = rule.owed(facts, pack, now)
        due = None if owed is None else _put_off(owed, rule, facts.done.get(rule.kind))
        if due is not None and due.shown_from <= now:
            found.append(DueContact(facts.worker_id, rule.kind, due.due_at, due.why, priority))
    return found


def rule_of(kind: QueueKind) -> Rule:
    """The rule behind a line of the queue."""
    return _BY_KIND[kind]


def _put_off(owed: Owed, rule: Rule, done: Done | None) -> Owed | None:
    """What is left after the last contact about the rule: all, a later try, or nothing."""
    if done is None or done.at < owed.since:
        return owed
    if done.next_at is None:
        return None if rule.once else owed
    if done.next_at <= owed.shown_from:
        return owed
    return Owed(
        owed.since, done.next_at, max(owed.due_at, done.next_at), f"上次没办完，约好再联系：{owed.why}"
    )


def _scheduled(facts: PersonFacts, _pack: RegionPack, _now: datetime) -> Owed | None:
    at = facts.scheduled
    return None if at is None else Owed(at, at, at, f"约好 {_day(at)} 回访")


def _zero_family(facts: PersonFacts, pack: RegionPack, _now: datetime) -> Owed | None:
    since = facts.family_since
    if since is None:
        return None
    due = _start(due_day(since, pack.zero_family_sla_days))
    return Owed(since, since, due, f"零就业家庭，{_day(due)} 前至少帮一人就业")


def _interested(facts: PersonFacts, pack: RegionPack, _now: datetime) -> Owed | None:
    if not facts.interested:
        return None
    since = max(facts.interested)
    first = min(facts.interested)
    why = f"{_day(first)} 说想去，{len(facts.interested)} 个岗位等着联系"
    return Owed(since, first, first + timedelta(days=pack.interest_days), why)


def _undelivered(facts: PersonFacts, _pack: RegionPack, _now: datetime) -> Owed | None:
    if not facts.failed:
        return None
    first = min(facts.failed)
    return Owed(max(facts.failed), first, first, f"{len(facts.failed)} 条推送没有送到，请换个办法联系")


def _shortfall(facts: PersonFacts, _pack: RegionPack, _now: datetime) -> Owed | None:
    since = facts.missing_since
    if since is None or facts.missing < 1:
        return None
    return Owed(since, since, since, f"还差 {facts.missing} 个合适的岗位")


def _stay(fact: OutcomeFact, text: str) -> Finder:
    """The rule of one stay in post; once a longer one is reached, that one is asked about instead."""

    def owed(facts: PersonFacts, _pack: RegionPack, now: datetime) -> Owed | None:
        reached = [
            one.started_on + timedelta(days=STAYS[fact])
            for one in facts.placements
            if one.started_on is not None
            and one.ended_on is None
            and fact not in one.settled
            and _furthest_stay(one.started_on, local_date(now)) is fact
        ]
        if not reached:
            return None
        return Owed(
            _start(max(reached)),
            _start(min(reached)),
            _start(min(reached)),
            f"上岗满{text}，问一问还在不在岗",
        )

    return owed


def _furthest_stay(started_on: date, today: date) -> OutcomeFact | None:
    reached = [fact for fact, days in STAYS.items() if started_on + timedelta(days=days) <= today]
    return reached[-1] if reached else None


def _line(
    what: str,
    applies: Callable[[PersonFacts], bool],
    last: Callable[[PersonFacts], datetime | None],
    days: Callable[[RegionPack], int],
) -> Finder:
    """The rule of one line of service: so many days after the last time, or after registration."""

    def owed(facts: PersonFacts, pack: RegionPack, _now: datetime) -> Owed | None:
        if not applies(facts):
            return None
        before = last(facts)
        since = before or facts.registered_at
        due = since + timedelta(days=days(pack))
        ago = f"上次在 {_day(before)}" if before else "登记后还没有过"
        return Owed(since, due, due, f"{what}已超过 {days(pack)} 天（{ago}）")

    return owed


def _seeking(facts: PersonFacts) -> bool:
    return facts.status is JobStatus.SEEKING


def _needs_help(facts: PersonFacts) -> bool:
    return facts.status is JobStatus.OUT_OF_CONTACT or (_seeking(facts) and facts.weight > 1)


def _between_services(facts: PersonFacts) -> bool:
    if facts.status in {JobStatus.TRAINING, JobStatus.INTERNSHIP}:
        return True
    ended = bool(facts.placements) and all(one.ended_on is not None for one in facts.placements)
    return ended and facts.status in {JobStatus.SEEKING, None}


def _wish_unclear(facts: PersonFacts) -> bool:
    return facts.status in {JobStatus.NOT_SEEKING, None}


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


def _day(moment: datetime) -> str:
    day = local_date(moment)
    return f"{day.month}月{day.day}日"


K, FU, SK = QueueKind, FollowUpKind, ServiceKind
RULES: tuple[Rule, ...] = (
    Rule(K.SCHEDULED, FU.PUSH, None, True, _scheduled),
    Rule(K.ZERO_FAMILY, FU.ZERO_EMPLOYMENT_CHECK, None, False, _zero_family),
    Rule(K.INTERESTED, FU.PUSH, None, True, _interested),
    Rule(K.UNDELIVERED, FU.PUSH, None, True, _undelivered),
    Rule(K.SHORTFALL, FU.PUSH, None, True, _shortfall),
    Rule(K.DAY_7, FU.DAY_7, None, True, _stay(OutcomeFact.IN_POST_7D, "7天")),
    Rule(K.DAY_30, FU.DAY_30, None, True, _stay(OutcomeFact.IN_POST_30D, "30天")),
    Rule(K.MONTH_6, FU.MONTH_6, None, True, _stay(OutcomeFact.IN_POST_6M, "6个月")),
    Rule(
        K.LINE_PUSH, FU.LOST_CONTACT, SK.RECOMMENDATION, False,
        _line("岗位推送", _seeking, lambda f: f.last_push, lambda p: p.no_contact_days.push),
    ),
    Rule(
        K.LINE_GUIDANCE, FU.LOST_CONTACT, SK.GUIDANCE, False,
        _line("指导培训", _seeking, lambda f: f.last_guidance, lambda p: p.no_contact_days.guidance),
    ),
    Rule(
        K.LINE_HELP, FU.LOST_CONTACT, SK.GUIDANCE, False,
        _line("重点帮扶", _needs_help, lambda f: f.last_help, lambda p: p.no_contact_days.help),
    ),
    Rule(
        K.LINE_HANDOVER, FU.LOST_CONTACT, SK.REFERRAL, False,
        _line("接续服务", _between_services, lambda f: f.last_handover, lambda p: p.no_contact_days.handover),
    ),
    Rule(
        K.WILLINGNESS, FU.WILLINGNESS, None, False,
        _line("意愿回访", _wish_unclear, lambda f: f.last_contact, lambda p: p.willingness_days),
    ),
)  # fmt: skip
"""Every reason to get in touch, the most pressing first; the place in the table is the priority."""

_BY_KIND = {rule.kind: rule for rule in RULES}
