"""Candidate pairs of a whole population (成批候选): who may be sent what, and how well it fits.

People are searched home by home, each home over the postings of its own city; whoever needs more than that is
searched over the whole catalogue before anything is said about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Line
from matcher.ranking.eligibility import NEARBY_CITY_KM
from matcher.ranking.explanation import Explanation, explain
from matcher.ranking.pairs import one_against_all, pairs
from matcher.retrieval.bulk import FrozenWorkers, rows_of
from matcher.retrieval.codebook import lexicon_codebook
from matcher.services.planning.push_processes import Ground, PushProcesses
from matcher.services.planning.push_search import Found, Group, SearchWishes, search_group

PEOPLE_AT_ONCE = 256
PAIRS_AT_ONCE = 1_024
CITY_DIGITS = 10**8
KM_PER_DEGREE = 111.0
_BY_PAIR = ("wi", "pj", "score", "p_worker", "p_employer", "dense", "lexical")
LEAST_COS = 0.2  # longitude shrinks northwards; beyond 78° nobody lives

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Progress = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class CandidatePairs:
    """k pairs of person `wi` and posting `pj`, rows of the frozen tables; by person, best first.

    score: (k,) float32 in [0, 1]. p_worker, p_employer: its two consents. dense, lexical: what the words said.
    widened: person → wishes that were loosened for them. eligible: (n,) postings that may be offered.
    """

    wi: Ints
    pj: Ints
    score: Floats
    p_worker: Floats
    p_employer: Floats
    dense: Floats
    lexical: Floats
    widened: dict[int, tuple[Line, ...]] = field(default_factory=dict)
    eligible: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.wi)

    def part(self, rows: Flags | Ints) -> CandidatePairs:
        """Some of the pairs; what is known of people stays."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _BY_PAIR})

    def merged(self, more: CandidatePairs, postings: int) -> CandidatePairs:
        """These pairs and those of `more` that are new; people whom `more` widened have its lines.

        postings: rows of the frozen catalogue.
        """
        new = ~np.isin(more.wi * postings + more.pj, self.wi * postings + self.pj)

        def both(name: str) -> NDArray[np.float32]:
            return np.concatenate([getattr(self, name), getattr(more, name)[new]])

        wi, pj = np.concatenate([self.wi, more.wi[new]]), np.concatenate([self.pj, more.pj[new]])
        order = np.lexsort((pj, -both("score"), wi))
        return CandidatePairs(
            wi=wi[order],
            pj=pj[order],
            score=both("score")[order],
            p_worker=both("p_worker")[order],
            p_employer=both("p_employer")[order],
            dense=both("dense")[order],
            lexical=both("lexical")[order],
            widened=self.widened | more.widened,
            eligible=np.maximum(self.eligible, more.eligible),
        )


