"""Match one worker with postings, or one posting with workers, over catalogues in memory (双向匹配).

candidates → eligibility → features → score → explanation. Eligibility is computed over the whole catalogue
first and handed to candidate retrieval as a mask, so that a rare eligible posting is never cut off by k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.match import Line, Match
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.encoding.encoder import Encoder
from matcher.encoding.postings import posting_vectors
from matcher.ranking.eligibility import rules, vetoes
from matcher.ranking.explanation import explain
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import Pairs, one_against_all
from matcher.ranking.score import Scorer
from matcher.ranking.surplus import surplus_score
from matcher.ranking.travel import travel
from matcher.ranking.widening import widen
from matcher.retrieval.candidates import (
    Query,
    catalogue_affinity,
    retrieve,
    wanted_affinity,
)
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.retrieval.tokens import posting_tokens, worker_tokens, worker_wish
from matcher.services.job_unlocks import JobUnlock, job_unlocks

CANDIDATES = 200
UNKNOWN_MINUTES = 1e4  # behind every known trip
ENOUGH = 3  # with so many answers to the wish nothing is widened
RELATED = 0.5  # an occupation this close to the wanted one answers the wish
MOST_RESULTS = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What matching found.

    matches:  best first. widened: wishes that were loosened, in order. eligible: how many could be offered.
    vetoes:   rule id → how many it ruled out, over the whole catalogue.
    degraded: True when a model file was missing and a plainer method answered.
    unlocks:  what one change of the person would open, when it was asked for.
    """

    matches: tuple[Match, ...]
    widened: tuple[Line, ...] = ()
    eligible: int = 0
    vetoes: dict[str, int] = field(default_factory=dict)
    degraded: bool = False
    unlocks: tuple[JobUnlock, ...] = ()


