"""Random histories of three urgent requests that share their people: whatever happens, the promises hold."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parents[2]))

from matcher.clock import FixedClock
from matcher.domain.event_terms import OfferAnswer
from matcher.domain.record_terms import UrgentState
from matcher.errors import MatcherError
from matcher.services.instant.answering import answer
from matcher.services.instant.arriving import Side, arrive, no_show
from matcher.services.instant.board import gig_board
from matcher.services.instant.calls import calls_to_make
from matcher.services.instant.closing import close_over, close_request
from matcher.services.output_gate import refusals
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.keyring import Keyring
from matcher.store.repositories.arrivals import still_coming
from matcher.store.repositories.urgent import UrgentRepository
from matcher.store.session import StoreSession
from matcher.store.tables.gigs import ArrivalRow, UrgentOfferRow, UrgentRequestRow
from matcher.store.tables.postings import PostingRow
from tests.instant_world import BY, OFFICE, ask, free_people, opened, worker_id

LONG = bool(os.environ.get("MATCHER_LONG_TESTS"))
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PEOPLE, REQUESTS = 9, 3
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("ask", "yes", "yes", "no", "came", "missing", "sent_away", "wait", "close", "over")),
        st.integers(1, REQUESTS),
        st.integers(0, PEOPLE - 1),
    ),
    min_size=5,
    max_size=25,
)


@lru_cache(maxsize=1)
def template() -> Path:
    """Three requests, two of them at the same time, and a handful of people."""
    home = Path(tempfile.mkdtemp(prefix="matcher-instant-"))
    database = Database.open(
        f"sqlite:///{home / 'matcher.db'}", Keyring.create(home / "keys.json"), clock=FixedClock(START)
    )
    schema.upgrade(database.engine)
    free_people(database, PEOPLE, hours=60)
    opened(database, needed=1)
    opened(database, needed=2)
    opened(
        database, needed=1, need_by=START + timedelta(hours=20), ends_at=START + timedelta(hours=26)
    )
    for request_id in (3, 1, 2):
        ask(database, request_id)
    database.close()
    return home


@settings(
    max_examples=400 if LONG else 15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(STEPS)
def test_promises_hold_whatever_happens(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, clock = Path(folder), FixedClock(START)
        for name in ("matcher.db", "keys.json"):
            shutil.copy2(template() / name, home / name)
        database = Database.open(
            f"sqlite:///{home / 'matcher.db'}", Keyring.load(home / "keys.json"), clock=clock
        )
        try:
            closed: dict[int, object] = {}
            for act, request_id, person in steps:
                with suppress(MatcherError):  # what is refused must change nothing, as the checks see
                    do(database, clock, act, request_id, worker_id(person))
                with database.reading() as session:
                    check(session, closed)
        finally:
            database.close()


def do(database: Database, clock: FixedClock, act: str, request_id: int, who: str) -> None:
    if act == "ask":
        ask(database, request_id)
    elif act in ("yes", "no"):
        answer(database, request_id, who, yes=act == "yes", office=OFFICE, actor=BY)
    elif act == "came":
        arrive(database, request_id, who, side=Side.EMPLOYER, office=OFFICE, actor=BY)
    elif act == "missing":
        no_show(database, request_id, who, side=Side.EMPLOYER, office=OFFICE, actor=BY)
    elif act == "sent_away":
        no_show(database, request_id, who, side=Side.WORKER, office=OFFICE, actor=BY)
    elif act == "wait":
        clock.at += timedelta(minutes=40)
    elif act == "close":
        close_request(database, request_id, office=OFFICE, actor=BY)
    else:
        close_over(database, actor=BY)


def check(session: StoreSession, closed: dict[int, object]) -> None:
    requests = session.scalars(select(UrgentRequestRow)).all()
    promises: dict[str, list[tuple[datetime, datetime]]] = {}
    for request in requests:
        offers = UrgentRepository(session).offers(request.id)
        arrivals = session.scalars(select(ArrivalRow).where(ArrivalRow.urgent_request_id == request.id)).all()
        waiting = [one for one in offers if one.answer is OfferAnswer.WAITING]
        if request.state is not UrgentState.OPEN:
            assert not waiting
            assert request.posting_id in refusals(session, [request.posting_id])
            assert calls_to_make(session, request.id, OFFICE) == []
        said_yes = {one.worker_id for one in offers if one.answer is OfferAnswer.YES}
        assert {row.worker_id for row in arrivals} == said_yes
        end = session.get_one(PostingRow, request.posting_id).end_at
        assert end is not None
        if request.state is not UrgentState.CLOSED:
            for row in arrivals:
                if still_coming(row):
                    promises.setdefault(row.worker_id, []).append((request.need_by, end))
        if request.state is UrgentState.CLOSED:
            kept = [(one.worker_id, one.answer) for one in offers], [
                (row.worker_id, row.worker_state, row.employer_state, row.reserve) for row in arrivals
            ]
            assert closed.setdefault(request.id, kept) == kept
    for times in promises.values():
        ordered = sorted(times)
        assert all(first[1] <= second[0] for first, second in pairwise(ordered))
    shown = {gig.posting_id for gig in gig_board(session).gigs}
    assert not shown & {one.posting_id for one in requests if one.state is not UrgentState.OPEN}
    assert len({(one.urgent_request_id, one.worker_id) for one in session.scalars(select(UrgentOfferRow))}) == len(
        session.scalars(select(UrgentOfferRow.id)).all()
    )
