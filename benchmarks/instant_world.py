"""A simulated county of people who may be asked for work at once, and what each policy makes of a request.

Everything here is made up: no office publishes how often people say yes to a call at night. The shapes are
plausible (answers within minutes, a third says yes, one in seven does not come), the rates differ by trade, hour and
person, and every policy meets the very same people with the very same answers.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.instant.decision import Pool, Situation, decide_wave, takes_another
from matcher.allocation.instant.rates import Cell, Rates, fit_rates

TRADES = ("4-02", "6-29", "4-08", "6-08", "5-05", "4-10")
BANDS = 4
PEOPLE = 4_000
POOL = 300
HISTORY_REQUESTS, HISTORY_ASKED = 400, 12
ANSWER_MINUTES = 8.0
CALLS_OFF_SHARE = 0.4  # of those who will not come, these say so before the hour
SURE = 0.9

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class County:
    """True rates. yes, come: by cell; eager, reliable: (PEOPLE,) logit shift of each person."""

    yes: dict[Cell, float]
    come: dict[Cell, float]
    eager: Floats
    reliable: Floats

    @classmethod
    def drawn(cls, seed: int) -> County:
        """A county; the same for the same seed."""
        rng = np.random.default_rng(seed)
        cells = [(trade, band) for trade in TRADES for band in range(BANDS)]
        return cls(
            yes={cell: float(rng.beta(4, 9)) for cell in cells},
            come={cell: float(rng.beta(24, 4)) for cell in cells},
            eager=rng.normal(0, 0.8, PEOPLE),
            reliable=rng.normal(0, 0.9, PEOPLE),
        )

    def chances(self, cell: Cell, people: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """True chance of a yes, and of coming after it."""
        return _shifted(self.yes[cell], self.eager[people]), _shifted(self.come[cell], self.reliable[people])


@dataclass(frozen=True, eq=False)
class Scene:
    """One request and how every one of its people would answer. minutes_left: to the hour; score, trip: of each
    person; says_yes, comes: what they do; delay: minutes to the answer; calls_off: minutes from the yes to the
    call that they will not come, inf for none."""

    cell: Cell
    places: int
    minutes_left: float
    people: NDArray[np.int64]
    score: Floats
    trip: Floats
    says_yes: Flags
    comes: Flags
    delay: Floats
    calls_off: Floats


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request. minutes: until so many said yes as there are places (the whole time if never);
    filled: share of the places at the hour; wasted, arrived: trips for nothing, and all; asked: people asked."""

    minutes: float
    filled: float
    wasted: int
    arrived: int
    asked: int


def scene(county: County, seed: int) -> Scene:
    """One request with its people."""
    rng = np.random.default_rng(seed)
    cell = (TRADES[rng.integers(len(TRADES))], int(rng.integers(BANDS)))
    people = rng.choice(PEOPLE, POOL, replace=False)
    yes, come = county.chances(cell, people)
    minutes_left = float(rng.uniform(60, 600))
    comes = rng.random(POOL) < come
    says = ~comes & (rng.random(POOL) < CALLS_OFF_SHARE)
    return Scene(
        cell=cell,
        places=int(rng.integers(1, 21)),
        minutes_left=minutes_left,
        people=people,
        score=rng.uniform(0.3, 1, POOL),
        trip=rng.gamma(4, 6, POOL),
        says_yes=rng.random(POOL) < yes,
        comes=comes,
        delay=rng.exponential(ANSWER_MINUTES, POOL),
        calls_off=np.where(says, rng.uniform(0, 1, POOL) * minutes_left, np.inf),
    )


def learned_rates(county: County, seed: int, yes_prior: float, come_prior: float) -> tuple[Rates, Rates]:
    """What an office knows after HISTORY_REQUESTS requests, whatever it believed before."""
    rng = np.random.default_rng(seed)
    answers: list[tuple[str, Cell, bool]] = []
    arrivals: list[tuple[str, Cell, bool]] = []
    for _ in range(HISTORY_REQUESTS):
        cell = (TRADES[rng.integers(len(TRADES))], int(rng.integers(BANDS)))
        people = rng.choice(PEOPLE, HISTORY_ASKED, replace=False)
        yes, come = county.chances(cell, people)
        for who, p_yes, p_come in zip(people, yes, come, strict=True):
            said = bool(rng.random() < p_yes)
            answers.append((str(who), cell, said))
            if said:
                arrivals.append((str(who), cell, bool(rng.random() < p_come)))
    return fit_rates(yes_prior, answers), fit_rates(come_prior, arrivals)


def call_everyone(one: Scene) -> Result:
    """A message to a group of everybody: whoever says yes sets out."""
    yes = one.says_yes & (one.delay + one.trip <= one.minutes_left)
    arrived = int((yes & one.comes).sum())
    return _result(one, np.sort(one.delay[yes]), arrived, POOL)


