"""The timetable of a fair: who meets whom and when, written with its proof (排定洽谈).

INVARIANTS
- Worked out before the transaction; written only if the fair is still as it was read.
- Only people with a live consent and postings that may be shown are planned.
- A new plan keeps what it can of the one before; the organisers' decisions stand above every score.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from matcher.allocation.fairs.meetings import choose_meetings
from matcher.allocation.fairs.problem import FairProblem
from matcher.allocation.fairs.timetable import Timetable, timetable
from matcher.domain.event_terms import EventState, OverrideKind
from matcher.domain.match import Line
from matcher.domain.population import PopulationQuery
from matcher.domain.posting import Posting
from matcher.domain.record_terms import ShortlistState
from matcher.domain.service_terms import ConsentPurpose
from matcher.domain.worker import Worker
from matcher.errors import Conflict
from matcher.ranking.score import Scorer
from matcher.regions.pack import RegionPack
from matcher.services.fairs.pairing import BoothPairs, booth_pairs, ordered, told
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.repositories.events import OVER, EventRepository
from matcher.store.repositories.populations import PopulationRepository
from matcher.store.repositories.shortlists import ShortlistRepository
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import BoothRow

FRESH_SHARE = 0.3
"""Of a new employer's places, what it gets before better scores elsewhere: nobody knows yet how it hires."""

WAITING_SHARE, LEAST_WAITING = 0.2, 2
"""People planned beyond the capacity, who move up when somebody says no."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning found. gap: share of the best possible that may be missing at most, proven.

    changed: meetings that were not in the plan before, or at another time. problems: pins that could not be kept.
    """

    event_id: int
    people: int
    met: int
    meetings: int
    priority: int
    priority_met: int
    gap: float
    certified: bool
    changed: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Fair:
    """What was read of a fair. overrides: (worker, posting) → (kind, slot); before: (worker, posting) → slot."""

    version: int
    slots: int
    capacity: int | None
    people: list[Worker]
    priority: set[str]
    booths: list[BoothRow]
    shown: dict[int, list[str]]
    postings: dict[str, Posting]
    fresh: set[str]
    overrides: dict[tuple[str, str], tuple[OverrideKind, int | None]]
    before: dict[tuple[str, str], int] = field(default_factory=dict)


def plan_fair(
    database: Database,
    event_id: int,
    scorer: Scorer,
    pack: RegionPack,
    *,
    away: Mapping[str, Collection[int]] | None = None,
    actor: str,
) -> Planned:
    """Plan the fair, or plan it again. away: person → slots in which they cannot come, from 0.

    Raises Conflict when it has begun, has no booth with something to show or nobody to invite, or was changed
    meanwhile.
    """
    with database.reading() as session:
        fair, now = _read(session, event_id, pack), session.now()
    postings, booth_of = ordered(fair.postings, {row: fair.shown.get(one.id, []) for row, one in enumerate(fair.booths)})
    found = booth_pairs(fair.people, postings, booth_of, scorer, now)
    found = _with_pins(found, fair, postings)
    found = _within_capacity(fair, found, _problem(fair, found, postings, away or {}))
    problem = _problem(fair, found, postings, away or {})
    table = timetable(problem)
    rows = np.flatnonzero(table.slot >= 0)
    lines = told(found, rows, scorer)
    meetings = _rows(fair, found, postings, table, rows, lines)
    planned = _summary(event_id, fair, problem, table, meetings, postings, found)
    with database.writing(actor) as session:
        _write(session, event_id, fair, planned, meetings)
    return planned


