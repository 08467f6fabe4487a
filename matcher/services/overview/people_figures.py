"""Who is willing, who got enough postings and why others did not (承诺兑现).

INVARIANTS
- Everybody who is willing either got enough postings or is short, once.
- Only pushes that were delivered while live and eligible count, each posting once.
- A category is told only of five people and more, never with a name, and the restricted ones never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    type_coerce,
)

from matcher.allocation.shortfall import Cause
from matcher.domain.record_terms import BatchState
from matcher.domain.service_terms import ConsentPurpose
from matcher.domain.worker_terms import RESTRICTED_CATEGORIES, CategoryState, JobStatus
from matcher.services.overview.figure import SMALLEST_GROUP, Asked, Figure
from matcher.services.overview.view import Dimension
from matcher.services.reports.report_people import people_labels, town_name
from matcher.services.reports.report_workbook import Cell
from matcher.store.column_types import inside_region
from matcher.store.repositories.consents import consented
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow, PushShortfallRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerCategoryRow, WorkerRow

TOWN_DIGITS = 9
UNDELIVERED, UNPLANNED = "undelivered", "unplanned"
CAUSE_LABELS = {one.value: one.label for one in Cause} | {
    UNDELIVERED: "已安排，还没送达够数",
    UNPLANNED: "本月没有列入推送批次",
    "": "原因未记录",
}
_PERSON = ("乡镇", "村(社区)", "姓名")
_HIDDEN = "（不足5人，不显示）"
D = Dimension


def town_of(column: Any) -> ColumnElement[Any]:
    """The first nine digits of a region code."""
    return func.substr(type_coerce(column, String), 1, TOWN_DIGITS)


def in_view(column: Any, asked: Asked) -> ColumnElement[bool]:
    """Condition that a region code lies in the region looked at; everything does in none."""
    return inside_region(type_coerce(column, String), asked.view.region) if asked.view.region else literal(True)


def willing(asked: Asked) -> ColumnElement[bool]:
    """Who looks for work and agreed to be matched; whose status nobody noted is not counted as willing."""
    row = WorkerRow
    return and_(
        row.withdrawn_at.is_(None),
        row.job_status == JobStatus.SEEKING,
        consented(ConsentPurpose.MATCHING),
        in_view(row.region_code, asked),
    )


def _people(asked: Asked) -> Select[*tuple[Any, ...]]:
    delivered = _delivered(asked)
    return (
        select(
            WorkerRow.worker_id,
            town_of(WorkerRow.region_code).label(D.TOWN.value),
            type_coerce(WorkerRow.region_code, String).label(D.VILLAGE.value),
            func.coalesce(delivered.c.postings, 0).label("postings"),
            type_coerce(WorkerRow.region_code, String).label("ordering"),
            WorkerRow.worker_id.label("ordering_id"),
        )
        .outerjoin(delivered, delivered.c.worker_id == WorkerRow.worker_id)
        .where(willing(asked))
    )


def _delivered(asked: Asked) -> Any:
    """Person → different postings delivered to them in the month that count."""
    row = PushRow
    return (
        select(row.worker_id, func.count(row.posting_id.distinct()).label("postings"))
        .where(
            row.counts_toward_quota.is_(True),
            row.delivered_at >= asked.view.month.start,
            row.delivered_at < asked.view.month.end,
        )
        .group_by(row.worker_id)
        .subquery()
    )


def _where(condition: Callable[[Any, int], ColumnElement[bool]]) -> Callable[[Asked], Select[*tuple[Any, ...]]]:
    def selection(asked: Asked) -> Select[*tuple[Any, ...]]:
        people = _people(asked).subquery()
        return select(people).where(condition(people.c.postings, asked.pack.floor))

    return selection


def _short(asked: Asked) -> Select[*tuple[Any, ...]]:
    """People below the floor with what the newest plan of the month says of them."""
    people = _people(asked).subquery()
    newest = _newest_shortfall(asked)
    planned = exists().where(
        PushBatchPersonRow.worker_id == people.c.worker_id, PushBatchPersonRow.batch_id.in_(_batches(asked))
    )
    cause = case(
        (newest.c.worker_id.is_not(None), func.coalesce(newest.c.cause, "")), (planned, UNDELIVERED), else_=UNPLANNED
    )
    return (
        select(people, cause.label(D.CAUSE.value), newest.c.text.label("why"), newest.c.action.label("action"))
        .outerjoin(newest, newest.c.worker_id == people.c.worker_id)
        .where(people.c.postings < asked.pack.floor)
    )


def _newest_shortfall(asked: Asked) -> Any:
    row = PushShortfallRow
    last = (
        select(func.max(row.id).label("id")).where(row.batch_id.in_(_batches(asked))).group_by(row.worker_id).subquery()
    )
    columns = (row.worker_id, row.cause, row.text, row.action)
    return select(*columns).where(row.id.in_(select(last.c.id))).subquery()


def _batches(asked: Asked) -> Select[*tuple[Any, ...]]:
    row, month = PushBatchRow, asked.view.month
    return select(row.id).where(
        row.run_at >= month.start, row.run_at < month.end, row.state != BatchState.CANCELLED
    )


def _grouped(asked: Asked) -> Select[*tuple[Any, ...]]:
    people, row = _people(asked).subquery(), WorkerCategoryRow
    approved = and_(row.worker_id == people.c.worker_id, row.state == CategoryState.FINAL_REVIEW)
    group = type_coerce(row.category, String).label(D.GROUP.value)
    return select(people, group).join(row, approved).where(row.category.not_in(RESTRICTED_CATEGORIES))


def _grouped_covered(asked: Asked) -> Select[*tuple[Any, ...]]:
    people = _grouped(asked).subquery()
    return select(people).where(people.c.postings >= asked.pack.floor)


def _named(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    who = people_labels(asked.session, (row.worker_id for row in rows))
    return [
        (who[row.worker_id].town, who[row.worker_id].village, who[row.worker_id].name, row.postings) for row in rows
    ]


def _named_short(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    return [
        (*cells, CAUSE_LABELS.get(row.cause, row.cause), row.why or "", row.action.label if row.action else "")
        for cells, row in zip(_named(asked, rows), rows, strict=True)
    ]


def _unnamed(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    """Nobody is named; the town is told only where five and more of the rows are of it."""
    towns = Counter(row.town for row in rows)
    floor = asked.pack.floor
    return [
        (
            town_name(row.village) if towns[row.town] >= SMALLEST_GROUP else _HIDDEN,
            row.postings,
            "达到" if row.postings >= floor else "不足" if row.postings else "没有",
        )
        for row in rows
    ]


_COUNTED = (*_PERSON, "本月送达岗位")
_PLACES = (D.TOWN, D.VILLAGE)
WILLING = Figure("willing", "有就业意愿的人", "人", _COUNTED, _where(lambda found, floor: literal(True)), _named, _PLACES)
COVERED = Figure("covered", "推送达标的人", "人", _COUNTED, _where(lambda found, floor: found >= floor), _named, _PLACES)
SHORT = Figure(
    "short", "推送没达标的人", "人", (*_COUNTED, "原因", "说明", "补足办法"), _short, _named_short, (*_PLACES, D.CAUSE)
)
WITHOUT = Figure("without", "一个岗位也没收到的人", "人", _COUNTED, _where(lambda found, floor: found == 0), _named, _PLACES)
_GROUP_HEADERS = ("乡镇", "本月送达岗位", "情况")
GROUP = Figure(
    "group", "各类帮扶对象", "人", _GROUP_HEADERS, _grouped, _unnamed, (*_PLACES, D.GROUP), sensitive=True
)
GROUP_COVERED = Figure(
    "group-covered", "推送达标的帮扶对象", "人", _GROUP_HEADERS, _grouped_covered, _unnamed, (*_PLACES, D.GROUP),
    sensitive=True,
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """People of one place: all who are willing, those with enough postings, those with none."""

    people: int = 0
    covered: int = 0
    without: int = 0


def tallies(asked: Asked, by: Dimension) -> dict[str, Tally]:
    """WILLING, COVERED and WITHOUT by place in one pass over the people; "" = place not known."""
    people = _people(asked).subquery()
    place = people.c[by.value]
    found: dict[str, Tally] = {}
    query = select(place, people.c.postings, func.count()).group_by(place, people.c.postings)
    for value, postings, count in asked.session.execute(query):
        tally = found.setdefault(str(value or ""), Tally())
        tally.people += count
        tally.covered += count if postings >= asked.pack.floor else 0
        tally.without += count if postings == 0 else 0
    return found


PEOPLE_FIGURES = (WILLING, COVERED, SHORT, WITHOUT, GROUP, GROUP_COVERED)
