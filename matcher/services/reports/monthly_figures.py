"""The figures of a month, each with the rows it counts (月报数据).

INVARIANT: a figure's total is the number of its rows; there is no other way to get one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from matcher.clock import SHANGHAI, local_date
from matcher.domain.event_terms import EventState
from matcher.domain.masking import mask_id_number
from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.service_terms import PushState
from matcher.errors import InvalidInput
from matcher.outcome.evidence import Claim, first_told
from matcher.regions.pack import RegionPack
from matcher.services.reports.report_people import PersonLabel, people_labels
from matcher.services.reports.report_workbook import Cell
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.repositories.outcomes import OutcomeRepository
from matcher.store.repositories.service_records import ServiceRecordRepository
from matcher.store.session import StoreSession
from matcher.store.tables.events import EventRow
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchRow, PushShortfallRow
from matcher.store.tables.pushes import PushRow

EARLIEST_YEAR = 2000
PROGRESS, EFFECT, PROBLEM = "工作进展", "政策成效", "困难问题"
F = OutcomeFact
Rows = list[tuple[Cell, ...]]
_PERSON = ("乡镇", "村(社区)", "姓名")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of the office. start, end: its bounds in UTC, end not included."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str, today: date) -> Month:
        """2026-03. Raises InvalidInput for anything else and for a month that has not begun."""
        try:
            day = datetime.strptime(text.strip(), "%Y-%m").date()
        except ValueError:
            raise InvalidInput(f"月份应写成 2026-03，收到“{text[:20]}”") from None
        if day.year < EARLIEST_YEAR:
            raise InvalidInput(f"月报最早到 {EARLIEST_YEAR} 年，收到“{text[:20]}”")
        if (day.year, day.month) > (today.year, today.month):
            raise InvalidInput(f"{day.year}年{day.month}月还没有到，不能出月报")
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def after(self) -> date:
        """First day of the next month."""
        return date(self.year + self.month // 12, self.month % 12 + 1, 1)

    @property
    def start(self) -> datetime:
        return _moment(self.first)

    @property
    def end(self) -> datetime:
        return _moment(self.after)

    @property
    def label(self) -> str:
        """2026年3月."""
        return f"{self.year}年{self.month}月"

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in the month; an unknown day lies in none."""
        return day is not None and self.first <= day < self.after


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report and the rows behind it. group: under which heading it belongs."""

    group: str
    label: str
    unit: str
    headers: tuple[str, ...]
    rows: Rows

    @property
    def total(self) -> int:
        """Number of its rows."""
        return len(self.rows)


def month_figures(session: StoreSession, pack: RegionPack, month: Month) -> list[Figure]:
    """Every figure of the month, in the order of the report."""
    return [
        *_pushed(session, pack, month),
        _contacts(session, month),
        _services(session, month),
        _events(session, pack, month),
        *_outcomes(session, month),
        *_households(session, month),
        _short(session, month),
        _undelivered(session, month),
    ]


def _pushed(session: StoreSession, pack: RegionPack, month: Month) -> Iterator[Figure]:
    query = (
        select(
            PushRow.worker_id,
            PushRow.delivered_at,
            PushRow.channel,
            PostingRow.title,
            PostingRow.employer_name,
        )
        .join(PostingRow, PostingRow.posting_id == PushRow.posting_id)
        .where(
            PushRow.counts_toward_quota.is_(True),
            PushRow.delivered_at >= month.start,
            PushRow.delivered_at < month.end,
        )
        .order_by(PushRow.id)
    )
    found = list(session.execute(query))
    who = people_labels(session, (one[0] for one in found))
    pushes: Rows = [
        (*_cells(who[worker]), title, employer, _day(at), channel.label)
        for worker, at, channel, title, employer in found
    ]
    counts: dict[str, int] = {}
    for worker, *_ in found:
        counts[worker] = counts.get(worker, 0) + 1
    people: Rows = [(*_cells(who[worker]), count) for worker, count in counts.items()]
    enough = [row for row, count in zip(people, counts.values(), strict=True) if count >= pack.floor]
    of_person = (*_PERSON, "送达岗位数")
    yield Figure(PROGRESS, "收到岗位推送的人数", "人", of_person, people)
    yield Figure(PROGRESS, f"收到{pack.floor}个以上岗位的人数", "人", of_person, enough)
    yield Figure(PROGRESS, "送达岗位信息", "条", (*_PERSON, "岗位", "用人单位", "送达日期", "渠道"), pushes)


def _contacts(session: StoreSession, month: Month) -> Figure:
    found = list(FollowUpRepository(session).done_between(month.start, month.end))
    who = people_labels(session, (row.worker_id for row in found))
    rows: Rows = [
        (*_cells(who[row.worker_id]), row.kind.label, row.mode.label if row.mode else "", _day(row.done_at))
        for row in found
    ]
    return Figure(PROGRESS, "回访联系", "次", (*_PERSON, "类型", "方式", "日期"), rows)


def _services(session: StoreSession, month: Month) -> Figure:
    found = list(ServiceRecordRepository(session).between(month.start, month.end))
    who = people_labels(session, (row.worker_id for row in found))
    rows: Rows = [(*_cells(who[row.worker_id]), row.kind.label, _day(row.given_at)) for row in found]
    return Figure(PROGRESS, "就业帮扶服务", "次", (*_PERSON, "服务", "日期"), rows)


def _events(session: StoreSession, pack: RegionPack, month: Month) -> Figure:
    query = select(EventRow).where(
        EventRow.starts_at >= _moment(date(month.year, 1, 1)),
        EventRow.starts_at < min(month.end, session.now()),
        EventRow.state != EventState.CANCELLED,
    )
    rows: Rows = [
        (row.name, row.type.label, row.place_name or "", _day(row.starts_at))
        for row in session.scalars(query.order_by(EventRow.starts_at, EventRow.id))
    ]
    target = f"（年目标{pack.events_per_year}场）" if pack.events_per_year else ""
    return Figure(PROGRESS, f"本年招聘活动{target}", "场", ("活动", "类型", "地点", "日期"), rows)


def _outcomes(session: StoreSession, month: Month) -> Iterator[Figure]:
    found = [
        (
            row,
            [
                Claim(one.fact, one.said, one.evidence, one.on_day or local_date(one.recorded_at))
                for one in claims
            ],
        )
        for row, claims in OutcomeRepository(session).all_with_claims()
    ]
    who = people_labels(session, (row.worker_id for row, _ in found))
    titles = _postings(session, [row.posting_id for row, _ in found])
    headers = (*_PERSON, "岗位", "用人单位", "日期", "佐证", "可信度")
    for fact, known in _KNOWN.items():
        rows: Rows = []
        for row, claims in found:
            day = first_told(claims, fact) if known(row) else None
            if month.holds(day):
                rows.append((*_cells(who[row.worker_id]), *titles[row.posting_id], str(day), *_proof(row)))
        yield Figure(EFFECT, _OUTCOME_LABELS[fact], "人次", headers, rows)


_KNOWN: dict[OutcomeFact, Callable[[OutcomeRow], object]] = {
    F.INTERVIEW: lambda row: row.interviewed_at,
    F.HIRED: lambda row: row.hired_at,
    F.STARTED: lambda row: row.started_on,
    F.IN_POST_7D: lambda row: row.in_post_7d,
    F.IN_POST_30D: lambda row: row.in_post_30d,
    F.IN_POST_6M: lambda row: row.in_post_6m,
}
"""Whether a fact is known to be so; what is only implied (hired, for somebody at work) is not counted."""

_OUTCOME_LABELS = {
    F.INTERVIEW: "面试",
    F.HIRED: "录用",
    F.STARTED: "上岗",
    F.IN_POST_7D: "在岗满7天",
    F.IN_POST_30D: "在岗满30天",
    F.IN_POST_6M: "在岗满6个月",
}


def _households(session: StoreSession, month: Month) -> Iterator[Figure]:
    terms = HouseholdRepository(session).terms()
    cleared: Rows = [
        (mask_id_number(term.household_no), _day(term.cleared_at))
        for term in terms
        if term.cleared_at is not None
        and not term.zero_employment
        and month.start <= term.cleared_at < month.end
    ]
    open_now: Rows = [
        (mask_id_number(term.household_no), _day(term.open_since), "是" if term.verified_at else "否")
        for term in terms
        if term.open_since is not None and term.open_since < month.end
    ]
    yield Figure(EFFECT, "零就业家庭清零", "户", ("户号", "清零日期"), cleared)
    yield Figure(PROBLEM, "尚未清零的零就业家庭（截至制表）", "户", ("户号", "认定日期", "已核实"), open_now)


def _short(session: StoreSession, month: Month) -> Figure:
    query = (
        select(PushShortfallRow, PushBatchRow.name)
        .join(PushBatchRow, PushBatchRow.id == PushShortfallRow.batch_id)
        .where(PushBatchRow.run_at >= month.start, PushBatchRow.run_at < month.end)
        .order_by(PushShortfallRow.id)
    )
    found = list(session.execute(query))
    who = people_labels(session, (row.worker_id for row, _ in found))
    rows: Rows = [
        (*_cells(who[row.worker_id]), batch, row.missing, row.text or row.cause or "",
         row.action.label if row.action else "")
        for row, batch in found
    ]  # fmt: skip
    return Figure(PROBLEM, "岗位不足的人次", "人次", (*_PERSON, "批次", "还差", "原因", "补足办法"), rows)


def _undelivered(session: StoreSession, month: Month) -> Figure:
    row = PushRow
    query = select(row.worker_id, row.failure, row.channel, row.updated_at).where(
        row.state == PushState.FAILED, row.updated_at >= month.start, row.updated_at < month.end
    )
    found = list(session.execute(query.order_by(row.id)))
    who = people_labels(session, (one[0] for one in found))
    rows: Rows = [
        (*_cells(who[worker]), channel.label, failure or "", _day(at))
        for worker, failure, channel, at in found
    ]
    return Figure(PROBLEM, "没有送到的推送", "条", (*_PERSON, "渠道", "原因", "日期"), rows)


def _postings(session: StoreSession, ids: list[str | None]) -> dict[str | None, tuple[str, str]]:
    """Posting → title and employer; two blanks where the posting is not known."""
    wanted = sorted({one for one in ids if one is not None})
    found: dict[str | None, tuple[str, str]] = dict.fromkeys(ids, ("", ""))
    for start in range(0, len(wanted), 1_000):
        query = select(PostingRow.posting_id, PostingRow.title, PostingRow.employer_name).where(
            PostingRow.posting_id.in_(wanted[start : start + 1_000])
        )
        found.update({one: (title, employer) for one, title, employer in session.execute(query)})
    return found


def _proof(row: OutcomeRow) -> tuple[Cell, Cell]:
    sides = "、".join(side.label for side in row.evidence or ())
    return sides, "" if row.confidence is None else f"{row.confidence:.0%}"


def _cells(label: PersonLabel) -> tuple[Cell, ...]:
    return label.town, label.village, label.name


def _day(moment: datetime | None) -> str:
    return "" if moment is None else local_date(moment).isoformat()


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)
