"""How scarcity, crowding and change are weighed (分配政策)."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from matcher.errors import InvalidInput

LEAST_RATIO = 2.0


@dataclass(frozen=True, slots=True)
class AllocationPolicy:
    """Weights of an allocation.

    distinct_employers: no person gets two postings of one employer in a batch.
    first_missing, later_missing: price of the push that would be a person's first, and of one more after it,
        in units of one whole chain of exchanges, so that no score gain ever buys a missing push. What counts is
        their ratio, at least 2: each further push that one person lacks costs that many times the one before,
        times the largest priority, so that priorities decide between people who lack equally much.
    share_scarcity: True: nobody is left with none while somebody else could give up a second push. False: every
        missing push costs the same, so more people get the full number and more get nothing.
        Price, measured with 0.7 places a push (benchmarks/results/allocation.json, `scarce`): sharing leaves
        nobody with none and 39 % with both; without it 16 % have none and 55 % both, at 0.6 % more mean score.
    congestion_step: score points that each later push of the same opening costs. 0.1 is the largest step of the
        measured sweep (`congestion_sweep`) that costs less than 7 % of everybody's best scores.
    stability_bonus: score points in favour of a pair that the last batch held; 0.02 halves the pushes that change
        overnight (`next_night`).
    above_floor: score points in favour of a push beyond the floor; it is made, up to the ceiling, when its
        score and these points exceed the crowding it causes. Negative: only good pushes beyond the floor.
    seed: decides between equally good allocations, reproducibly.
    """

    distinct_employers: bool = True
    first_missing: float = 2.0
    later_missing: float = 1.0
    share_scarcity: bool = True
    congestion_step: float = 0.1
    stability_bonus: float = 0.02
    above_floor: float = 0.0
    seed: int = 0

    def checked(self) -> AllocationPolicy:
        """The policy itself; raises InvalidInput that names the field and the fix."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not math.isfinite(value):
                raise InvalidInput(f"政策参数 {field.name} 须是有限的数")
        if self.later_missing < 1:
            raise InvalidInput("政策参数 later_missing 至少为 1，否则缺一条推荐可能被分数抵消")
        if self.first_missing < LEAST_RATIO * self.later_missing:
            raise InvalidInput(f"政策参数 first_missing 至少是 later_missing 的 {LEAST_RATIO:g} 倍")
        for name in ("congestion_step", "stability_bonus"):
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidInput(f"政策参数 {name} 须在 0 到 1 之间")
        if not -1 <= self.above_floor <= 1:
            raise InvalidInput("政策参数 above_floor 须在 -1 到 1 之间")
        return self
