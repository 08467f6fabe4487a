"""Who was told to come, who stands by, and what both sides say of it (到岗, 爽约).

worker_state is what the worker says or what is known of them, employer_state what the employer says. A worker who
was sent away says 爽约(企业); an employer in vain says 爽约(工人). Neither overwrites the other.
"""

from __future__ import annotations

from sqlalchemy import func, select

from matcher.domain.service_terms import ConfirmState
from matcher.errors import NotFound
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import ArrivalRow
from matcher.store.tables.postings import PostingRow

THERE = (ConfirmState.ARRIVED, ConfirmState.LATE)
STILL_COMING = (ConfirmState.ACCEPTED, ConfirmState.ON_THE_WAY, *THERE)


class ArrivalRepository:
    """Reads and writes arrivals of urgent requests."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session

    def add(self, request_id: int, posting_id: str, worker_id: str, *, reserve: bool) -> ArrivalRow:
        """A person who said yes; reserve: they stand by until they are told to come."""
        row = ArrivalRow(
            worker_id=worker_id,
            posting_id=posting_id,
            urgent_request_id=request_id,
            reserve=reserve,
            worker_state=ConfirmState.ACCEPTED,
            worker_said_at=self._session.now(),
        )
        self._session.add(row)
        self._session.flush()
        return row

    def of_request(self, request_id: int) -> list[ArrivalRow]:
        """In the order in which people said yes."""
        row = ArrivalRow
        query = select(row).where(row.urgent_request_id == request_id).order_by(row.id)
        return list(self._session.scalars(query.execution_options(populate_existing=True)))

    def get(self, request_id: int, worker_id: str) -> ArrivalRow:
        """One person's. Raises NotFound."""
        row = ArrivalRow
        query = select(row).where(row.urgent_request_id == request_id, row.worker_id == worker_id)
        found = self._session.scalars(query).first()
        if found is None:
            raise NotFound(f"这个人没有答应快招 {request_id}，无法登记到岗；请核对劳动者编号")
        return found

    def sent_away(self, employer_id: str) -> int:
        """How often the employer sent people away who had come, as the people say (爽约(企业))."""
        query = (
            select(func.count())
            .select_from(ArrivalRow)
            .join(PostingRow, PostingRow.posting_id == ArrivalRow.posting_id)
            .where(
                PostingRow.employer_id == employer_id,
                ArrivalRow.worker_state == ConfirmState.EMPLOYER_NO_SHOW,
            )
        )
        return self._session.scalar(query) or 0


def still_coming(row: ArrivalRow) -> bool:
    """Whether the person counts for a place: told to come, and nobody says that it came to nothing."""
    return (
        not row.reserve
        and row.worker_state in STILL_COMING
        and (row.employer_state is None or row.employer_state in STILL_COMING)
    )


def is_there(row: ArrivalRow) -> bool:
    """Whether the person has come."""
    return row.worker_state in THERE or row.employer_state in THERE


def came(row: ArrivalRow) -> bool | None:
    """Whether the person kept the promise; None while it is not known, or the two sides contradict each other."""
    sent_away = row.worker_state is ConfirmState.EMPLOYER_NO_SHOW
    missed = ConfirmState.WORKER_NO_SHOW in (row.worker_state, row.employer_state)
    if missed:
        return None if sent_away or row.worker_state in THERE else False
    return True if sent_away or is_there(row) else None
