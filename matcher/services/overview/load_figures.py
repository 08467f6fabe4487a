"""How pushes lie on postings and employers, and how evenly (推送分布与公平)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, func, or_, select

from matcher.allocation.fairness import TOP_SHARE
from matcher.services.overview.figure import SMALLEST_GROUP, Asked, Figure
from matcher.services.overview.people_figures import GROUP, GROUP_COVERED, in_view, town_of
from matcher.services.overview.view import Dimension
from matcher.services.reports.report_people import people_labels, town_name
from matcher.services.reports.report_workbook import Cell
from matcher.store.freshness import live_condition
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerRow

D = Dimension
Ints = NDArray[np.int64]


def _pushes(asked: Asked) -> Select[*tuple[Any, ...]]:
    push, month = PushRow, asked.view.month
    return (
        select(
            push.id.label("ordering"),
            push.worker_id,
            push.channel,
            push.posting_id.label(D.POSTING.value),
            PostingRow.employer_id.label(D.EMPLOYER.value),
            PostingRow.title,
            PostingRow.employer_name,
            town_of(WorkerRow.region_code).label(D.TOWN.value),
        )
        .join(PostingRow, PostingRow.posting_id == push.posting_id)
        .join(WorkerRow, WorkerRow.worker_id == push.worker_id)
        .where(
            push.counts_toward_quota.is_(True),
            push.delivered_at >= month.start,
            push.delivered_at < month.end,
            in_view(WorkerRow.region_code, asked),
        )
    )


def _loads(asked: Asked) -> Select[*tuple[Any, ...]]:
    """Postings that are open now or that people were sent to in the month; the most pushed first."""
    pushed = _pushes(asked).subquery()
    sent = select(pushed.c.posting, func.count().label("pushes")).group_by(pushed.c.posting).subquery()
    row = PostingRow
    pushes = func.coalesce(sent.c.pushes, 0)
    places = func.coalesce(row.headcount, asked.pack.unknown_headcount)
    return (
        select(
            row.posting_id.label(D.POSTING.value),
            row.employer_id.label(D.EMPLOYER.value),
            row.title,
            row.employer_name,
            row.region_code,
            town_of(row.region_code).label(D.TOWN.value),
            pushes.label("pushes"),
            places.label("places"),
            (-1.0 * pushes / places).label("ordering"),
            row.posting_id.label("ordering_id"),
        )
        .outerjoin(sent, sent.c.posting == row.posting_id)
        .where(or_(sent.c.pushes > 0, live_condition(asked.now) & in_view(row.region_code, asked)))
    )


def _show_pushes(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    who = people_labels(asked.session, (row.worker_id for row in rows))
    return [
        (who[row.worker_id].town, who[row.worker_id].name, row.title, row.employer_name, row.channel.label)
        for row in rows
    ]


def _show_loads(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    return [(row.title, row.employer_name, town_name(row.region_code), row.places, row.pushes) for row in rows]


PUSHES = Figure(
    "pushes", "送达并计数的推送", "条", ("乡镇", "姓名", "岗位", "用人单位", "渠道"), _pushes, _show_pushes,
    (D.POSTING, D.EMPLOYER, D.TOWN),
)  # fmt: skip
LOADS = Figure(
    "loads", "可推荐的岗位", "个", ("岗位", "用人单位", "工作地", "招聘人数", "本月送达"), _loads, _show_loads,
    (D.POSTING, D.EMPLOYER, D.TOWN),
)  # fmt: skip
LOAD_FIGURES = (PUSHES, LOADS)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group of five people and more. share: who got enough, of all of it."""

    code: str
    name: str
    people: int
    covered: int

    @property
    def share(self) -> float:
        return self.covered / self.people


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly the month's pushes lie over open places. gini: 0 = all alike, None without a push.

    top_share: share of all pushes on the most pushed hundredth of the places. groups: the worst served first.
    """

    postings: int
    pushes: int
    gini: float | None
    top_share: float | None
    groups: tuple[GroupLine, ...]

    @property
    def ratio(self) -> float | None:
        """Share of the worst served group over that of the best; None for fewer than two groups."""
        if len(self.groups) < 2 or not self.groups[-1].share:
            return None
        return self.groups[0].share / self.groups[-1].share


def evenness(asked: Asked, labels: dict[str, str]) -> Evenness:
    """The figures of fairness. labels: category code → its name."""
    loads = _loads(asked).subquery()
    found = [(int(a), int(b)) for a, b in asked.session.execute(select(loads.c.pushes, loads.c.places))]
    pushes, places = np.array([one[0] for one in found], np.int64), np.array([one[1] for one in found], np.int64)
    people, covered = GROUP.split(asked, D.GROUP), GROUP_COVERED.split(asked, D.GROUP)
    lines = [
        GroupLine(code, labels.get(code, code), count, covered.get(code, 0))
        for code, count in people.items()
        if count >= SMALLEST_GROUP
    ]
    return Evenness(
        postings=len(found),
        pushes=int(pushes.sum()),
        gini=gini(pushes, places),
        top_share=top_share(pushes, places),
        groups=tuple(sorted(lines, key=lambda one: (one.share, one.code))),
    )


def gini(pushes: Ints, places: Ints) -> float | None:
    """Gini coefficient of pushes per place; both (n,), places at least 1. None without a push."""
    if not pushes.sum():
        return None
    shares, sums = _lorenz(pushes, places)
    return 1 - 2 * float(np.trapezoid(sums, shares))


def top_share(pushes: Ints, places: Ints) -> float | None:
    """Share of the pushes on the most pushed hundredth of the places; None without a push."""
    if not pushes.sum():
        return None
    shares, sums = _lorenz(pushes, places)
    return 1 - float(np.interp(1 - TOP_SHARE, shares, sums))


def _lorenz(pushes: Ints, places: Ints) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Corners of the curve, least pushed places first: share of places, share of pushes."""
    order = np.argsort(pushes / places, kind="stable")
    return (
        np.r_[0.0, np.cumsum(places[order]) / places.sum()],
        np.r_[0.0, np.cumsum(pushes[order]) / pushes.sum()],
    )
