"""Open places and people who look for work, by group of occupations (供求). Both are of this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Row, Select, String, and_, func, select, type_coerce

from matcher.domain.posting import Posting
from matcher.lexicon.files import loaded
from matcher.lexicon.occupations import occupations
from matcher.services.output_gate import cleared
from matcher.services.overview.figure import Asked, Figure
from matcher.services.overview.people_figures import in_view, town_of, willing
from matcher.services.overview.view import Dimension
from matcher.services.reports.report_people import people_labels, town_name
from matcher.services.reports.report_workbook import Cell
from matcher.store.freshness import live_condition
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.workers import WorkerIntentRow, WorkerRow

MINOR_DIGITS = 7
ANY_TRADE = "未说明工种"
D = Dimension


def _openings(asked: Asked) -> Select[*tuple[Any, ...]]:
    row = PostingRow
    places = func.coalesce(row.headcount_left, row.headcount, asked.pack.unknown_headcount)
    return select(
        row.posting_id,
        row.region_code,
        places.label("weight"),
        func.substr(row.occupation_code, 1, MINOR_DIGITS).label(D.TRADE.value),
        town_of(row.region_code).label(D.TOWN.value),
        row.employer_id.label(D.EMPLOYER.value),
        row.posting_id.label("ordering"),
    ).where(live_condition(asked.now), in_view(row.region_code, asked))


def _seekers(asked: Asked) -> Select[*tuple[Any, ...]]:
    """Each person once, under the first occupation they named."""
    person, wish = WorkerRow, WorkerIntentRow
    first = type_coerce(wish.occupations, JSON)[(0, 0)].as_string()
    return (
        select(
            person.worker_id,
            func.substr(first, 1, MINOR_DIGITS).label(D.TRADE.value),
            town_of(person.region_code).label(D.TOWN.value),
            type_coerce(person.region_code, String).label("ordering"),
            person.worker_id.label("ordering_id"),
        )
        .outerjoin(wish, and_(wish.worker_id == person.worker_id, wish.seq == 0))
        .where(willing(asked))
    )


def _show_openings(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    live = cleared(asked.session, [row.posting_id for row in rows])
    return [_opening(live[row.posting_id], row) for row in rows]


def _opening(posting: Posting, row: Row[Any]) -> tuple[Cell, ...]:
    return (posting.title, posting.employer_name, town_name(row.region_code), trade_name(row.trade), row.weight)


def _show_seekers(asked: Asked, rows: Sequence[Row[Any]]) -> list[tuple[Cell, ...]]:
    who = people_labels(asked.session, (row.worker_id for row in rows))
    return [
        (who[row.worker_id].town, who[row.worker_id].village, who[row.worker_id].name, trade_name(row.trade))
        for row in rows
    ]


def trade_name(minor: str | None) -> str:
    """Name of a 小类 such as 6-29-01; its code where the lexicon has none."""
    return _trade_names().get(minor, minor) if minor else ANY_TRADE


@loaded
def _trade_names() -> dict[str, str]:
    table = occupations()
    return {code[:MINOR_DIGITS]: table.entry(code).minor for code in table.codes}


OPENINGS = Figure(
    "openings", "在招名额", "个", ("岗位", "用人单位", "工作地", "职业小类", "名额"), _openings, _show_openings,
    (D.TRADE, D.TOWN, D.EMPLOYER), weighted=True, monthly=False,
)  # fmt: skip
SEEKERS = Figure(
    "seekers", "求职的人", "人", ("乡镇", "村(社区)", "姓名", "想干的职业小类"), _seekers, _show_seekers,
    (D.TRADE, D.TOWN), monthly=False,
)  # fmt: skip
LABOUR_FIGURES = (OPENINGS, SEEKERS)


@dataclass(frozen=True, slots=True)
class TradeLine:
    """One group of occupations. ratio: openings for each person (求人倍率), None without anybody."""

    code: str
    name: str
    openings: int
    seekers: int

    @property
    def ratio(self) -> float | None:
        return self.openings / self.seekers if self.seekers else None


def trade_lines(asked: Asked) -> list[TradeLine]:
    """All groups, those with the most openings and people first; what names no trade comes last."""
    openings, seekers = OPENINGS.split(asked, D.TRADE), SEEKERS.split(asked, D.TRADE)
    lines = [
        TradeLine(code, trade_name(code), openings.get(code, 0), seekers.get(code, 0))
        for code in sorted(set(openings) | set(seekers))
    ]
    lines.sort(key=lambda one: (not one.code, -(one.openings + one.seekers), one.code))
    return lines