def _read(session: StoreSession, event_id: int, pack: RegionPack) -> _Fair:
    repository = EventRepository(session)
    event = repository.get(event_id)
    if event.state is EventState.RUNNING or event.state in OVER:
        raise Conflict(f"“{event.name}”{event.state.label}，不能重排；当天用签到和现场安排")
    booths, shown = repository.booths(event_id), repository.shown(event_id)
    postings = cleared(session, [one for ids in shown.values() for one in ids])
    if not postings:
        raise Conflict("还没有展位，或展位上的岗位现在都不能展示；请先排展位、核实岗位")
    population = PopulationRepository(session)
    query = PopulationQuery.from_json(event.population or {})
    found = [worker_id for worker_id, _ in population.population(query).people]
    ids = sorted(WorkerRepository(session).active_ids(found, ConsentPurpose.CONTACT))
    if not ids:
        raise Conflict("没有可邀请的人：所选人群里没有同意匹配和联系的劳动者；请放宽范围或先征得同意")
    categories = population.categories(ids)
    known = repository.attended([one.employer_id for one in booths], event.starts_at)
    return _Fair(
        version=event.version,
        slots=event.slots or 0,
        capacity=event.capacity,
        people=list(WorkerRepository(session).get_many(ids).values()),
        priority={one for one in ids if pack.priority_of(categories.get(one, ())) > 1},
        booths=booths,
        shown=shown,
        postings=postings,
        fresh={one.employer_id for one in booths} - set(known),
        overrides={(o.worker_id, o.posting_id): (o.kind, o.slot) for o in repository.overrides(event_id)},
        before={
            (row.worker_id, row.posting_id): row.slot
            for row in ShortlistRepository(session).meetings(event_id)
            if row.slot is not None and row.state is ShortlistState.PLANNED
        },
    )


def _with_pins(found: BoothPairs, fair: _Fair, postings: list[Posting]) -> BoothPairs:
    """A pinned posting stands for its booth, whatever scores better there."""
    row_of = {one.posting_id: row for row, one in enumerate(postings)}
    booth_of = {one: booth for booth, ids in enumerate(fair.shown.get(one.id, []) for one in fair.booths) for one in ids}
    person_of = {one.worker_id: row for row, one in enumerate(fair.people)}
    posting = found.posting.copy()
    for (worker_id, posting_id), (kind, _) in fair.overrides.items():
        if kind is OverrideKind.PIN and posting_id in row_of and worker_id in person_of:
            own = (found.person == person_of[worker_id]) & (found.booth == booth_of[posting_id])
            posting[own] = row_of[posting_id]
    return BoothPairs(found.person, found.booth, posting, found.score, found.lined_up)


def _within_capacity(fair: _Fair, found: BoothPairs, problem: FairProblem) -> BoothPairs:
    """The pairs of those who can be invited and of a few who wait: whoever would stay at home takes no table.

    Chosen as if everybody met one employer, which spreads them over the booths; pins first, then priority.
    """
    if fair.capacity is None:
        return found
    most = fair.capacity + max(LEAST_WAITING, round(WAITING_SHARE * fair.capacity))
    one_each = choose_meetings(replace(problem, most=1)).chosen
    order = np.lexsort((-problem.score, ~one_each, ~problem.priority[problem.person], ~problem.pinned))
    in_order = dict.fromkeys(problem.person[order].tolist())
    kept = np.isin(found.person, list(in_order)[:most])
    return BoothPairs(
        found.person[kept], found.booth[kept], found.posting[kept], found.score[kept], found.lined_up.part(kept)
    )


def _problem(
    fair: _Fair, found: BoothPairs, postings: list[Posting], away: Mapping[str, Collection[int]]
) -> FairProblem:
    free = np.ones((len(fair.people), fair.slots), np.bool_)
    for row, person in enumerate(fair.people):
        free[row, [slot for slot in away.get(person.worker_id, ()) if 0 <= slot < fair.slots]] = False
    keys = _keys(fair, found, postings)
    decided = [fair.overrides.get(key, (None, None)) for key in keys]
    return FairProblem.of(
        found.person,
        found.booth,
        np.clip(found.score, 0, 1),
        tables=np.array([one.tables for one in fair.booths], np.int64),
        free=free,
        priority=np.array([one.worker_id in fair.priority for one in fair.people], np.bool_),
        fresh=np.array([one.employer_id in fair.fresh for one in fair.booths], np.bool_),
        fresh_share=FRESH_SHARE,
        pinned=np.array([kind is OverrideKind.PIN for kind, _ in decided], np.bool_),
        banned=np.array([kind is OverrideKind.BAN for kind, _ in decided], np.bool_),
        pinned_slot=np.array(
            [slot if kind is OverrideKind.PIN and slot is not None else -1 for kind, slot in decided], np.int64
        ),
        before=np.array([fair.before.get(key, -1) for key in keys], np.int64),
    )


