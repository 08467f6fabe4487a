"""The next wave of an urgent request (快招波次): whom to ask now, who stands by, when to ask again.

INVARIANTS
- Nobody is asked who may not be offered the work, is committed elsewhere, leaves too early or cannot be there
  in time. An unknown trip does not rule anybody out.
- A wave is as small as the chance of filling allows: those who were asked and have not answered, and those who
  said yes, count with their own chances.
- More people are told to come than there are places only while the trips for nothing stay within the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.instant.counts import chance_of_at_least, expected_surplus, people_needed
from matcher.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SURE = 0.9
EARLY_SURE = 0.6  # a wave that is not the last may fall short: the next one makes it good
SURPLUS_SHARE = 0.1  # trips for nothing, expected, a place
LEAST_SURPLUS = 0.6  # with few places one more person is told to come than there are places
MOST_PER_PLACE = 12  # people asked in one wave, a place
SHORTEST_WAIT, LONGEST_WAIT = 5.0, 30.0  # minutes to answer
WAVES_HOPED_FOR = 3
MOST_PLACES = 500


@dataclass(frozen=True, eq=False)
class Pool:
    """n people who said that they are free; rows of one array belong to rows of the others.

    score, p_yes, p_come: (n,) in [0, 1]: how well it fits, says yes when asked, comes after a yes.
    minutes:  (n,) trip one way, nan unknown or too rough to rule anybody out.
    free:     (n,) seconds from now until which they are free, inf = no end said.
    open:     (n,) may be offered this work, is not committed and was not asked before.
    """

    score: Floats
    p_yes: Floats
    p_come: Floats
    minutes: Floats
    free: Floats
    open: Flags

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True, eq=False)
class Situation:
    """Where a request stands.

    places:       people wanted. minutes_left: until they must be there. lasts_s: seconds from now to the end of
                  the work, until which people must be free.
    confirmed:    (c,) chances to come of those told to come; 1 for who is there.
    outstanding:  (o,) chances to say yes and come of those asked who have not answered.
    sure:         probability of filling every place that is aimed at.
    """

    places: int
    minutes_left: float
    lasts_s: float
    confirmed: Floats
    outstanding: Floats
    sure: float = SURE

    def checked(self) -> Situation:
        """The same. Raises InvalidInput for a number of places or a probability that makes no sense."""
        if not 1 <= self.places <= MOST_PLACES:
            raise InvalidInput(f"快招人数须在 1 到 {MOST_PLACES} 之间，现在是 {self.places}")
        if not 0.5 <= self.sure < 1:
            raise InvalidInput(f"招满把握须在 0.5 到 1 之间，现在是 {self.sure}")
        return self


@dataclass(frozen=True, eq=False)
class Decision:
    """The next wave.

    ask:      rows to ask now, best first. reserves: rows to ask next, named now.
    wait:     minutes until the answers are due. last: no time for another wave after this one.
    reached:  chance that the places are filled by those asked up to now and in this wave.
    usable:   people of the pool who could be asked.
    """

    ask: Ints
    reserves: Ints
    wait: float
    last: bool
    reached: float
    usable: int


def decide_wave(pool: Pool, situation: Situation) -> Decision:
    """Whom to ask now. Raises InvalidInput as `Situation.checked`; an empty pool asks nobody."""
    situation = situation.checked()
    usable = np.flatnonzero(in_time(pool, situation))
    value = (pool.score * pool.p_yes * pool.p_come)[usable]
    ordered = usable[np.argsort(-value, kind="stable")]
    wait, last = pace(situation.minutes_left, _usual_trip(pool, ordered[: situation.places]))
    chances = (pool.p_yes * pool.p_come)[ordered]
    given = np.concatenate([situation.confirmed, situation.outstanding])
    aim = situation.sure if last else min(EARLY_SURE, situation.sure)
    most = MOST_PER_PLACE * max(situation.places - len(situation.confirmed), 1)
    count, reached = people_needed(chances, given, situation.places, aim, most)
    return Decision(
        ask=ordered[:count],
        reserves=ordered[count : count + situation.places],
        wait=wait,
        last=last,
        reached=reached,
        usable=len(usable),
    )


def in_time(pool: Pool, situation: Situation) -> Flags:
    """(n,) people who may be asked: open, free to the end of the work, and there in time."""
    late = pool.minutes > situation.minutes_left  # False for nan
    flags: Flags = pool.open & ~late & (pool.free >= situation.lasts_s) & (pool.score > 0)
    return flags


def pace(minutes_left: float, trip: float) -> tuple[float, bool]:
    """Minutes to wait for answers, and whether no other wave fits before people must leave."""
    slack = max(minutes_left - trip, 0.0)
    wait = float(np.clip(slack / WAVES_HOPED_FOR, SHORTEST_WAIT, LONGEST_WAIT))
    return wait, slack < 2 * wait


def takes_another(confirmed: Floats, places: int, sure: float, newcomer: float) -> bool:
    """Whether one more person who says yes is told to come; otherwise they stand by.

    confirmed: (c,) chances to come of those told to come already; newcomer: that of the one who says yes.
    """
    if len(confirmed) < places:
        return True
    if chance_of_at_least(confirmed, places) >= sure:
        return False
    return expected_surplus(np.append(confirmed, newcomer), places) <= surplus_bound(places)


def is_full(confirmed: Floats, places: int, sure: float) -> bool:
    """Whether nobody else need be asked: sure enough, or one more would be a trip for nothing too many."""
    return not takes_another(confirmed, places, sure, float(np.mean(confirmed)) if len(confirmed) else 1.0)


def surplus_bound(places: int) -> float:
    """Expected trips for nothing that are allowed."""
    return max(LEAST_SURPLUS, SURPLUS_SHARE * places)


def _usual_trip(pool: Pool, rows: Ints) -> float:
    known = pool.minutes[rows]
    known = known[~np.isnan(known)]
    return float(np.median(known)) if len(known) else 0.0
