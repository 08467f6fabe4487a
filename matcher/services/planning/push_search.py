"""Search and score for one group of people over the part of the catalogue that they can reach (成批召回).

What `MatchingService` does for one person, done for many of one home: the same eligibility, ladder, lists and
scorer. Postings beyond the group's own city are left out first; where that could change an answer the person is
named in `Found.unsure` and searched again over everything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Line
from matcher.ranking.eligibility import rules, vetoes
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import Pairs, one_against_all, pairs
from matcher.ranking.score import Scorer
from matcher.ranking.surplus import surplus_score
from matcher.ranking.travel import Travel, travel
from matcher.ranking.widening import Widened, widen
from matcher.retrieval.bulk import (
    FrozenPostings,
    FrozenWorkers,
    Pool,
    TextScores,
    best_pool,
    posting_affinity,
    worker_affinity,
)
from matcher.retrieval.codebook import lexicon_codebook
from matcher.services.matching import CANDIDATES, ENOUGH, RELATED, UNKNOWN_MINUTES

SCORES_AT_ONCE = 4_000_000  # cells of a people × postings matrix, 16 MB each
WAIVABLE = ("reach", "pay_below_floor")
BEYOND_THE_CITY = frozenset({"area_province", "area_anywhere", "pay"})
_HELD = np.uint32(1 << 31)  # a bit of no rule: what carries it is waived on no rung

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SearchWishes:
    """How wide to search.

    k: candidates that are scored for a person. keep: best of them that stay. want: postings that answer the
    wish at which the ladder stops. waive_wishes: also offer what is farther or paid less than the person said,
    as the desk does when little fits; a batch does not, because nobody stands there to be asked.
    """

    k: int = CANDIDATES
    keep: int = 60
    want: int = ENOUGH
    waive_wishes: bool = False


@dataclass(frozen=True, eq=False)
class Found:
    """Candidate pairs of a group; people by their row in the group, postings by their row in the catalogue.

    wi, pj: (k,) int64. score, p_worker, p_employer, dense, lexical: (k,) float32.
    widened: lines of each person whose wishes were loosened. eligible: (people,) postings that may be offered.
    unsure: people who must be searched over the whole catalogue.
    """

    wi: Ints
    pj: Ints
    score: Floats
    p_worker: Floats
    p_employer: Floats
    dense: Floats
    lexical: Floats
    widened: dict[int, tuple[Line, ...]]
    eligible: Ints
    unsure: Ints


@dataclass(frozen=True, eq=False)
class Group:
    """People who are searched together.

    people: their frozen rows. rows: (n,) catalogue rows to search. whole: nothing else may be offered to anybody.
    barred: (person, place in `rows`) pairs that must not be offered, (b, 2) int64.
    """

    people: FrozenWorkers
    rows: Ints
    whole: bool
    barred: Ints


def search_group(
    group: Group, catalogue: FrozenPostings, scorer: Scorer, wishes: SearchWishes, now: datetime
) -> Found:
    """Candidates of one group, at most `wishes.keep` a person, best first within each."""
    postings = catalogue if len(group.rows) == len(catalogue) else catalogue.take(group.rows)
    step = max(1, SCORES_AT_ONCE // max(len(postings), 1))
    parts = []
    for start in range(0, len(group.people), step):
        rows = np.arange(start, min(start + step, len(group.people)))
        barred = group.barred[np.isin(group.barred[:, 0], rows)] - np.array([start, 0])
        part = Group(group.people.take(rows), group.rows, group.whole, barred)
        parts.append((start, _search_part(part, postings, scorer, wishes, now)))
    return _joined(parts)


def _search_part(
    group: Group, postings: FrozenPostings, scorer: Scorer, wishes: SearchWishes, now: datetime
) -> Found:
    people = group.people
    texts = TextScores.of(people, postings)
    pools: list[Pool] = []
    widened: dict[int, tuple[Line, ...]] = {}
    eligible = np.zeros(len(people), np.int64)
    unsure: list[int] = []
    for row in range(len(people)):
        barred = group.barred[group.barred[:, 0] == row, 1]
        reach = _Reach.of(people, row, postings, texts, barred, wishes, now)
        if not group.whole and reach.may_lie_beyond(wishes.want):
            unsure.append(row)
            pools.append(_EMPTY)
            continue
        pools.append(reach.pool(texts, row, wishes.k))
        eligible[row] = np.count_nonzero(reach.mask)
        if reach.widened.lines:
            widened[row] = reach.widened.lines
    found = _scored(people, postings, pools, scorer, wishes.keep, now)
    return replace(
        found, pj=group.rows[found.pj], widened=widened, eligible=eligible, unsure=np.array(unsure, np.int64)
    )


@dataclass(frozen=True, eq=False)
class _Reach:
    """What one person may be offered of some postings; arrays are (n,)."""

    mask: Flags
    relevant: Flags
    placed: Flags
    confined: bool
    occupation: Floats
    trips: Travel
    widened: Widened

    @classmethod
    def of(
        cls,
        people: FrozenWorkers,
        row: int,
        postings: FrozenPostings,
        texts: TextScores,
        barred: Ints,
        wishes: SearchWishes,
        now: datetime,
    ) -> _Reach:
        one = people.columns.take(np.array([row]))
        lined_up = one_against_all(one, postings.columns, now=now, codes=lexicon_codebook())
        trips = travel(lined_up)
        veto = vetoes(lined_up, trips=trips)
        if not wishes.waive_wishes:
            veto = hold_wishes(lined_up, veto)
        veto[barred] |= _HELD
        affinity = worker_affinity(people.columns, row)
        occupation = posting_affinity(affinity, postings)
        relevant = relevant_postings(affinity is not None, occupation, texts.lexical[row], people.words[row].nnz)
        widened = widen(lined_up, veto, trips, relevant, want=wishes.want)
        home = int(one.region[0])
        placed = (postings.columns.region != 0) | (home == 0)
        confined = bool(one.out_of_town[0] == 0) or (not wishes.waive_wishes and _limited(lined_up))
        return cls(widened.mask, relevant, placed, confined, occupation, trips, widened)

    def may_lie_beyond(self, want: int) -> bool:
        """Whether postings outside the searched part could be offered."""
        if self.confined:
            return False
        enough = int((self.mask & self.relevant & self.placed).sum()) >= want
        return not enough or any(line.code in BEYOND_THE_CITY for line in self.widened.lines)

    def pool(self, texts: TextScores, row: int, k: int) -> Pool:
        nearness = -np.nan_to_num(self.trips.minutes, nan=UNKNOWN_MINUTES)
        return best_pool(texts, row, self.mask, self.occupation, nearness, k=k)


def hold_wishes(lined_up: Pairs, veto: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Veto masks that the ladder cannot waive: reach and pay as the person said them.

    Who named minutes and did not say yes to leaving is offered nothing in another city either.
    """
    waivable = np.uint32(sum(1 << rule.bit for rule in rules() if rule.id in WAIVABLE))
    held = (veto & waivable) != 0
    if _limited(lined_up):
        held |= lined_up.in_another_city
    return np.where(held, veto | _HELD, veto)


