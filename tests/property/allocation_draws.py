"""Random small allocation problems and policies for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.problem import AllocationProblem


@st.composite
def problems(
    draw: st.DrawFn, *, people: int = 8, postings: int = 6, most_places: int = 3
) -> AllocationProblem:
    """People, postings and pairs by a seed; coarse scores, so that ties are common."""
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, m = draw(st.integers(0, people)), draw(st.integers(0, postings))
    wi, pj = np.nonzero(dice.random((n, m)) < draw(st.sampled_from([0.2, 0.5, 0.9])))
    order = dice.permutation(len(wi))
    need = dice.integers(0, 4, n)
    levels = draw(st.sampled_from([2, 5, 1000]))
    return AllocationProblem(
        wi=wi[order],
        pj=pj[order],
        score=dice.integers(0, levels + 1, len(wi)) / levels,
        capacity=dice.integers(0, most_places + 1, m),
        openings=dice.integers(0, 4, m),
        employer=dice.integers(-1, 3, m),
        need=need,
        room=need + dice.integers(0, 3, n),
        priority=dice.choice([1.0, 1.5, 2.0, 3.0], n),
        kept=dice.random(len(wi)) < 0.2,
    )


@st.composite
def policies(draw: st.DrawFn) -> AllocationPolicy:
    """Every switch and the usual weights."""
    return AllocationPolicy(
        distinct_employers=draw(st.booleans()),
        share_scarcity=draw(st.booleans()),
        congestion_step=draw(st.sampled_from([0.0, 0.05, 0.3])),
        above_floor=draw(st.sampled_from([-0.5, 0.0, 0.2])),
        seed=draw(st.integers(0, 5)),
    )
