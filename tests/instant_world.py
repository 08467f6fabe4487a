"""A made-up county with people who are free and a boss who needs hands; no model is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PayUnit, Settlement
from matcher.domain.values import Occupation, Pay, Place
from matcher.regions.pack import Office
from matcher.services.instant.opening import Opened, open_request
from matcher.services.instant.ranking import Ranked
from matcher.services.instant.reading import UrgentDraft
from matcher.services.instant.waves import Wave, next_wave
from matcher.store.database import Database
from tests.push_world import add_people, worker_id

OFFICE = Office("样例县就业服务中心", "0312-0000000")
BY = "样例甲"


@dataclass
class PlainRanker:
    """Everybody fits, the first best; people in `unfit` do not, and `minutes` says who lives far away."""

    unfit: set[str] = field(default_factory=set)
    minutes: dict[str, float] = field(default_factory=dict)
    meanwhile: object = None

    def __call__(self, posting: Posting, worker_ids: Sequence[str], now: datetime) -> Ranked:
        if callable(self.meanwhile):
            self.meanwhile()
        score = [0.0 if one in self.unfit else 0.9 - 0.001 * place for place, one in enumerate(worker_ids)]
        minutes = [self.minutes.get(one, 20.0) for one in worker_ids]
        return Ranked(tuple(worker_ids), np.array(score), np.array(minutes))


def draft(now: datetime, **changes: object) -> UrgentDraft:
    """A complete request: two people in three hours."""
    made = UrgentDraft(
        words="明早要两个小工 样例工地 260一天",
        title="小工",
        occupations=(Occupation("6-29-01-01", "砌筑工"),),
        needed=2,
        need_by=now + timedelta(hours=3),
        ends_at=now + timedelta(hours=10),
        place=Place("样例工地", "130629100000"),
        pay=Pay(26_000, 26_000, PayUnit.DAY),
        settlement=Settlement.DAILY,
        employer_name="样例建筑公司",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def free_people(database: Database, count: int, *, hours: float = 24, first: int = 0) -> None:
    """People who are free for so many hours."""
    until = database.clock.now() + timedelta(hours=hours)
    with database.writing(BY) as session:
        add_people(session, range(first, first + count), extra={"available_until": until})


def opened(database: Database, **changes: object) -> Opened:
    return open_request(database, draft(database.clock.now(), **changes), actor=BY)


def ask(database: Database, request_id: int, ranker: PlainRanker | None = None) -> Wave:
    return next_wave(database, ranker or PlainRanker(), request_id, office=OFFICE, actor=BY)


__all__ = ["BY", "OFFICE", "PlainRanker", "ask", "draft", "free_people", "opened", "worker_id"]