class CandidateSearch:
    """Searches for the people of one batch, as often as it takes."""

    def __init__(self, processes: PushProcesses, people: FrozenWorkers, barred: Ints) -> None:
        """barred: (b, 2) person and posting rows that must not be offered again."""
        self._processes = processes
        self._people = people
        self._postings = processes.ground.postings
        self._barred = barred

    def push_candidates(
        self,
        who: Ints,
        wishes: SearchWishes | None = None,
        *,
        allowed: Flags | None = None,
        progress: Progress | None = None,
    ) -> CandidatePairs:
        """Candidates of the people in rows `who`.

        allowed: (postings,) only these, for people who have been through the rest. progress: people done.
        """
        wishes = wishes or SearchWishes()
        every = np.flatnonzero(allowed) if allowed is not None else np.arange(len(self._postings))
        found = list(self._searched(self._by_home(who, every), wishes, progress))
        unsure = np.concatenate([rows[part.unsure] for rows, part in found] or [np.zeros(0, np.int64)])
        found += self._searched(self._everywhere(np.sort(unsure), every), wishes, progress)
        return _gathered(found, len(self._people))

    def explanations(self, chosen: CandidatePairs, progress: Progress | None = None) -> list[Explanation]:
        """Reasons and gaps of the chosen pairs, in their order."""
        lines: list[Explanation] = []
        for part in self._processes.results(_explained, self._chunks(chosen), alone=len(chosen) < PEOPLE_AT_ONCE):
            lines += part
            if progress:
                progress(len(part))
        return lines

    def _searched(
        self, groups: Iterator[tuple[Ints, Group]], wishes: SearchWishes, progress: Progress | None
    ) -> Iterator[tuple[Ints, Found]]:
        rows: list[Ints] = []

        def tasks() -> Iterator[tuple[Group, SearchWishes]]:
            for who, group in groups:
                rows.append(who)
                yield group, wishes

        for number, found in enumerate(self._processes.results(_searched, tasks())):
            yield rows[number], found
            if progress:
                progress(len(rows[number]) - len(found.unsure))

    def _by_home(self, who: Ints, every: Ints) -> Iterator[tuple[Ints, Group]]:
        for _, places in rows_of(self._people.columns.region[who] // CITY_DIGITS):
            home = who[places]
            near = self._near(home)
            rows = every[near[every]]
            for start in range(0, len(home), PEOPLE_AT_ONCE):
                yield self._group(home[start : start + PEOPLE_AT_ONCE], rows, whole=len(rows) == len(every))

    def _everywhere(self, who: Ints, every: Ints) -> Iterator[tuple[Ints, Group]]:
        for start in range(0, len(who), PEOPLE_AT_ONCE):
            yield self._group(who[start : start + PEOPLE_AT_ONCE], every, whole=True)

    def _group(self, who: Ints, rows: Ints, *, whole: bool) -> tuple[Ints, Group]:
        place = np.full(len(self._postings), -1, np.int64)
        place[rows] = np.arange(len(rows))
        mine = self._barred[np.isin(self._barred[:, 0], who)]
        order = np.argsort(who)
        barred = np.column_stack(
            [order[np.searchsorted(who, mine[:, 0], sorter=order)], place[mine[:, 1]]]
        )
        return who, Group(self._people.take(who), rows, whole, barred[barred[:, 1] >= 0])

    def _near(self, home: Ints) -> Flags:
        """Postings that anybody of one home could be offered without leaving the city; all for an unknown home."""
        postings, people = self._postings.columns, self._people.columns
        one = people.take(home[:1])
        now = self._processes.ground.now
        near = ~one_against_all(one, postings, now=now, codes=lexicon_codebook()).in_another_city
        lat, lng = people.lat[home], people.lng[home]
        if np.isnan(lat).all() or np.isnan(lng).all():
            return near
        north = NEARBY_CITY_KM / KM_PER_DEGREE
        east = north / max(float(np.cos(np.radians(np.nanmax(np.abs(lat)) + north))), LEAST_COS)
        near |= (
            (postings.lat >= np.nanmin(lat) - north)
            & (postings.lat <= np.nanmax(lat) + north)
            & (postings.lng >= np.nanmin(lng) - east)
            & (postings.lng <= np.nanmax(lng) + east)
        )
        return near

    def _chunks(self, chosen: CandidatePairs) -> Iterator[tuple[FrozenWorkers, CandidatePairs]]:
        for start in range(0, len(chosen), PAIRS_AT_ONCE):
            part = replace(
                chosen.part(np.arange(start, min(start + PAIRS_AT_ONCE, len(chosen)))), widened={}
            )
            who, wi = np.unique(part.wi, return_inverse=True)
            yield self._people.take(who), replace(part, wi=wi)


def _searched(ground: Ground, task: tuple[Group, SearchWishes]) -> Found:
    group, wishes = task
    return search_group(group, ground.postings, ground.scorer, wishes, ground.now)


def _explained(ground: Ground, task: tuple[FrozenWorkers, CandidatePairs]) -> list[Explanation]:
    people, chosen = task
    lined_up = pairs(
        people.columns,
        chosen.wi,
        ground.postings.columns,
        chosen.pj,
        now=ground.now,
        codes=lexicon_codebook(),
        dense=chosen.dense,
        lexical=chosen.lexical,
    )
    return explain(lined_up, ground.scorer)


def _gathered(found: list[tuple[Ints, Found]], people: int) -> CandidatePairs:
    """All groups in one table, by person; people who were searched twice count by the second time."""
    eligible = np.zeros(people, np.int64)
    widened: dict[int, tuple[Line, ...]] = {}
    for rows, part in found:
        eligible[rows] = np.maximum(eligible[rows], part.eligible)
        widened |= {int(rows[row]): lines for row, lines in part.widened.items()}
    wi = np.concatenate([rows[part.wi] for rows, part in found] or [np.zeros(0, np.int64)])
    order = np.argsort(wi, kind="stable")

    def every(name: str) -> NDArray[np.float32]:
        parts = [getattr(part, name) for _, part in found]
        return np.concatenate(parts)[order] if parts else np.zeros(0, np.float32)

    pj = np.concatenate([part.pj for _, part in found] or [np.zeros(0, np.int64)])
    return CandidatePairs(
        wi=wi[order],
        pj=pj[order],
        score=every("score"),
        p_worker=every("p_worker"),
        p_employer=every("p_employer"),
        dense=every("dense"),
        lexical=every("lexical"),
        widened=widened,
        eligible=eligible,
    )
