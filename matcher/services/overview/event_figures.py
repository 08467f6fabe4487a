"""Events of the year, urgent requests and answers of employers (活动, 快招, 企业答复)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, func, literal, or_, select, type_coerce

from matcher.clock import local_date
from matcher.domain.event_terms import EventState
from matcher.domain.service_terms import PushState
from matcher.services.care.employer_record import Share
from matcher.services.overview.figure import Asked, Figure
from matcher.services.overview.people_figures import in_view
from matcher.services.overview.view import Dimension
from matcher.services.reports.report_people import people_labels
from matcher.services.reports.report_workbook import Cell
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.events import EventRow
from matcher.store.tables.gigs import UrgentRequestRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushEventRow, PushRow
from matcher.store.tables.workers import WorkerRow

D = Dimension


def _events(asked: Asked) -> Select[*tuple[Any, ...]]:
    row = EventRow
    return select(
        row.name,
        row.type,
        row.place_name,
        row.starts_at.label("ordering"),
        row.id.label("ordering_id"),
        type_coerce(row.type, String).label(D.KIND.value),
    ).where(
        row.starts_at >= asked.view.year_start,
        row.starts_at < asked.until,
        row.state != EventState.CANCELLED,
        or_(row.region_code.is_(None), in_view(row.region_code, asked)),
    )


def _urgent(filled: bool) -> Callable[[Asked], Select[*tuple[Any, ...]]]:
    def selection(asked: Asked) -> Select[*tuple[Any, ...]]:
        row, month = UrgentRequestRow, asked.view.month
        return (
            select(
                row.created_at,
                row.need_by.label("ordering"),
                row.id.label("ordering_id"),
                row.needed,
                row.filled_at,
                PostingRow.title,
                PostingRow.employer_name,
            )
            .join(PostingRow, PostingRow.posting_id == row.posting_id)
            .where(
                row.need_by >= month.start,
                row.need_by < month.end,
                or_(row.region_code.is_(None), in_view(row.region_code, asked)),
                row.filled_at.is_not(None) if filled else literal(True),
            )
        )

    return selection


def _referrals(only: Callable[[], ColumnElement[bool]]) -> Callable[[Asked], Select[*tuple[Any, ...]]]:
    """Pushes whose person first said in the month that they want to go."""

    def selection(asked: Asked) -> Select[*tuple[Any, ...]]:
        event, push, month = PushEventRow, PushRow, asked.view.month
        first = (
            select(event.push_id, func.min(event.at).label("at"))
            .where(event.state == PushState.INTERESTED)
            .group_by(event.push_id)
            .subquery()
        )
        return (
            select(
                push.worker_id,
                first.c.at.label("ordering"),
                push.id.label("ordering_id"),
                push.employer_answered_at,
                PostingRow.title,
                PostingRow.employer_name,
                PostingRow.employer_id.label(D.EMPLOYER.value),
            )
            .join(first, first.c.push_id == push.id)
            .join(PostingRow, PostingRow.posting_id == push.posting_id)
            .join(WorkerRow, WorkerRow.worker_id == push.worker_id)
            .where(first.c.at >= month.start, first.c.at < month.end, in_view(WorkerRow.region_code, asked), only())
        )

    return selection


def _show_events(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    return [(row.name, row.type.label, row.place_name or "", str(local_date(row.ordering))) for row in rows]


def _show_urgent(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    return [
        (row.title, row.employer_name, str(local_date(row.ordering)), row.needed, _minutes(row)) for row in rows
    ]


def _minutes(row: Row[Any]) -> str:
    """How long filling took; an empty text while it is not full."""
    if row.filled_at is None:
        return "没招满"
    return f"{max(round((row.filled_at - row.created_at).total_seconds() / 60), 0)} 分钟招满"


def _show_referrals(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    who = people_labels(asked.session, (row.worker_id for row in rows))
    return [
        (
            who[row.worker_id].town,
            who[row.worker_id].name,
            row.title,
            row.employer_name,
            str(local_date(row.ordering)),
            str(local_date(row.employer_answered_at)) if row.employer_answered_at else "还没答复",
        )
        for row in rows
    ]


EVENTS = Figure("events", "本年招聘活动", "场", ("活动", "类型", "地点", "日期"), _events, _show_events, (D.KIND,))
_URGENT = ("岗位", "用人单位", "到岗日期", "要人", "结果")
URGENT = Figure("urgent", "即时快招", "次", _URGENT, _urgent(False), _show_urgent)
URGENT_FILLED = Figure("urgent-filled", "招满的即时快招", "次", _URGENT, _urgent(True), _show_urgent)
_REFERRED = ("乡镇", "姓名", "岗位", "用人单位", "本人答复", "单位答复")
REFERRED = Figure(
    "referred", "有意向的人次", "人次", _REFERRED, _referrals(lambda: literal(True)), _show_referrals, (D.EMPLOYER,)
)
ANSWERED = Figure(
    "answered", "单位答复了的人次", "人次", _REFERRED,
    _referrals(lambda: PushRow.employer_answered_at.is_not(None)), _show_referrals, (D.EMPLOYER,),
)  # fmt: skip
EVENT_FIGURES = (EVENTS, URGENT, URGENT_FILLED, REFERRED, ANSWERED)


@dataclass(frozen=True, slots=True)
class EmployerLine:
    """One employer's answers in the month, of the people who wanted to go there."""

    employer_id: str
    name: str
    answers: Share


def employer_lines(asked: Asked, *, most: int) -> list[EmployerLine]:
    """Employers who owe the most answers first."""
    referred, answered = REFERRED.split(asked, D.EMPLOYER), ANSWERED.split(asked, D.EMPLOYER)
    owing = sorted(referred, key=lambda one: (answered.get(one, 0) - referred[one], one))[:most]
    names = dict(
        asked.session.execute(
            select(EmployerRow.employer_id, EmployerRow.name).where(EmployerRow.employer_id.in_(owing))
        ).all()
    )
    return [
        EmployerLine(one, names.get(one, "（未写单位）"), Share(answered.get(one, 0), referred[one]))
        for one in owing
    ]
