"""Whether a pair may still be offered, and what else may be, by the rules of matching (发送前复核)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.ranking.eligibility import rules, vetoes
from matcher.ranking.pairs import one_against_all
from matcher.ranking.widening import LADDER
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.services.runtime import Runtime
from matcher.services.sending.push_terms import Alternative

ALTERNATIVES = 60
"""Postings looked at for one replacement; most of the best are of the employers the person has already."""


class MatchingJudge:
    """Judges by the hard rules over rows as they are now; finds alternatives in the live index."""

    def __init__(self, runtime: Callable[[], Runtime], *, waived: bool = False) -> None:
        """runtime: opened when a replacement is first needed. waived: reach and pay may be gone beyond."""
        self._runtime = runtime
        self._kept = ~np.uint32(_waivable() if waived else 0)

    def waiving_wishes(self) -> MatchingJudge:
        """The same judge for a batch that may go beyond the reach and pay a person named."""
        return MatchingJudge(self._runtime, waived=True)

    def eligible(self, worker: Worker, postings: Sequence[Posting], now: datetime) -> list[bool]:
        """For each posting, whether no hard rule stands against it."""
        if not postings:
            return []
        people, jobs = WorkerColumns.of([worker], now=now), PostingColumns.of(postings)
        lined_up = one_against_all(people, jobs, now=now, codes=lexicon_codebook())
        return [bool(mask == 0) for mask in vetoes(lined_up) & self._kept]

    def alternatives(self, worker: Worker, now: datetime) -> list[Alternative]:
        """The best other postings of the live index, with their reasons."""
        runtime = self._runtime()
        runtime.index.refresh()
        with runtime.index.reading() as (postings, _):
            answer = runtime.matching.jobs_for_worker(worker, postings, top=ALTERNATIVES, now=now)
        return [Alternative(match.posting_id, match.score, match.reasons) for match in answer.matches]


def _waivable() -> int:
    """Bits of the rules that the ladder of widened wishes may waive."""
    return sum(1 << rule.bit for rule in rules() if any(rule.id in rung.waived for rung in LADDER))
