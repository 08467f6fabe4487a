"""How an employer has answered, hired and kept the people sent to it (用人单位答复与留用记录).

Counts are always told; a share only from five on, because two people say nothing about an employer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from matcher.domain.service_terms import Evidence, PushState
from matcher.store.repositories.outcomes import was_hired
from matcher.store.session import StoreSession
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.postings import PostingRow
from matcher.store.tables.pushes import PushEventRow, PushRow

FEWEST = 5
TOO_FEW = "样本太少"
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`. value: the share, None while `of` is below five."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        return self.count / self.of if self.of >= FEWEST else None

    @property
    def text(self) -> str:
        """60%（3/5）, or 样本太少（1/2）."""
        shown = TOO_FEW if self.value is None else f"{self.value:.0%}"
        return f"{shown}（{self.count}/{self.of}）"


@dataclass(frozen=True, slots=True)
class EmployerRecord:
    """One employer's record. referred: people who said to a push that they want to go.

    answered, hired: of those referred. stayed_7d: of the hired people about whom it is known.
    """

    employer_id: str
    referred: int
    answered: Share
    hired: Share
    stayed_7d: Share


class EmployerRecords:
    """The records of one run: each employer is counted once and kept for as long as the object lives."""

    def __init__(self, session: StoreSession) -> None:
        self._session = session
        self._known: dict[str, EmployerRecord] = {}

    def get(self, employer_id: str) -> EmployerRecord:
        """The record of one employer; all counts are 0 for one that nobody was sent to."""
        return self.get_many([employer_id])[employer_id]

    def get_many(self, employer_ids: Sequence[str]) -> dict[str, EmployerRecord]:
        """The records of several employers, in two queries for 500 of them."""
        missing = [one for one in dict.fromkeys(employer_ids) if one not in self._known]
        for start in range(0, len(missing), _KEYS_AT_ONCE):
            part = missing[start : start + _KEYS_AT_ONCE]
            self._known.update(_counted(self._session, part))
        return {one: self._known[one] for one in employer_ids}


def employer_record(session: StoreSession, employer_id: str) -> EmployerRecord:
    """The record of one employer; use `EmployerRecords` for more than one."""
    return EmployerRecords(session).get(employer_id)


def _counted(session: StoreSession, employer_ids: Sequence[str]) -> dict[str, EmployerRecord]:
    outcomes = _outcomes(session, employer_ids)
    answered_pushes = {
        row.push_id for _, row in outcomes if row.push_id is not None and Evidence.EMPLOYER in row.evidence
    }
    hired_pushes = {row.push_id for _, row in outcomes if row.push_id is not None and was_hired(row)}
    referred: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    hired: Counter[str] = Counter()
    for employer, push_id, employer_answered in _referrals(session, employer_ids):
        referred[employer] += 1
        answered[employer] += employer_answered or push_id in answered_pushes
        hired[employer] += push_id in hired_pushes
    stays = [(employer, row.in_post_7d) for employer, row in outcomes if row.in_post_7d is not None]
    known = Counter(employer for employer, _ in stays)
    stayed = Counter(employer for employer, stay in stays if stay)
    return {
        one: EmployerRecord(
            employer_id=one,
            referred=referred[one],
            answered=Share(answered[one], referred[one]),
            hired=Share(hired[one], referred[one]),
            stayed_7d=Share(stayed[one], known[one]),
        )
        for one in employer_ids
    }


def _referrals(session: StoreSession, employer_ids: Sequence[str]) -> list[tuple[str, int, bool]]:
    """(employer, push, whether the employer answered) of every push that its person ever wanted."""
    wanted = select(PushEventRow.push_id).where(PushEventRow.state == PushState.INTERESTED)
    query = (
        select(PostingRow.employer_id, PushRow.id, PushRow.employer_answered_at.is_not(None))
        .join(PostingRow, PostingRow.posting_id == PushRow.posting_id)
        .where(PostingRow.employer_id.in_(employer_ids), PushRow.id.in_(wanted))
    )
    return [(employer or "", push, bool(said)) for employer, push, said in session.execute(query)]


def _outcomes(session: StoreSession, employer_ids: Sequence[str]) -> list[tuple[str, OutcomeRow]]:
    query = (
        select(PostingRow.employer_id, OutcomeRow)
        .join(PostingRow, PostingRow.posting_id == OutcomeRow.posting_id)
        .where(PostingRow.employer_id.in_(employer_ids))
    )
    return [(employer or "", row) for employer, row in session.execute(query)]