class MatchingService:
    """The two directions of matching over one pair of catalogues."""

    def __init__(self, encoder: Encoder, scorer: Scorer) -> None:
        self._encoder = encoder
        self._scorer = scorer

    def jobs_for_worker(
        self,
        worker: Worker,
        catalogue: Catalogue[PostingColumns],
        *,
        top: int,
        now: datetime,
        allowed: NDArray[np.bool_] | None = None,
        with_unlocks: bool = False,
    ) -> Answer:
        """The best `top` postings for a worker, with reasons; wishes are widened when too few fit.

        allowed: (rows,) further restriction, for a region filter. with_unlocks: also count what one change would
        open. Raises nothing on an empty wish: the person then sees what is near and eligible.
        """
        people = WorkerColumns.of([worker], now=now)
        lined_up = one_against_all(people, catalogue.columns, now=now, codes=lexicon_codebook())
        query = self._worker_query(worker)
        found = self._search(lined_up, catalogue, query, top, allowed)
        answer = self._answer(found, [(worker.worker_id, other) for other in found.ids])
        if not with_unlocks or query.affinity is None:
            return answer
        return replace(answer, unlocks=job_unlocks(people, catalogue, found.relevant, now=now))

    def workers_for_job(
        self,
        posting: Posting,
        catalogue: Catalogue[WorkerColumns],
        *,
        top: int,
        now: datetime,
        allowed: NDArray[np.bool_] | None = None,
    ) -> Answer:
        """The best `top` workers for a posting, with reasons; people's own wishes are widened last."""
        jobs = PostingColumns.of([posting])
        lined_up = one_against_all(catalogue.columns, jobs, now=now, codes=lexicon_codebook())
        query = self._posting_query(posting)
        found = self._search(lined_up, catalogue, query, top, allowed)
        return self._answer(found, [(other, posting.posting_id) for other in found.ids])

    def _worker_query(self, worker: Worker) -> Query:
        weights = dict.fromkeys(worker_tokens(worker), 1.0)
        return Query(
            vector=self._encoder.encode([worker_wish(worker)])[0],
            tokens=weights,
            affinity=wanted_affinity(worker.occupations),
        )

    def _posting_query(self, posting: Posting) -> Query:
        return Query(
            vector=posting_vectors(self._encoder, [posting])[0],
            tokens=dict.fromkeys(posting_tokens(replace(posting, duties="", requirements="")), 1.0),
            affinity=wanted_affinity(posting.occupations, of_work=True),
        )

    def _search(
        self,
        lined_up: Pairs,
        catalogue: Catalogue[Any],
        query: Query,
        top: int,
        allowed: NDArray[np.bool_] | None,
    ) -> _Found:
        top = min(max(top, 0), MOST_RESULTS)
        trips = travel(lined_up)
        veto = vetoes(lined_up, trips=trips)
        open_rows = catalogue.alive if allowed is None else catalogue.alive & allowed
        occupation = catalogue_affinity(catalogue, query)
        relevant = open_rows & _answers_wish(catalogue, query, occupation)
        widened = widen(lined_up, veto, trips, relevant, want=min(top, ENOUGH))
        mask = widened.mask & open_rows
        nearness = -np.nan_to_num(trips.minutes, nan=UNKNOWN_MINUTES)
        candidates = retrieve(catalogue, query, mask, k=CANDIDATES, nearness=nearness, occupation=occupation)
        rows = candidates.rows
        chosen = replace(lined_up.part(rows), dense=candidates.dense, lexical=candidates.lexical)
        matrix = feature_matrix(chosen)
        p_worker, p_employer = self._scorer.probabilities(matrix)
        score = surplus_score(p_worker, p_employer)
        best = _best_of_each_group(score, catalogue.groups[rows], top)
        return _Found(
            ids=[catalogue.ids[row] for row in rows[best]],
            pairs=chosen.part(best),
            score=score[best],
            p_worker=p_worker[best],
            p_employer=p_employer[best],
            widened=widened.lines,
            eligible=int(mask.sum()),
            vetoes=_counted(veto[open_rows]),
            relevant=relevant,
        )

    def _answer(self, found: _Found, sides: Sequence[tuple[str, str]]) -> Answer:
        explained = explain(found.pairs, self._scorer)
        matches = tuple(
            Match(
                worker_id=worker_id,
                posting_id=posting_id,
                rank=place + 1,
                score=float(found.score[place]),
                p_worker=float(found.p_worker[place]),
                p_employer=float(found.p_employer[place]),
                reasons=lines.reasons,
                gaps=lines.gaps,
            )
            for place, ((worker_id, posting_id), lines) in enumerate(zip(sides, explained, strict=True))
        )
        return Answer(matches, found.widened, found.eligible, found.vetoes, self._scorer.degraded)


@dataclass(frozen=True, eq=False)
class _Found:
    """The best pairs of one search, best first; arrays are (top,). relevant: (rows,) bool, what answers the wish."""

    ids: list[str]
    pairs: Pairs
    score: NDArray[np.float64]
    p_worker: NDArray[np.float64]
    p_employer: NDArray[np.float64]
    widened: tuple[Line, ...]
    eligible: int
    vetoes: dict[str, int]
    relevant: NDArray[np.bool_]


def _answers_wish(
    catalogue: Catalogue[Any], query: Query, occupation: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Rows that are about what was asked: a related occupation, or a word in common when none is known."""
    if query.affinity is not None:
        about: NDArray[np.bool_] = occupation >= RELATED
        return about
    if not query.tokens:
        return np.ones(len(catalogue.ids), np.bool_)
    shared: NDArray[np.bool_] = catalogue.lexical.weighted_scores(query.tokens) > 0
    return shared


def _best_of_each_group(
    scores: NDArray[np.float64], groups: NDArray[np.int64], top: int
) -> NDArray[np.int64]:
    """Indices of the best `top` scores, one of each group, best first; ties keep the retrieval order."""
    order = np.argsort(-scores, kind="stable")
    _, first = np.unique(groups[order], return_index=True)
    return order[np.sort(first)][:top]


def _counted(veto: NDArray[np.uint32]) -> dict[str, int]:
    ruled_out = veto[veto != 0]
    counts = {rule.id: int(np.count_nonzero(ruled_out >> rule.bit & 1)) for rule in rules()}
    return {rule: count for rule, count in counts.items() if count}
