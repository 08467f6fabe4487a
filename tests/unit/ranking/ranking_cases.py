"""Small postings, workers and pairs for the ranking tests; every name in them is made up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.ranking.pairs import Pairs, pairs
from matcher.retrieval.codebook import Codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns

NOW = datetime(2026, 5, 6, 2, 0, tzinfo=UTC)
MASON, LABOURER, GUARD, FORKLIFT = range(4)
TRADES = tuple(
    Occupation(code, name) for code, name in (("m", "瓦工"), ("l", "小工"), ("g", "保安"), ("f", "叉车工"))
)
RELATED = np.eye(4, dtype=np.float32)
RELATED[MASON, LABOURER] = 0.8
BOOK = Codebook(
    occupation_rows={trade.code: i for i, trade in enumerate(TRADES)},
    certificate_bits={"forklift": 0, "drive_a1": 1, "drive_a2": 2, "drive_c1": 3, "nurse": 4},
    certificate_covers={"drive_a1": ("drive_c1",), "drive_a2": ("drive_c1",)},
    certificate_families=(frozenset({"drive_a1", "drive_a2", "drive_c1"}),),
    occupation_names=tuple(trade.name for trade in TRADES),
    certificate_names=("叉车证", "A1驾照", "A2驾照", "C1驾照", "健康证"),
    relatedness=lambda: RELATED,
)
HOME = Place("样例村", "130629101000", 39.05, 115.86)


def at(km_north: float, region: str = "130629101000") -> Place:
    """A place so many km north of HOME."""
    return Place("样例地", region, 39.05 + km_north / 111.2, 115.86)


def yuan(low: float | None, high: float | None = None, unit: PayUnit = PayUnit.MONTH, **more: Any) -> Pay:
    top = low if high is None else high
    return Pay(
        None if low is None else round(low * 100), None if top is None else round(top * 100), unit, **more
    )


def posting(**values: Any) -> Posting:
    return Posting(**{"posting_id": "p", "title": "样例岗位", **values})


def worker(**values: Any) -> Worker:
    return Worker(**{"worker_id": "w", **values})


def paired(workers: list[Worker], postings: list[Posting], **scores: Any) -> Pairs:
    """Every worker with every posting, worker by worker."""
    w, p = WorkerColumns.of(workers, now=NOW, codes=BOOK), PostingColumns.of(postings, codes=BOOK)
    wi, pj = np.repeat(np.arange(len(w)), len(p)), np.tile(np.arange(len(p)), len(w))
    return pairs(w, wi, p, pj, now=NOW, codes=BOOK, **scores)


def pair(one_worker: Worker, one_posting: Posting, **scores: Any) -> Pairs:
    return paired([one_worker], [one_posting], **{k: np.array([v]) for k, v in scores.items()})
