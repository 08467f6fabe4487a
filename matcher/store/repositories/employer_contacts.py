"""How many more people an employer wants to hear from (单位接待上限)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from matcher.clock import SHANGHAI
from matcher.domain.record_terms import BatchState
from matcher.domain.service_terms import PushState
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.push_batches import PushBatchRow
from matcher.store.tables.pushes import PushRow

MONTH = timedelta(days=30)
_SENDING = (BatchState.APPROVED, BatchState.RUNNING)


class EmployerContactRepository:
    """Counts pushes against the limits that employers set."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def left(self, *, less_waiting: bool = False) -> dict[str, int]:
        """Employer → pushes it may still receive by its own limits a day and a month; others are absent.

        less_waiting: what approved batches are about to send is taken off too.
        """
        row, now = EmployerRow, self._session.now()
        query = select(row.employer_id, row.contacts_per_day, row.contacts_per_month).where(
            or_(row.contacts_per_day.is_not(None), row.contacts_per_month.is_not(None))
        )
        limits = self._session.execute(query).all()
        if not limits:
            return {}
        midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        today, month = self._sent_since(midnight), self._sent_since(now - MONTH)
        waiting = self._waiting() if less_waiting else {}
        left: dict[str, int] = {}
        for employer_id, day_limit, month_limit in limits:
            limits_left = [
                limit - used.get(employer_id, 0)
                for limit, used in ((day_limit, today), (month_limit, month))
                if limit is not None
            ]
            left[employer_id] = max(0, min(limits_left) - waiting.get(employer_id, 0))
        return left

    def _sent_since(self, since: datetime) -> dict[str, int]:
        return self._pushes(PushRow.sent_at >= since)

    def _waiting(self) -> dict[str, int]:
        sending = select(PushBatchRow.id).where(PushBatchRow.state.in_(_SENDING))
        return self._pushes(PushRow.state == PushState.PENDING, PushRow.batch_id.in_(sending))

    def _pushes(self, *conditions: ColumnElement[bool]) -> dict[str, int]:
        query = (
            select(PostingRow.employer_id, func.count())
            .join(PushRow, PushRow.posting_id == PostingRow.posting_id)
            .where(PostingRow.employer_id.is_not(None), *conditions)
            .group_by(PostingRow.employer_id)
        )
        return {employer: count for employer, count in self._session.execute(query) if employer is not None}
