"""Employers to give a booth, and why postings of a booth are not shown (选展位单位).

Names of employers are public; a posting that may not be shown is told by its reason alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from matcher.services.output_gate import refusals
from matcher.store.repositories.events import EventRepository
from matcher.store.session import StoreSession
from matcher.store.tables.employers import EmployerRow
from matcher.store.tables.postings import PostingRow

MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class EmployerChoice:
    """An employer found by name. postings: all it has, whatever their state."""

    employer_id: str
    name: str
    postings: int


def employers_called(session: StoreSession, words: str) -> tuple[EmployerChoice, ...]:
    """Employers whose name holds the words, those with most postings first; nothing for no words."""
    if not words.strip():
        return ()
    row, count = EmployerRow, func.count(PostingRow.posting_id)
    query = (
        select(row.employer_id, row.name, count)
        .outerjoin(PostingRow, PostingRow.employer_id == row.employer_id)
        .where(row.name.contains(words.strip(), autoescape=True))
        .group_by(row.employer_id, row.name)
        .order_by(count.desc(), row.employer_id)
        .limit(MOST_FOUND)
    )
    return tuple(EmployerChoice(*found) for found in session.execute(query))


def hidden_because(session: StoreSession, event_id: int) -> dict[int, tuple[tuple[str, int], ...]]:
    """Booth → (why postings put up there may not be shown now, how many); booths without any are absent."""
    found = {}
    for booth_id, ids in EventRepository(session).shown(event_id).items():
        why = Counter(line.text for line in refusals(session, ids).values())
        if why:
            found[booth_id] = tuple(why.most_common())
    return found
