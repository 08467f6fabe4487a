"""Who of a batch got enough postings, person by person, by town and by village (覆盖率报表)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from matcher.services.reports.report_people import PersonLabel, people_labels
from matcher.services.reports.report_workbook import Cell, Sheet, write_report
from matcher.store.database import Database
from matcher.store.repositories.push_batches import PushBatchRepository
from matcher.store.session import StoreSession
from matcher.store.tables.push_batches import PushBatchPersonRow, PushShortfallRow
from matcher.store.tables.pushes import PushRow

ENOUGH, SHORT, NONE = "达到", "不足", "没有"
_NAMES = (
    "乡镇",
    "村(社区)",
    "姓名",
    "编号",
    "应有",
    "计划",
    "送达计数",
    "情况",
    "发送进度",
    "原因",
    "下一步",
)
_NAME_WIDTHS = (14, 18, 10, 26, 6, 6, 10, 8, 12, 46, 14)
_PLACES = ("人数", ENOUGH, SHORT, NONE, "覆盖率")


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One person of a batch. floor: postings they should get; planned: those chosen; counted: delivered ones
    that count. why, action: of whoever is short, in words without any category."""

    label: PersonLabel
    worker_id: str
    floor: int
    planned: int
    counted: int
    progress: str
    why: str = ""
    action: str = ""

    @property
    def verdict(self) -> str:
        """达到, 不足 or 没有, by what counts."""
        if self.counted >= self.floor:
            return ENOUGH
        return SHORT if self.counted else NONE


@dataclass(frozen=True, slots=True)
class CoverageFiles:
    """What was written, the workbook first, and the totals in it."""

    files: tuple[Path, ...]
    people: int
    satisfied: int
    short: int


def coverage_rows(session: StoreSession, batch_id: int) -> list[CoverageRow]:
    """Everybody of a batch, by town, village and number. Raises NotFound for an unknown batch."""
    batch = PushBatchRepository(session).get(batch_id)
    person, push, short = PushBatchPersonRow, PushRow, PushShortfallRow
    people = list(session.scalars(select(person).where(person.batch_id == batch_id)))
    counted = select(push.worker_id, func.count()).where(
        push.batch_id == batch_id, push.counts_toward_quota.is_(True)
    )
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(push.worker_id))}
    missing = {row.worker_id: row for row in session.scalars(select(short).where(short.batch_id == batch_id))}
    labels = people_labels(session, (one.worker_id for one in people))
    rows = [
        _row(one, labels[one.worker_id], batch.min_per_person, counts.get(one.worker_id, 0), missing)
        for one in people
    ]
    return sorted(rows, key=lambda row: (row.label.town, row.label.village, row.worker_id))


def write_coverage_report(database: Database, batch_id: int, path: Path) -> CoverageFiles:
    """Write the report of a batch to an .xlsx (names masked). Raises NotFound for an unknown batch."""
    with database.reading() as session:
        rows = coverage_rows(session, batch_id)
    short = [row for row in rows if row.verdict != ENOUGH]
    by_town = [(row.label.town,) for row in rows]
    by_village = [(row.label.town, row.label.village) for row in rows]
    sheets = [
        Sheet("按乡镇", ("乡镇", *_PLACES), (20, 8, 8, 8, 8, 10), _by_place(rows, by_town)),
        Sheet("按村", ("乡镇", "村(社区)", *_PLACES), (20, 24, 8, 8, 8, 8, 10), _by_place(rows, by_village)),
        Sheet("缺口名单", _NAMES, _NAME_WIDTHS, [_cells(row) for row in short]),
        Sheet("全部名单", _NAMES, _NAME_WIDTHS, [_cells(row) for row in rows]),
    ]
    files = write_report(path, sheets)
    return CoverageFiles(tuple(files), len(rows), len(rows) - len(short), len(short))


def _row(
    person: PushBatchPersonRow,
    label: PersonLabel,
    floor: int,
    counted: int,
    missing: Mapping[str, PushShortfallRow],
) -> CoverageRow:
    short = missing.get(person.worker_id)
    return CoverageRow(
        label=label,
        worker_id=person.worker_id,
        floor=floor,
        planned=person.found,
        counted=counted,
        progress=person.progress.label,
        why=(short.text or short.cause or "") if short else "",
        action=short.action.label if short and short.action else "",
    )


def _cells(row: CoverageRow) -> tuple[Cell, ...]:
    label = row.label
    return (
        label.town, label.village, label.name, row.worker_id, row.floor, row.planned, row.counted,
        row.verdict, row.progress, row.why, row.action,
    )  # fmt: skip


def _by_place(rows: Sequence[CoverageRow], places: Sequence[tuple[str, ...]]) -> list[tuple[Cell, ...]]:
    """A line for each place, and one for all of them."""
    verdicts = Counter((place, row.verdict) for place, row in zip(places, rows, strict=True))
    width = len(places[0]) if places else 1
    lines = [
        (*place, *_counts([verdicts[place, one] for one in (ENOUGH, SHORT, NONE)]))
        for place in sorted(set(places))
    ]
    whole = Counter(row.verdict for row in rows)
    total = _counts([whole[one] for one in (ENOUGH, SHORT, NONE)])
    return [*lines, ("合计", *[""] * (width - 1), *total)]


def _counts(verdicts: Sequence[int]) -> tuple[Cell, ...]:
    people = sum(verdicts)
    return (people, *verdicts, f"{verdicts[0] / people:.1%}" if people else "—")
