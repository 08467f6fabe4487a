"""Pairs with answers from simulated counties (模拟样本): features as in service, labels from the hidden truth.

The truth uses tastes, skills and shocks that no column holds, so a model cannot reach a perfect score; it
proves that the recipe learns, orders and calibrates, and nothing about real people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

import numpy as np
from numpy.typing import NDArray

from matcher.demo.county import County
from matcher.encoding.encoder import Encoder
from matcher.ranking.eligibility import vetoes
from matcher.ranking.feature_table import Head
from matcher.ranking.features import feature_matrix
from matcher.ranking.fitting import Answers
from matcher.ranking.pairs import Pairs, pairs
from matcher.retrieval.candidates import Query, retrieve, wanted_affinity
from matcher.retrieval.catalogue import Catalogue
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns
from matcher.retrieval.tokens import worker_tokens, worker_wish
from matcher.services.indexing import empty_posting_catalogue, index_postings

CANDIDATES = 200  # as the matching service asks for
NOON = time(4, 0)  # 12:00 in Asia/Shanghai


@dataclass(frozen=True, eq=False)
class Examples:
    """Answered pairs.

    x: (k, features) float32; worker_yes, employer_yes: (k,) bool; group: (k,) int64, one number a person;
    posting: (k,) int64, its row in the county; fused: (k,) float32 retrieval score; utility: (k,) float64, true
    chance that both say yes; weight: (k,) float32, how many candidates the pair stands for.
    """

    x: NDArray[np.float32]
    worker_yes: NDArray[np.bool_]
    employer_yes: NDArray[np.bool_]
    group: NDArray[np.int64]
    posting: NDArray[np.int64]
    fused: NDArray[np.float32]
    utility: NDArray[np.float64]
    weight: NDArray[np.float32]

    def take(self, rows: NDArray[np.bool_]) -> Examples:
        """Some of the examples."""
        return Examples(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def answers(self, head: Head) -> Answers:
        """What one side answered, every chosen pair counting alike in the trees."""
        yes = self.worker_yes if head is Head.WORKER else self.employer_yes
        return Answers(self.x, yes, self.group, self.weight, np.ones(len(yes), np.float32))


def together(parts: list[Examples]) -> Examples:
    """Examples of several counties; people of different counties get different numbers."""
    names = Examples.__dataclass_fields__
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    offset = np.concatenate([np.full(len(p.group), i * 1_000_000, np.int64) for i, p in enumerate(parts)])
    joined["group"] = joined["group"] + offset
    return Examples(**joined)


Choice = tuple[NDArray[np.int64], NDArray[np.float32]]
Chooser = Callable[[int, np.random.Generator], Choice]
SHARE = 25


def everything(count: int, _: np.random.Generator) -> Choice:
    """All candidates, as in service: for evaluation."""
    return np.arange(count), np.ones(count, np.float32)


def head_and_tail(count: int, rng: np.random.Generator) -> Choice:
    """The best 25 and 25 of the rest: for training, where all 200 of one person say little new.

    The weights make the chosen stand for all, so that chances are calibrated for what the service scores.
    """
    best, rest = np.arange(min(SHARE, count)), rng.permutation(np.arange(SHARE, max(SHARE, count)))
    kept = rest[:SHARE]
    weight = np.concatenate([np.ones(len(best)), np.full(len(kept), len(rest) / max(len(kept), 1))])
    return np.concatenate([best, kept]), weight.astype(np.float32)


def simulated_examples(
    seeds: Sequence[int], n_workers: int, n_postings: int, encoder: Encoder, report: Callable[[int], None] | None = None
) -> Examples:
    """Answered candidates of the counties of these seeds, in the wording of training; `report` hears of each."""
    parts = []
    for seed in seeds:
        county = County.generate(seed, n_workers, n_postings, wording="train")
        parts.append(county_examples(county, encoder, head_and_tail))
        if report is not None:
            report(1)
    return together(parts)


def county_examples(county: County, encoder: Encoder, choose: Chooser) -> Examples:
    """Candidates of every worker as the service would retrieve them, vetoed ones left out, with answers."""
    now = datetime.combine(county.today, NOON, UTC)
    catalogue = empty_posting_catalogue(encoder.dim)
    index_postings(catalogue, county.postings, encoder)
    people = WorkerColumns.of(county.workers, now=now)
    vectors = encoder.encode([worker_wish(worker) for worker in county.workers])
    open_rows = _passed_review(county)
    rng = np.random.default_rng(county.seed)
    parts = []
    for i, worker in enumerate(county.workers):
        query = Query(
            vectors[i], dict.fromkeys(worker_tokens(worker), 1.0), wanted_affinity(worker.occupations)
        )
        part = _one_worker(i, people, query, catalogue, open_rows, now, choose, rng)
        if len(part[0]):
            parts.append(part)
    lined_up, fused = _join([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    worker_yes, employer_yes = county.latent.accept_many(lined_up.wi, lined_up.pj, rng)
    return Examples(
        feature_matrix(lined_up),
        worker_yes,
        employer_yes,
        lined_up.wi,
        lined_up.pj,
        fused,
        county.latent.utility(lined_up.wi, lined_up.pj),
        np.concatenate([part[2] for part in parts]),
    )


def _passed_review(county: County) -> NDArray[np.bool_]:
    """The office knows what was withdrawn or filled, and its review stops fraud before matching."""
    return np.array([t.state == "live" and not t.flaw.startswith("fraud") for t in county.posting_truths])


def _one_worker(
    i: int,
    people: WorkerColumns,
    query: Query,
    catalogue: Catalogue[PostingColumns],
    open_rows: NDArray[np.bool_],
    now: datetime,
    choose: Chooser,
    rng: np.random.Generator,
) -> tuple[Pairs, NDArray[np.float32], NDArray[np.float32]]:
    """(pairs, retrieval scores, weights) of one worker's chosen candidates."""
    rows = np.arange(len(open_rows))
    all_pairs = pairs(
        people, np.full(len(rows), i), catalogue.columns, rows, now=now, codes=lexicon_codebook()
    )
    found = retrieve(catalogue, query, open_rows & (vetoes(all_pairs) == 0), k=CANDIDATES)
    kept, weight = choose(len(found), rng)
    chosen = pairs(
        people,
        np.full(len(kept), i),
        catalogue.columns,
        found.rows[kept],
        now=now,
        codes=lexicon_codebook(),
        dense=found.dense[kept],
        lexical=found.lexical[kept],
    )
    return chosen, found.fused[kept], weight


def _join(parts: list[Pairs]) -> Pairs:
    first = parts[0]
    return Pairs(
        first.workers,
        first.postings,
        np.concatenate([part.wi for part in parts]),
        np.concatenate([part.pj for part in parts]),
        np.concatenate([part.dense for part in parts]),
        np.concatenate([part.lexical for part in parts]),
        first.now,
        first.codes,
    )
