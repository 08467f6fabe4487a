"""A conflict as people read it: who, and what each side wrote (冲突说明)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matcher.clock import SHANGHAI
from matcher.domain.event_terms import CheckinVia, OverrideKind
from matcher.domain.labelled import Labelled
from matcher.domain.record_terms import InviteReply, ShortlistState
from matcher.domain.service_terms import Channel, PushState, ResponseReason
from matcher.services.accounts.sight import Sight, visible_workers
from matcher.services.fairs.arriving import Candidate, candidate
from matcher.services.fairs.conflicts import ConflictView
from matcher.services.fairs.newcomers import PERSON
from matcher.store.repositories.workers import WorkerRepository
from matcher.store.session import StoreSession
from matcher.store.tables.workers import WorkerRow

KINDS = {"checkin": "签到", "invitee": "邀约", "meeting": "洽谈结果", "override": "人工调整"}
FIELDS = {
    "state": "结果", "mark_reason": "原因", "marked_at": "标记时间", "reply": "答复", "at": "时间", "via": "方式",
    "slot": "时段", "wave": "批次", "arrive_at": "到场时间", "spoken_no": "号码", "reason": "原因", "kind": "决定",
    "delivery": "送达", "channel": "方式", "walk_in": "现场来人",
}  # fmt: skip
_LABELS: dict[str, type[Labelled]] = {
    "state": ShortlistState, "mark_reason": ResponseReason, "reply": InviteReply, "via": CheckinVia,
    "kind": OverrideKind, "delivery": PushState, "channel": Channel,
}  # fmt: skip
NOT_HERE, EMPTY, UNKNOWN = "没有这条", "空", "办公室没有此人档案"


@dataclass(frozen=True, slots=True)
class ConflictWords:
    """lines: (what, the office's, the laptop's) of each thing that differs. people: whom somebody registered at the
    fair may be, those in sight; hidden: how many there are beside them.
    """

    conflict_id: int
    kind: str
    name: str
    lines: tuple[tuple[str, str, str], ...] = ()
    people: tuple[Candidate, ...] = ()
    hidden: int = 0


def told(session: StoreSession, found: ConflictView, sight: Sight) -> ConflictWords:
    """The conflict with the person's name masked."""
    if found.entity == PERSON:
        return _person(session, found, sight)
    worker_id = found.theirs.get("worker_id") or found.ours.get("worker_id") or ""
    known = bool(worker_id) and session.get(WorkerRow, worker_id) is not None
    name = WorkerRepository(session).masked_identity(worker_id).name if known else UNKNOWN
    lines = tuple(
        (label, _said(field, found.ours), _said(field, found.theirs))
        for field, label in FIELDS.items()
        if (field in found.ours or field in found.theirs) and found.ours.get(field) != found.theirs.get(field)
    )
    return ConflictWords(found.conflict_id, KINDS.get(found.entity, found.entity), name, lines)


def _person(session: StoreSession, found: ConflictView, sight: Sight) -> ConflictWords:
    row, it_may_be = WorkerRow, found.ours["people"]
    query = select(row.worker_id).where(row.worker_id.in_(it_may_be), visible_workers(sight))
    seen = session.scalars(query.order_by(row.worker_id)).all()
    people = tuple(candidate(session, found.event_id, one) for one in seen)
    who = "、".join(filter(None, (found.theirs["name"], found.theirs["phone"])))
    count = Counter(found.theirs["rows"])
    lines = tuple((KINDS[kind], NOT_HERE, f"{count[kind]} 条") for kind in KINDS if count[kind])
    return ConflictWords(found.conflict_id, "现场建档", who, lines, people, len(it_may_be) - len(seen))


def _said(field: str, side: dict[str, Any]) -> str:
    if not side:
        return NOT_HERE
    value = side.get(field)
    if value is None or value == "":
        return EMPTY
    if field in _LABELS:
        return _LABELS[field].read(str(value), field=field).label
    if field == "slot":
        return f"第 {value + 1} 个"
    if field in ("at", "marked_at", "arrive_at"):
        return f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%m-%d %H:%M}"
    return "是" if value is True else "否" if value is False else str(value)
