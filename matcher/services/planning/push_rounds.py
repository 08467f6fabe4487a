"""Allocate, look further for whoever is short, allocate again, until nothing is gained (逐轮分配).

Too few candidates look like too few jobs. So everybody who is short, and everybody who holds a place that the short
compete for, is searched again over postings that still have places, before a gap is called a gap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.flow import Allocation, allocate
from matcher.allocation.policy import AllocationPolicy
from matcher.allocation.problem import AllocationProblem
from matcher.allocation.shortfall import bottlenecks
from matcher.retrieval.bulk import FrozenPostings
from matcher.services.planning.push_candidates import CandidatePairs, CandidateSearch
from matcher.services.planning.push_search import SearchWishes

MOST_ROUNDS = 8
AGAIN = SearchWishes(keep=40)  # of postings with free places a few more each are enough to move on
WIDEST = SearchWishes(k=600, keep=200, want=1_000_000)  # climbs the whole ladder
POINT = 10_000  # scores are compared to a ten-thousandth, so that rounding decides nothing

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Step = Callable[[str, int, float], None]


@dataclass(frozen=True, eq=False)
class Terms:
    """What bounds the pushes. capacity, openings: (postings,); need, room, priority: (people,).

    kept: (x,) `person * postings + posting` of the last batch's pairs, sorted. policy: crowding and stability in
    shares of a usual score, see `in_points`.
    """

    capacity: Ints
    openings: Ints
    need: Ints
    room: Ints
    priority: NDArray[np.float64]
    kept: Ints
    policy: AllocationPolicy
    waive_wishes: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """One round in figures. searched: people searched again; pairs: candidates; short: people below the floor."""

    searched: int
    pairs: int
    short: int
    missing: int


@dataclass(frozen=True, eq=False)
class Allocated:
    """The last allocation with everything it came from. policy: its weights in score points."""

    candidates: CandidatePairs
    problem: AllocationProblem
    allocation: Allocation
    policy: AllocationPolicy
    rounds: list[Round] = field(default_factory=list)


def allocate_in_rounds(
    search: CandidateSearch, postings: FrozenPostings, terms: Terms, report: Step | None = None
) -> Allocated:
    """The allocation after every search that could help. report: called with (step, rows, share done).

    Once every place is taken, no search can.
    """
    tell = report or (lambda step, rows, share: None)
    people = np.arange(len(terms.need))
    first = SearchWishes(waive_wishes=terms.waive_wishes)
    counted = _Counter(tell, "召回并打分", len(people))
    candidates = search.push_candidates(people, first, progress=counted)
    terms = replace(terms, policy=in_points(terms.policy, candidates))
    state = _allocated(candidates, postings, terms, [], searched=len(people))
    tell("分配", len(people), 1.0)
    wishes = AGAIN
    free = terms.capacity > state.allocation.load
    while state.allocation.missing.any() and free.any() and len(state.rounds) < MOST_ROUNDS:
        who = _to_search_again(state)
        counted = _Counter(tell, f"第 {len(state.rounds)} 轮补找", len(who))
        looked_for = replace(wishes, waive_wishes=terms.waive_wishes)
        more = search.push_candidates(who, looked_for, allowed=free, progress=counted)
        candidates = state.candidates.merged(more, len(postings))
        new = len(candidates) - len(state.candidates)
        before = int(state.allocation.missing.sum())
        if new:
            state = _allocated(candidates, postings, terms, state.rounds, searched=len(who))
            free = terms.capacity > state.allocation.load
        if not new or int(state.allocation.missing.sum()) == before:
            if wishes is WIDEST:
                break
            wishes = WIDEST
    return state


def in_points(policy: AllocationPolicy, candidates: CandidatePairs) -> AllocationPolicy:
    """The policy with its shares of a score turned into score points of this market.

    Scores are chances, and where chances are small a fixed step would outweigh every difference between postings.
    The usual score is the mean of everybody's best.
    """
    first = np.ones(len(candidates), np.bool_)
    first[1:] = candidates.wi[1:] != candidates.wi[:-1]
    usual = float(candidates.score[first].mean(dtype=np.float64)) if len(candidates) else 1.0
    return replace(
        policy,
        congestion_step=round(policy.congestion_step * usual, 4),
        stability_bonus=round(policy.stability_bonus * usual, 4),
        above_floor=round(policy.above_floor * usual, 4),
    )


def without(state: Allocated, postings: FrozenPostings, terms: Terms, gone: Flags) -> Allocated:
    """The allocation once the (postings,) `gone` are out of it, with the candidates there are."""
    stays = ~gone[state.candidates.pj]
    terms = replace(terms, policy=state.policy)
    return _allocated(state.candidates.part(stays), postings, terms, state.rounds, searched=0)


def _to_search_again(state: Allocated) -> Ints:
    """The short, and everybody who competes with them."""
    missing = state.allocation.missing > 0
    apart = state.policy.distinct_employers
    cuts = bottlenecks(state.problem, state.allocation, missing, distinct_employers=apart)
    return np.flatnonzero(missing | (cuts.of_worker >= 0))


def _allocated(
    candidates: CandidatePairs,
    postings: FrozenPostings,
    terms: Terms,
    rounds: list[Round],
    *,
    searched: int,
) -> Allocated:
    key = candidates.wi * len(postings) + candidates.pj
    problem = AllocationProblem(
        wi=candidates.wi,
        pj=candidates.pj,
        score=np.rint(np.clip(candidates.score, 0, 1).astype(np.float64) * POINT) / POINT,
        capacity=terms.capacity,
        openings=terms.openings,
        employer=postings.columns.employer.astype(np.int64),
        need=terms.need,
        room=terms.room,
        priority=terms.priority,
        kept=np.isin(key, terms.kept),
    )
    allocation = allocate(problem, terms.policy)
    short = int(np.count_nonzero(allocation.missing))
    record = Round(searched, len(candidates), short, int(allocation.missing.sum()))
    return Allocated(candidates, problem, allocation, terms.policy, [*rounds, record])


class _Counter:
    """Turns "so many more people" into (step, people, share)."""

    def __init__(self, tell: Step, step: str, total: int) -> None:
        self._tell, self._step, self._total, self._done = tell, step, max(total, 1), 0

    def __call__(self, people: int) -> None:
        self._done += people
        self._tell(self._step, self._done, min(1.0, self._done / self._total))
