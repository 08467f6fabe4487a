"""Who a batch is for, and who was left out and why (服务对象)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, exists, or_, select, type_coerce

from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import ConsentPurpose, PushState
from matcher.domain.worker_terms import CategoryState, JobStatus, WorkerCategory
from matcher.errors import InvalidInput, NotFound
from matcher.store.repositories.consents import consented
from matcher.store.session import StoreSession
from matcher.store.tables.base import SHORT_CHARS
from matcher.store.tables.people import HouseholdMemberRow, HouseholdRow
from matcher.store.tables.push_batches import PopulationQueryRow
from matcher.store.tables.pushes import PushRow
from matcher.store.tables.workers import WorkerCategoryRow, WorkerRow

WITHDRAWN = "已退出"
NO_CONSENT = "未同意匹配"
UNKNOWN_STATUS = "就业状况未登记"
PUSHED_LATELY = "近期已推送"
UNKNOWN_ID = "编号不存在"
OUTSIDE = "不在所选人群"
NOBODY = "没有符合条件的人"
_NOT_PUSHED = (PushState.VOID, PushState.FAILED, PushState.PENDING)
_KEYS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Population:
    """A frozen population. people: (worker id, region code), by id. excluded: reason → people of the group.

    Everybody in the group asked for is in one of the two, once.
    """

    people: tuple[tuple[str, str | None], ...]
    excluded: Mapping[str, int] = field(default_factory=dict)

    def sentence(self) -> str:
        """How many there are and who was left out, for a person: "共 40 人；未列入：12 人未同意匹配"."""
        counted = sorted(self.excluded.items(), key=lambda item: (-item[1], item[0]))
        left_out = "、".join(f"{count} 人{reason}" for reason, count in counted)
        found = f"共 {len(self.people)} 人" if self.people else NOBODY
        return f"{found}；未列入：{left_out}" if left_out else found


class PopulationRepository:
    """Runs and keeps population queries."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def population(self, query: PopulationQuery) -> Population:
        """Everybody the query means, now. Raises InvalidInput when the query itself is wrong."""
        query = query.checked()
        people: list[tuple[str, str | None]] = []
        excluded: Counter[str] = Counter()
        wanted = frozenset(query.worker_ids)
        met: set[str] = set()
        for worker_id, region, reason in self._judged(query):
            if wanted and worker_id not in wanted:
                continue
            met.add(worker_id)
            if reason is None:
                people.append((worker_id, region))
            else:
                excluded[reason] += 1
        known = self._known(wanted - met)
        excluded[OUTSIDE] += known
        excluded[UNKNOWN_ID] += len(wanted - met) - known
        return Population(tuple(people), {reason: count for reason, count in excluded.items() if count})

    def categories(self, worker_ids: Sequence[str]) -> dict[str, tuple[WorkerCategory, ...]]:
        """Approved categories (终审) of people; those without any are absent. For priorities, never for scores."""
        row = WorkerCategoryRow
        found: dict[str, tuple[WorkerCategory, ...]] = {}
        for part in _parts(worker_ids):
            query = select(row.worker_id, row.category).where(
                row.worker_id.in_(part), row.state == CategoryState.FINAL_REVIEW
            )
            for worker_id, category in self._session.execute(query.order_by(row.worker_id, row.id)):
                found[worker_id] = (*found.get(worker_id, ()), category)
        return found

    def save(self, name: str, query: PopulationQuery) -> None:
        """Keep a query under a name; an earlier one of that name is replaced."""
        clean = name.strip()
        if not clean or len(clean) > SHORT_CHARS:
            raise InvalidInput(f"查询名称应为 1 至 {SHORT_CHARS} 个字")
        row = self._named(clean)
        if row is None:
            row = PopulationQueryRow(name=clean)
            self._session.add(row)
        row.query = query.checked().to_json()
        self._session.flush()

    def load(self, name: str) -> PopulationQuery:
        """The query of that name. Raises NotFound."""
        row = self._named(name.strip())
        if row is None:
            known = "、".join(self.names()) or "还没有保存过"
            raise NotFound(f"没有名为“{name.strip()[:40]}”的查询；已有：{known}")
        return PopulationQuery.from_json(row.query)

    def names(self) -> list[str]:
        """Names of the saved queries."""
        return list(self._session.scalars(select(PopulationQueryRow.name).order_by(PopulationQueryRow.name)))

    def _named(self, name: str) -> PopulationQueryRow | None:
        return self._session.scalars(select(PopulationQueryRow).where(PopulationQueryRow.name == name)).first()

    def _judged(self, query: PopulationQuery) -> Iterator[tuple[str, str | None, str | None]]:
        """(id, region, reason against) of everybody in the group, by id."""
        found = self._session.execute(self._group(query).execution_options(yield_per=_KEYS_AT_ONCE))
        for worker_id, region, withdrawn_at, agreed, status, pushed in found:
            if withdrawn_at is not None:
                reason: str | None = WITHDRAWN
            elif not agreed:
                reason = NO_CONSENT
            elif not _status_fits(status, query):
                reason = UNKNOWN_STATUS if status is None else status.label
            else:
                reason = PUSHED_LATELY if pushed else None
            yield worker_id, region, reason

    def _group(self, query: PopulationQuery) -> Select[*tuple[Any, ...]]:
        since = self._session.now() - timedelta(days=query.not_pushed_days)
        pushed = exists().where(
            PushRow.worker_id == WorkerRow.worker_id,
            PushRow.sent_at >= since,
            PushRow.state.not_in(_NOT_PUSHED),
        )
        selected = select(
            WorkerRow.worker_id,
            WorkerRow.region_code,
            WorkerRow.withdrawn_at,
            consented(ConsentPurpose.MATCHING),
            WorkerRow.job_status,
            pushed if query.not_pushed_days else WorkerRow.worker_id.is_(None),
        )
        return selected.where(and_(True, *_who(query))).order_by(WorkerRow.worker_id)

    def _known(self, worker_ids: frozenset[str]) -> int:
        """How many of the ids belong to somebody."""
        row = WorkerRow.worker_id
        return sum(
            len(self._session.scalars(select(row).where(row.in_(part))).all())
            for part in _parts(sorted(worker_ids))
        )


def _who(query: PopulationQuery) -> Iterator[ColumnElement[bool]]:
    """What makes a person one of the group, whatever may speak against a push."""
    if query.categories:
        yield exists().where(
            WorkerCategoryRow.worker_id == WorkerRow.worker_id,
            WorkerCategoryRow.category.in_(query.categories),
            WorkerCategoryRow.state != CategoryState.CANCELLED,
        )
    if query.regions:
        code = type_coerce(WorkerRow.region_code, String)  # the beginning of a code is no code
        yield or_(*(code.startswith(region) for region in query.regions))
    if query.zero_employment:
        yield exists().where(
            HouseholdMemberRow.worker_id == WorkerRow.worker_id,
            HouseholdMemberRow.household_id == HouseholdRow.household_id,
            HouseholdRow.zero_employment.is_(True),
        )


def _status_fits(status: JobStatus | None, query: PopulationQuery) -> bool:
    if status is None:
        return query.unknown_status or not query.statuses
    return not query.statuses or status in query.statuses


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _KEYS_AT_ONCE):
        yield ids[start : start + _KEYS_AT_ONCE]
