"""A caseworker's own word on a pair: this posting first for this person, or not at all (人工干预).

Overrides are acts in the audit log, so each has its author, moment and reason and cannot be changed unnoticed;
the latest act about a pair is the one that holds. The reason is one of a list: free words about a person belong
into their file, which is sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from matcher.domain.labelled import Labelled
from matcher.store.repositories.audit import AuditRepository
from matcher.store.session import StoreSession
from matcher.store.tables.records import AuditRow

_IDS_AT_ONCE = 500


class OverrideKind(Labelled):
    """What a caseworker decided about a pair (干预)."""

    PIN = "pin_posting", "置顶"
    BAN = "ban_posting", "不推"
    LIFTED = "lift_override", "取消"


class OverrideReason(Labelled):
    """Why (干预理由)."""

    SPOKEN = "spoken", "本人说过"
    KNOWS_PLACE = "knows_place", "了解这家单位"
    NOT_FEASIBLE = "not_feasible", "实际去不了"
    WORKED_THERE = "worked_there", "以前干过"
    BETTER_FIT = "better_fit", "更合适"
    OTHER = "other", "其他，见档案记录"


@dataclass(frozen=True, slots=True)
class Override:
    """What holds for one pair now."""

    worker_id: str
    posting_id: str
    kind: OverrideKind
    reason: str
    by: str
    at: datetime


class OverrideRepository:
    """Reads and writes overrides."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def set(self, worker_id: str, posting_id: str, kind: OverrideKind, reason: OverrideReason) -> None:
        """Write down what the session's actor decided about a pair."""
        AuditRepository(self._session).append(
            action=kind.value,
            entity="worker",
            entity_id=worker_id,
            reason=reason.label,
            details={"posting_id": posting_id, "reason": reason.value},
        )

    def of(self, worker_id: str) -> dict[str, Override]:
        """Posting → what holds for the person; postings without a word are absent."""
        return {posting: one for (_, posting), one in self._latest([worker_id], None).items()}

    def history(self, worker_id: str) -> list[Override]:
        """Every act about a person, oldest first."""
        return list(self._acts([worker_id], None))

    def banned_pairs(
        self, worker_ids: Sequence[str], *, until: datetime | None = None
    ) -> list[tuple[str, str]]:
        """(person, posting) that must not be pushed. until: as it was decided by then, None = now."""
        latest = self._latest(worker_ids, until)
        return sorted(pair for pair, one in latest.items() if one.kind is OverrideKind.BAN)

    def _latest(
        self, worker_ids: Sequence[str], until: datetime | None
    ) -> dict[tuple[str, str], Override]:
        found: dict[tuple[str, str], Override] = {}
        for act in self._acts(worker_ids, until):
            found[act.worker_id, act.posting_id] = act
        return {pair: one for pair, one in found.items() if one.kind is not OverrideKind.LIFTED}

    def _acts(self, worker_ids: Sequence[str], until: datetime | None) -> list[Override]:
        row = AuditRow
        acts: list[Override] = []
        for start in range(0, len(worker_ids), _IDS_AT_ONCE):
            part = list(worker_ids[start : start + _IDS_AT_ONCE])
            query = select(row).where(
                row.entity_id.in_(part),
                row.entity == "worker",
                row.action.in_([kind.value for kind in OverrideKind]),
            )
            if until is not None:
                query = query.where(row.at <= until)
            for act in self._session.scalars(query.order_by(row.seq)):
                kind = OverrideKind.read(act.action, field="action")
                posting_id = str((act.details or {}).get("posting_id", ""))
                acts.append(Override(act.entity_id, posting_id, kind, act.reason, act.actor, act.at))
        return acts
