"""A small office with a livestream; no model is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from matcher.config import Config
from matcher.delivery.renderings import Sign
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Benefit, PayUnit, PublishState, ReviewState, Settlement, Shift
from matcher.domain.values import Occupation, Pay, Place
from matcher.encoding.encoder import Encoder
from matcher.ranking.rule_scorer import RuleScorer
from matcher.services import indexing
from matcher.services.live.airing import add_item
from matcher.services.live.sessions import LiveView, create_live, one_live
from matcher.services.live_index import LiveIndex
from matcher.services.matching import MatchingService
from matcher.services.runtime import Runtime
from matcher.store.database import Database
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.postings import PostingRepository
from tests.office_model import LetterModel

BY = "样例甲"
SIGN = Sign("样例县就业服务中心", "0312-0000000")
COUNTY = "130629"
WELDER, CLEANER = Occupation("6-18-02-04", "焊工"), Occupation("4-09-08-01", "保洁员")
CALLERS = ("样例乙", "样例丙")
LIVE = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE}


def job(posting_id: str, **changes: Any) -> Posting:
    """A posting with everything that going on air asks for."""
    made = Posting(
        posting_id,
        "样例电焊工",
        duties="焊接钢架",
        requirements="会看图纸",
        source="county",
        employer_name=f"样例{posting_id}厂",
        occupations=(WELDER,),
        pay=Pay(500_000, 600_000, PayUnit.MONTH),
        settlement=Settlement.MONTHLY,
        shifts=(Shift.LONG_DAY,),
        benefits=(Benefit.MEALS, Benefit.LODGING),
        place=Place("样例镇", "130629100000", 39.05, 115.87),
        headcount=3,
        headcount_left=3,
    )
    return replace(made, **changes)


def put(database: Database, *postings: Posting) -> None:
    """Live postings, valid for thirty days unless they say otherwise."""
    until = database.clock.now() + timedelta(days=30)
    rows = [
        posting_to_row(one if one.valid_to else replace(one, valid_to=until), LIVE) for one in postings
    ]
    with database.writing(BY) as session:
        PostingRepository(session).upsert(rows)


@contextmanager
def opened(database: Database, folder: Path) -> Iterator[Runtime]:
    """An installation over the database, its index up to date."""
    config = Config(folder, "sqlite://", folder / "keys.json")
    encoder = Encoder(LetterModel(), "letters")
    index, scorer = LiveIndex(database, encoder, folder / "index"), RuleScorer()
    with patch.object(indexing, "_encoder", lambda path: encoder):
        index.start()
        yield Runtime(config, database, encoder, scorer, index, MatchingService(encoder, scorer))


def stream(database: Database, ids: Sequence[str] = (), **changes: Any) -> LiveView:
    """A livestream in an hour, with these postings on its run-sheet, numbered from 1."""
    starts = database.clock.now() + timedelta(hours=1)
    live = create_live(database, "样例专场直播", starts, actor=BY, **({"callers": CALLERS} | changes))
    for one in ids:
        add_item(database, live.event_id, one, version=version(database, live.event_id), actor=BY)
    return fresh(database, live.event_id)


def fresh(database: Database, event_id: int) -> LiveView:
    with database.reading() as session:
        return one_live(session, event_id)


def version(database: Database, event_id: int) -> int:
    return fresh(database, event_id).version


def take_down(database: Database, posting_id: str, state: PublishState = PublishState.WITHDRAWN) -> None:
    with database.writing(BY) as session:
        PostingRepository(session).set_states([posting_id], publish_state=state)


def places_left(database: Database, posting_id: str, left: int) -> None:
    with database.writing(BY) as session:
        PostingRepository(session).set_headcount_left(posting_id, left)
