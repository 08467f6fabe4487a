"""What the audience of a livestream wants: typed lines, or the stored wishes of a population (观众需求)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.population import PopulationQuery
from matcher.domain.worker import Worker
from matcher.errors import InvalidInput
from matcher.retrieval.candidates import occupation_affinity, wanted_affinity
from matcher.retrieval.columns import PostingColumns
from matcher.services.live.conditions import lawful_for_age, marks
from matcher.services.live.viewer_words import Ask, asks_of, read_viewer
from matcher.store.database import Database
from matcher.store.repositories.populations import PopulationRepository
from matcher.store.repositories.workers import WorkerRepository

MOST_WISHES = 200
"""Different wishes that are told apart; the rarest beyond them are left out."""

PLACE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that some of the audience want. weight: how many of them."""

    worker: Worker
    asks: tuple[Ask, ...]
    weight: float = 1.0


def typed_wishes(lines: Sequence[str], *, now: datetime, near: str | None = None) -> list[Wish]:
    """One wish a line, equal lines together. Raises InvalidInput naming the line that asks for nothing."""
    counted = Counter(line.strip() for line in lines if line.strip())
    if len(counted) > MOST_WISHES:
        raise InvalidInput(f"观众需求最多 {MOST_WISHES} 条，收到 {len(counted)} 条")
    found = []
    for number, (line, count) in enumerate(counted.items(), start=1):
        ask = read_viewer(line, now=now, near=near)
        if ask.why_empty:
            raise InvalidInput(f"第 {number} 条需求“{line[:20]}”没读懂；{ask.why_empty}")
        found.append(Wish(ask.worker, ask.asks, float(count)))
    return found


def wishes_of_population(database: Database, query: PopulationQuery) -> list[Wish]:
    """The most frequent wishes of the people of a population, without anything that says who they are."""
    with database.reading() as session:
        people = PopulationRepository(session).population(query).people
        workers = WorkerRepository(session).get_many([one for one, _ in people])
    kept: dict[tuple[object, ...], Worker] = {}
    counted: Counter[tuple[object, ...]] = Counter()
    for worker in workers.values():
        key = _kind_of_wish(worker)
        counted[key] += 1
        kept.setdefault(key, worker)
    return [
        Wish(plain, tuple(asks_of(plain)), float(count))
        for key, count in counted.most_common(MOST_WISHES)
        for plain in [_plain(kept[key])]
    ]


def served_by(columns: PostingColumns, wishes: Sequence[Wish], now: datetime) -> NDArray[np.float32]:
    """(w, n) how well each posting answers each wish, in [0, 1].

    The trade times the mean over the conditions, where a tick counts 1, an unknown ½, a contradiction 0; 0 where
    the law keeps a person of the named age from the work.
    """
    served = np.zeros((len(wishes), len(columns)), np.float32)
    for place, wish in enumerate(wishes):
        fit: NDArray[Any] = np.ones(len(columns), np.float32)
        if wish.asks:
            found = [marks(ask, columns, wish.worker, now) for ask in wish.asks]
            fit = (np.sum(found, axis=0) / np.float32(len(found)) + 1) / 2
        affinity = wanted_affinity(wish.worker.occupations)
        if affinity is not None:
            fit = fit * occupation_affinity(affinity, columns.occ, columns.occ_conf)
        served[place] = fit * lawful_for_age(wish.worker.age, columns)
    return served


def _kind_of_wish(worker: Worker) -> tuple[object, ...]:
    """What two people share who want the same: trade, county, conditions."""
    trade = worker.occupations[0].code if worker.occupations else ""
    county = (worker.place.region_code or "")[:PLACE_DIGITS] if worker.place else ""
    return trade, county, worker.needs, worker.shifts, worker.settlements, worker.constraints


def _plain(worker: Worker) -> Worker:
    """The wish without words, age, papers and means of the person it came from."""
    return replace(
        Worker("wish"),
        occupations=worker.occupations[:1],
        place=worker.place,
        needs=worker.needs,
        shifts=worker.shifts,
        settlements=worker.settlements,
        constraints=worker.constraints,
    )
