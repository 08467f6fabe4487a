"""Today's queue of one caseworker, by rule and not by name (今日待办)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from matcher.domain.labelled import Labelled
from matcher.domain.outcome_terms import QueueKind
from matcher.regions.pack import RegionPack
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.care.follow_up_queue import Page, QueueLine, queue
from matcher.store.repositories.service_records import Scope
from matcher.store.session import StoreSession
from matcher.store.tables.workers import WorkerRow

LINES_A_PAGE = 25


class Tab(Labelled):
    """A heap of the queue, as caseworkers call it (待办分类)."""

    ALL = "all", "全部"
    DUE = "due", "今天到期"
    ZERO_FAMILY = "zero_family", "零就业家庭"
    INTERESTED = "interested", "有意向待联系"
    UNDELIVERED = "undelivered", "推送未送达"
    SHORTFALL = "shortfall", "岗位不足"
    STAY = "stay", "在岗回访"
    BROKEN = "broken", "断线补联"


K = QueueKind
KINDS: Mapping[Tab, tuple[QueueKind, ...]] = {
    Tab.ALL: tuple(K),
    Tab.DUE: (K.SCHEDULED,),
    Tab.ZERO_FAMILY: (K.ZERO_FAMILY,),
    Tab.INTERESTED: (K.INTERESTED,),
    Tab.UNDELIVERED: (K.UNDELIVERED,),
    Tab.SHORTFALL: (K.SHORTFALL,),
    Tab.STAY: (K.DAY_7, K.DAY_30, K.MONTH_6),
    Tab.BROKEN: (K.LINE_PUSH, K.LINE_GUIDANCE, K.LINE_HELP, K.LINE_HANDOVER, K.WILLINGNESS),
}
"""Every kind of the queue stands under exactly one tab beside 全部."""


@dataclass(frozen=True, slots=True)
class Today:
    """A page of the queue. counts: of every tab. page: from 1."""

    lines: tuple[QueueLine, ...]
    counts: dict[Tab, int]
    tab: Tab
    page: int
    pages: int
    overdue: int


def today(session: StoreSession, pack: RegionPack, sight: Sight, tab: Tab = Tab.ALL, page: int = 1) -> Today:
    """Who of those in sight is owed a contact now. Raises InvalidInput for a page below 1."""
    chosen = Page(limit=LINES_A_PAGE, offset=(page - 1) * LINES_A_PAGE)
    found = queue(session, pack, session.now(), kinds=KINDS[tab], scope=in_sight(sight), page=chosen)
    counts = {one: sum(found.counts.get(kind, 0) for kind in KINDS[one]) for one in Tab}
    return Today(
        lines=found.lines,
        counts=counts,
        tab=tab,
        page=page,
        pages=max(1, -(-found.total // LINES_A_PAGE)),
        overdue=sum(line.overdue_days > 0 for line in found.lines),
    )


def in_sight(sight: Sight) -> Scope:
    """Selects the ids of the people a member of staff may see who have not withdrawn."""
    return select(WorkerRow.worker_id).where(WorkerRow.withdrawn_at.is_(None), visible_workers(sight))
