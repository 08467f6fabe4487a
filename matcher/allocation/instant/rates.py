"""How often people say yes, and how often those who said yes come (答应率, 到岗率).

A trade at an hour has a rate of its own, held back towards the rate of all trades while little is known of it;
a person's is held back in the same way towards that of the trade and hour. How hard it is held back is measured
on the data: a beta-binomial law fitted by moments (empirical Bayes).
Source: Efron & Morris 1973; Gelman et al., Bayesian Data Analysis, section 5.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.clock import SHANGHAI

Floats = NDArray[np.float64]
Cell = tuple[str, int]
"""Trade (first two parts of the occupation code, "" unknown) and `hour_band`."""

_BAND_STARTS = (5, 9, 17, 22)
LEAST_STRENGTH, MOST_STRENGTH = 2.0, 200.0
USUAL_STRENGTH = 12.0  # tries that a prior weighs as long as nothing was measured
ENOUGH_REPEATS = 20  # second and later tries below which a fitted strength would be noise


@dataclass(frozen=True, slots=True)
class Tally:
    """Tries and how many of them were hits."""

    hits: int = 0
    tries: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.hits + other.hits, self.tries + other.tries)


@dataclass(frozen=True)
class Rates:
    """One kind of rate. prior: the mean before anything was seen; cells, people: what was seen."""

    prior: float
    cells: Mapping[Cell, Tally] = field(default_factory=dict)
    people: Mapping[str, Tally] = field(default_factory=dict)
    cell_strength: float = USUAL_STRENGTH
    person_strength: float = USUAL_STRENGTH

    def overall(self) -> float:
        """The rate of all trades and hours."""
        hits = sum(one.hits for one in self.cells.values())
        tries = sum(one.tries for one in self.cells.values())
        return (hits + self.prior * USUAL_STRENGTH) / (tries + USUAL_STRENGTH)

    def of_cell(self, cell: Cell) -> float:
        """The rate of a trade at an hour."""
        seen = self.cells.get(cell, Tally())
        return (seen.hits + self.overall() * self.cell_strength) / (seen.tries + self.cell_strength)

    def of_people(self, worker_ids: Sequence[str], cell: Cell) -> Floats:
        """(n,) rate of each person at work of this kind."""
        base = self.of_cell(cell)
        seen = [self.people.get(one, Tally()) for one in worker_ids]
        hits = np.array([one.hits for one in seen], np.float64)
        tries = np.array([one.tries for one in seen], np.float64)
        return (hits + base * self.person_strength) / (tries + self.person_strength)


def fit_rates(prior: float, seen: Iterable[tuple[str, Cell, bool]]) -> Rates:
    """Rates learned from (person, cell, hit) of every try, in any order."""
    cells: dict[Cell, Tally] = {}
    people: dict[str, Tally] = {}
    for worker_id, cell, hit in seen:
        one = Tally(int(hit), 1)
        cells[cell] = cells.get(cell, Tally()) + one
        people[worker_id] = people.get(worker_id, Tally()) + one
    mean = Rates(prior, cells).overall()
    return Rates(prior, cells, people, _strength(cells.values(), mean), _strength(people.values(), mean))


def hour_band(moment: datetime) -> int:
    """0 early (05–09), 1 day (09–17), 2 evening (17–22), 3 night, by the clock of Shanghai."""
    hour = moment.astimezone(SHANGHAI).hour
    return sum(hour >= start for start in _BAND_STARTS) - 1 if hour >= _BAND_STARTS[0] else 3


def trade_of(occupation_code: str | None) -> str:
    """The middle group of an occupation, "4-02": fine enough to differ, coarse enough to be met again."""
    return "-".join((occupation_code or "").split("-")[:2])


def _strength(tallies: Iterable[Tally], mean: float) -> float:
    """Tries that a prior weighs: little where groups differ much, more where they are alike.

    E[n (p - m)²] = m (1 - m) (1 + (n - 1) ρ) with ρ = 1 / (strength + 1).
    """
    seen = [one for one in tallies if one.tries]
    tries = np.array([one.tries for one in seen], np.float64)
    hits = np.array([one.hits for one in seen], np.float64)
    repeats = float((tries - 1).sum())
    spread = mean * (1 - mean)
    if repeats < ENOUGH_REPEATS or spread <= 0:
        return USUAL_STRENGTH
    excess = float((tries * (hits / tries - mean) ** 2).sum()) / spread - len(tries)
    alike = excess / repeats
    return MOST_STRENGTH if alike <= 0 else float(np.clip(1 / alike - 1, LEAST_STRENGTH, MOST_STRENGTH))
