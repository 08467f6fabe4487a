"""How many of several people come when each comes with a chance of their own (到场人数): the Poisson-binomial law.

Exact, by adding one person at a time to the distribution of the sum.
Source: Hong 2013, On computing the distribution function for the Poisson binomial distribution, section 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput

Floats = NDArray[np.float64]


def chances_of_count(chances: Floats) -> Floats:
    """(n + 1,) probability that exactly 0, 1, … n of n independent people come; chances: (n,) in [0, 1].

    Raises InvalidInput for a chance outside [0, 1].
    """
    law = np.zeros(len(chances) + 1)
    law[0] = 1.0
    for done, chance in enumerate(_checked(chances), start=1):
        law[1 : done + 1] = law[1 : done + 1] * (1 - chance) + law[:done] * chance
        law[0] *= 1 - chance
    return law


def chance_of_at_least(chances: Floats, places: int) -> float:
    """Probability that `places` or more of these people come."""
    return float(chances_of_count(chances)[max(places, 0) :].sum()) if places > 0 else 1.0


def expected_surplus(chances: Floats, places: int) -> float:
    """Expected number of people who come and find no place: trips for nothing."""
    law = chances_of_count(chances)
    over = np.maximum(np.arange(len(law)) - places, 0)
    return float(law @ over)


def people_needed(ordered: Floats, given: Floats, places: int, sure: float, most: int) -> tuple[int, float]:
    """How many of `ordered`, from the first, make `places` arrivals `sure`, beside those `given`.

    ordered, given: chances to come of people who may be asked, best first, and of those counted already.
    most: ask no more than so many. Returns the number and the probability that it reaches, which is below
    `sure` when there are too few. The law is cut at `places`: its last entry stands for "places or more".
    """
    law = np.zeros(places + 1)
    law[0] = 1.0
    for chance in _checked(given):
        _add(law, float(chance))
    asked = 0
    for chance in _checked(ordered[:most]):
        if law[places] >= sure:
            break
        _add(law, float(chance))
        asked += 1
    return asked, float(law[places])


def _add(law: Floats, chance: float) -> None:
    """One more person; in place."""
    moved = law[:-1] * chance
    law[:-1] -= moved
    law[1:] += moved


def _checked(chances: Floats) -> Floats:
    if not bool(np.all((chances >= 0) & (chances <= 1))):
        raise InvalidInput("到场概率须在 0 到 1 之间")
    return chances