def call_first_come(one: Scene) -> Result:
    """Everybody is called; the first to say yes are taken, the rest is told no. Nobody stands by."""
    yes = np.flatnonzero(one.says_yes & (one.delay + one.trip <= one.minutes_left))
    taken = yes[np.argsort(one.delay[yes])][: one.places]
    return _result(one, one.delay[taken], int(one.comes[taken].sum()), POOL)


def call_top(one: Scene, times: int) -> Result:
    """The best `times` n are called for n places, and that is it: whoever says yes sets out."""
    order = np.argsort(-one.score, kind="stable")[: times * one.places]
    yes = order[(one.says_yes & (one.delay + one.trip <= one.minutes_left))[order]]
    return _result(one, np.sort(one.delay[yes]), int(one.comes[yes].sum()), len(order))


def clairvoyant(one: Scene) -> Result:
    """Asks exactly those who will say yes, come, and answer first."""
    good = np.flatnonzero(one.says_yes & one.comes & (one.delay + one.trip <= one.minutes_left))
    taken = good[np.argsort(one.delay[good])][: one.places]
    return _result(one, one.delay[taken], len(taken), len(taken))


def in_waves(one: Scene, yes: Rates, come: Rates) -> Result:
    """The decisions of `matcher.allocation.instant`, an answer at a time, as the services make them."""
    ids = [str(who) for who in one.people]
    pool = Pool(
        score=one.score,
        p_yes=yes.of_people(ids, one.cell),
        p_come=come.of_people(ids, one.cell),
        minutes=one.trip,
        free=np.full(POOL, np.inf),
        open=np.ones(POOL, np.bool_),
    )
    run = _Run(one, pool)
    run.ask(0.0)
    while run.events:
        now, kind, who = heapq.heappop(run.events)
        if now >= one.minutes_left:
            break
        run.handle(now, kind, who)
    arrived = int(sum(one.comes[who] for who in run.told))
    return _result(one, np.array(sorted(run.yes_at)[: one.places]), arrived, int((~run.open).sum()))


class _Run:
    """One request under way. told: expected people; reserves: who said yes too late; waiting: asked, no answer."""

    def __init__(self, one: Scene, pool: Pool) -> None:
        self.one, self.pool = one, pool
        self.open = np.ones(POOL, np.bool_)
        self.told: list[int] = []
        self.reserves: list[int] = []
        self.waiting: dict[int, float] = {}
        self.yes_at: list[float] = []
        self.events: list[tuple[float, str, int]] = []

    def ask(self, now: float) -> None:
        self.waiting = {who: due for who, due in self.waiting.items() if due > now}
        waiting = np.array(list(self.waiting), np.int64)
        situation = Situation(
            places=self.one.places,
            minutes_left=self.one.minutes_left - now,
            lasts_s=0.0,
            confirmed=self.pool.p_come[self.told],
            outstanding=(self.pool.p_yes * self.pool.p_come)[waiting],
            sure=SURE,
        )
        decided = decide_wave(replace(self.pool, open=self.open), situation)
        for who in decided.ask:
            self.open[who] = False
            self.waiting[int(who)] = now + decided.wait
            if self.one.says_yes[who]:  # a late yes still counts, as long as there is a place
                heapq.heappush(self.events, (now + self.one.delay[who], "yes", int(who)))
        if self.one.minutes_left - now > decided.wait:
            heapq.heappush(self.events, (now + decided.wait, "wave", -1))

    def handle(self, now: float, kind: str, who: int) -> None:
        if kind == "wave":
            if self.takes(None):
                self.ask(now)
        elif kind == "yes":
            self.waiting.pop(who, None)
            if now + self.one.trip[who] > self.one.minutes_left:
                return
            if self.takes(who):
                self.take(now, who)
            else:
                self.reserves.append(who)
        elif who in self.told:  # calls off
            self.told.remove(who)
            fit = [one for one in self.reserves if now + self.one.trip[one] <= self.one.minutes_left]
            if fit and self.takes(fit[0]):
                self.reserves.remove(fit[0])
                self.take(now, fit[0])
            else:
                self.ask(now)

    def take(self, now: float, who: int) -> None:
        self.told.append(who)
        self.yes_at.append(now)
        if np.isfinite(self.one.calls_off[who]):
            heapq.heappush(self.events, (now + self.one.calls_off[who], "off", who))

    def takes(self, who: int | None) -> bool:
        come = self.pool.p_come[self.told]
        mine = float(self.pool.p_come.mean() if who is None else self.pool.p_come[who])
        return takes_another(come, self.one.places, SURE, mine)


def _result(one: Scene, yes_at: Floats, arrived: int, asked: int) -> Result:
    full = len(yes_at) >= one.places
    return Result(
        minutes=float(yes_at[one.places - 1]) if full else one.minutes_left,
        filled=min(arrived, one.places) / one.places,
        wasted=max(arrived - one.places, 0),
        arrived=arrived,
        asked=asked,
    )


def _shifted(rate: float, shift: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + shift)))
    return chances