def _keys(fair: _Fair, found: BoothPairs, postings: list[Posting]) -> list[tuple[str, str]]:
    return [
        (fair.people[person].worker_id, postings[posting].posting_id)
        for person, posting in zip(found.person.tolist(), found.posting.tolist(), strict=True)
    ]


def _rows(
    fair: _Fair,
    found: BoothPairs,
    postings: list[Posting],
    table: Timetable,
    rows: np.ndarray[Any, np.dtype[np.int64]],
    lines: list[tuple[tuple[Line, ...], tuple[Line, ...]]],
) -> list[dict[str, Any]]:
    """Columns of the shortlist; the rank is the person's place on the booth's list."""
    made = [
        {
            "worker_id": fair.people[found.person[row]].worker_id,
            "posting_id": postings[found.posting[row]].posting_id,
            "booth_id": fair.booths[found.booth[row]].id,
            "slot": int(table.slot[row]),
            "score": round(float(found.score[row]), 6),
            "reasons": [[line.code, line.text] for line in mine],
            "employer_reasons": [[line.code, line.text] for line in theirs],
            "state": ShortlistState.PLANNED,
        }
        for row, (mine, theirs) in zip(rows.tolist(), lines, strict=True)
    ]
    seen: dict[int, int] = {}
    for one in sorted(made, key=lambda one: (-one["score"], one["worker_id"])):
        one["rank"] = seen[one["booth_id"]] = seen.get(one["booth_id"], 0) + 1
    return made


def _summary(
    event_id: int,
    fair: _Fair,
    problem: FairProblem,
    table: Timetable,
    meetings: list[dict[str, Any]],
    postings: list[Posting],
    found: BoothPairs,
) -> Planned:
    met = {one["worker_id"] for one in meetings}
    now = {(one["worker_id"], one["posting_id"]): one["slot"] for one in meetings}
    pins = {key: slot for key, (kind, slot) in fair.overrides.items() if kind is OverrideKind.PIN}
    kept = {key for key, slot in pins.items() if key in now and slot in (None, now[key])}
    lost = [f"指定的 {key[0][:20]} 与 {key[1][:20]} 排不进：不符合条件、没有空位或时间不合" for key in sorted(set(pins) - kept)]
    return Planned(
        event_id,
        people=len(fair.people),
        met=len(met),
        meetings=len(meetings),
        priority=len(fair.priority),
        priority_met=len(fair.priority & met),
        gap=table.gap,
        certified=table.certified,
        changed=sum(fair.before.get(key) != slot for key, slot in now.items()),
        problems=tuple(lost),
    )


def _write(
    session: StoreSession, event_id: int, fair: _Fair, planned: Planned, meetings: list[dict[str, Any]]
) -> None:
    event = EventRepository(session).require_open(event_id)
    if event.version != fair.version:
        raise Conflict("排定的时候招聘会被改动了，请再排一次")
    live = cleared(session, [one["posting_id"] for one in meetings])
    people = WorkerRepository(session).get_many([one["worker_id"] for one in meetings])
    ShortlistRepository(session).replace(
        event_id, [one for one in meetings if one["posting_id"] in live and one["worker_id"] in people]
    )
    event.state = EventState.PLANNED
    event.certificate = {"gap": round(planned.gap, 6), "certified": planned.certified}
    event.figures = {
        "people": planned.people, "met": planned.met, "meetings": planned.meetings, "changed": planned.changed
    }