def _limited(lined_up: Pairs) -> bool:
    """One person: minutes named, and no word of working elsewhere."""
    people = lined_up.workers
    return not np.isnan(people.max_minutes[0]) and people.out_of_town[0] != 1


def relevant_postings(known: bool, occupation: Floats, lexical: Floats, words: int) -> Flags:
    """As `matching` decides it: a related occupation, or a word in common when none is known."""
    if known:
        about: Flags = occupation >= RELATED
        return about
    if not words:
        return np.ones(len(lexical), np.bool_)
    shared: Flags = lexical > 0
    return shared


def _scored(
    people: FrozenWorkers,
    postings: FrozenPostings,
    pools: list[Pool],
    scorer: Scorer,
    keep: int,
    now: datetime,
) -> Found:
    wi = np.repeat(np.arange(len(pools)), [len(pool.rows) for pool in pools])
    pj = np.concatenate([pool.rows for pool in pools]).astype(np.int64)
    dense = np.concatenate([pool.dense for pool in pools]).astype(np.float32)
    lexical = np.concatenate([pool.lexical for pool in pools]).astype(np.float32)
    lined_up = pairs(
        people.columns,
        wi,
        postings.columns,
        pj,
        now=now,
        codes=lexicon_codebook(),
        dense=dense,
        lexical=lexical,
    )
    p_worker, p_employer = scorer.probabilities(feature_matrix(lined_up))
    score = surplus_score(p_worker, p_employer)
    best = best_of_each_group(wi, score, postings.groups[pj], keep)
    return Found(
        wi=wi[best],
        pj=pj[best],
        score=score[best].astype(np.float32),
        p_worker=p_worker[best].astype(np.float32),
        p_employer=p_employer[best].astype(np.float32),
        dense=dense[best],
        lexical=lexical[best],
        widened={},
        eligible=np.zeros(0, np.int64),
        unsure=np.zeros(0, np.int64),
    )


def best_of_each_group(wi: Ints, score: NDArray[np.float64], groups: Ints, keep: int) -> Ints:
    """Indices of each person's best `keep` pairs, one of each offer, by person and best first.

    wi: (k,) people in ascending order. Ties keep their order.
    """
    order = np.lexsort((np.arange(len(wi)), -score, wi))
    offer = np.lexsort((np.arange(len(wi)), groups[order], wi[order]))
    people, kind = wi[order][offer], groups[order][offer]
    first = np.ones(len(wi), np.bool_)
    first[1:] = (people[1:] != people[:-1]) | (kind[1:] != kind[:-1])
    chosen = order[np.sort(offer[first])]
    starts = np.searchsorted(wi[chosen], wi[chosen], side="left")
    best: Ints = chosen[np.arange(len(chosen)) - starts < keep]
    return best


def _joined(parts: list[tuple[int, Found]]) -> Found:
    def every(name: str) -> NDArray[np.float32]:
        return np.concatenate([getattr(found, name) for _, found in parts])

    return Found(
        wi=np.concatenate([found.wi + start for start, found in parts]),
        pj=np.concatenate([found.pj for _, found in parts]),
        score=every("score"),
        p_worker=every("p_worker"),
        p_employer=every("p_employer"),
        dense=every("dense"),
        lexical=every("lexical"),
        widened={row + start: lines for start, found in parts for row, lines in found.widened.items()},
        eligible=np.concatenate([found.eligible for _, found in parts]),
        unsure=np.concatenate([found.unsure + start for start, found in parts]),
    )


_EMPTY = Pool(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32))
