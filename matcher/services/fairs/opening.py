"""Setting up a fair and its booths (筹备招聘会)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from matcher.domain.event_terms import EventState
from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import Campaign, EventType
from matcher.errors import Conflict, InvalidInput, NotFound
from matcher.services.output_gate import cleared
from matcher.store.database import Database
from matcher.store.repositories.events import NOT_FAIRS, EventRepository
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.events import EventRow

MOST_SLOTS, MOST_SLOT_MINUTES, MOST_TABLES = 96, 240, 50
ANYBODY = PopulationQuery(categories=(), unknown_status=True)


@dataclass(frozen=True, slots=True)
class FairDraft:
    """What an organiser says of a fair. capacity: people invited at most, None = as many as can meet somebody."""

    name: str
    starts_at: datetime
    slots: int
    slot_minutes: int = 10
    type: EventType = EventType.SPECIAL_FAIR
    place_name: str = ""
    campaign: Campaign | None = None
    capacity: int | None = None
    region_code: str | None = None
    lat: float | None = None
    lng: float | None = None
    theme_occupations: tuple[str, ...] = ()
    population: PopulationQuery = field(default=ANYBODY)


def create_fair(database: Database, draft: FairDraft, *, actor: str) -> int:
    """The number of the new fair. Raises InvalidInput that names what cannot be."""
    now = database.clock.now()
    if not draft.name.strip():
        raise InvalidInput("招聘会要有名称")
    if draft.type in NOT_FAIRS:
        raise InvalidInput(f"“{draft.type.label}”没有展位，不在这里筹备")
    if draft.starts_at <= now:
        raise InvalidInput("招聘会的时间已经过去，请填以后的日期和时间")
    if not 1 <= draft.slots <= MOST_SLOTS:
        raise InvalidInput(f"时段数须在 1 到 {MOST_SLOTS} 之间，收到 {draft.slots}")
    if not 1 <= draft.slot_minutes <= MOST_SLOT_MINUTES:
        raise InvalidInput(f"每个时段须在 1 到 {MOST_SLOT_MINUTES} 分钟之间，收到 {draft.slot_minutes}")
    if draft.capacity is not None and draft.capacity < 1:
        raise InvalidInput(f"容纳人数至少 1 人，收到 {draft.capacity}")
    row = EventRow(
        name=draft.name.strip(),
        type=draft.type,
        campaign=draft.campaign,
        starts_at=draft.starts_at,
        ends_at=draft.starts_at + timedelta(minutes=draft.slots * draft.slot_minutes),
        place_name=draft.place_name.strip() or None,
        lat=draft.lat,
        lng=draft.lng,
        capacity=draft.capacity,
        state=EventState.DRAFT,
        slots=draft.slots,
        slot_minutes=draft.slot_minutes,
        theme_occupations=list(draft.theme_occupations) or None,
        population=draft.population.checked().to_json(),
        region_code=draft.region_code,
    )
    with database.writing(actor) as session:
        return EventRepository(session).add(row).id


def add_booth(
    database: Database,
    event_id: int,
    *,
    booth_no: str,
    employer_id: str,
    posting_ids: Sequence[str] = (),
    tables: int = 1,
    actor: str,
) -> int:
    """The number of the new booth. posting_ids: what is shown there; none given = all that may be shown now.

    Raises Conflict for a booth or an employer taken twice, a fair that has begun, or an employer with nothing to
    show; NotFound for an unknown employer; InvalidInput for tables or a posting of somebody else.
    """
    if not 1 <= tables <= MOST_TABLES:
        raise InvalidInput(f"洽谈桌须在 1 到 {MOST_TABLES} 张之间，收到 {tables}")
    if not booth_no.strip():
        raise InvalidInput("请写展位号，如 A1")
    with database.writing(actor) as session:
        repository = EventRepository(session)
        event = repository.require_open(event_id)
        if event.state is EventState.RUNNING:
            raise Conflict("招聘会已经开始，不能再加展位")
        employer = session.get(EmployerRow, employer_id)
        if employer is None:
            raise NotFound("没有这家单位；请核对单位编号")
        own = repository.postings_of_employer(employer_id)
        foreign = sorted(set(posting_ids) - set(own))
        if foreign:
            raise InvalidInput(f"这些岗位不是这家单位的：{'、'.join(one[:40] for one in foreign[:3])}")
        live = cleared(session, list(posting_ids) or own)
        if not live:
            raise Conflict(f"{employer.name} 现在没有可以展示的岗位，先核实岗位再排展位")
        return repository.add_booth(event, booth_no.strip(), employer_id, list(live), tables).id


def cancel_fair(database: Database, event_id: int, *, actor: str) -> None:
    """The fair does not take place; what is queued for it goes to nobody. Raises Conflict when it is over."""
    with database.writing(actor) as session:
        EventRepository(session).require_open(event_id).state = EventState.CANCELLED
