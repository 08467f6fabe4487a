"""Task d: did a person and a job suit each other? Pairs of an outside set, scored from both sides (简历与岗位配对).

3,129 pairs of 772 persons and 435 jobs, a third of them satisfied; how they were labelled is not stated. Every system
scores each pair, asked by the person (text → jobs) and by the job (text → persons). Nothing is tuned here, but for one
small logistic combination, which is fitted on pairs that share neither person nor job with those it is measured on.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.measure import SHARED
from benchmarks.quality.documents import Documents
from benchmarks.quality.measures import TOP, interval
from benchmarks.quality.ours import Ours
from benchmarks.quality.peers import Dense, Peer, Scores
from benchmarks.quality.runs import DENSE, HYBRID
from matcher.encoding.encoder import Encoder
from matcher.ranking.score import Scorer
from matcher.text.posting_reader import posting_from_row

PAIRS = SHARED / "data" / "cv_jd" / "pairs.csv"
COMBINATION = "logistic combination"
FOLDS = 3  # of persons and of jobs: nine cells, each fitted on the four ninths that share neither
BOOTSTRAP = 1_000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """persons, jobs: distinct texts. person, job: (pairs,) places in them. satisfied: (pairs,) bool."""

    persons: list[str]
    jobs: list[str]
    person: NDArray[np.int64]
    job: NDArray[np.int64]
    satisfied: NDArray[np.bool_]


def read_pairs(path: Path = PAIRS) -> Pairs:
    """The pairs as they are in the file; a person or a job is known by its id."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    persons = {row["cv_id"]: row["cv"] for row in rows}
    jobs = {row["jd_id"]: row["jd"] for row in rows}
    place = [{key: n for n, key in enumerate(side)} for side in (persons, jobs)]
    return Pairs(
        list(persons.values()),
        list(jobs.values()),
        np.array([place[0][row["cv_id"]] for row in rows]),
        np.array([place[1][row["jd_id"]] for row in rows]),
        np.array([row["satisfied"] == "1" for row in rows]),
    )


def pair_figures(
    pairs: Pairs, peers: Mapping[str, Peer], encoder: Encoder, scorer: Scorer
) -> dict[str, dict[str, Any]]:
    """System → figures of each direction."""
    sides = {
        "jobs for a person": _scores(pairs, peers, encoder, scorer, asked_by_person=True),
        "persons for a job": _scores(pairs, peers, encoder, scorer, asked_by_person=False),
    }
    columns = np.column_stack([values for side in sides.values() for values in side.values()])
    combined = cross_fitted(columns, pairs)
    return {
        side: {
            name: _figures(values, pairs, by_person=side == "jobs for a person")
            for name, values in {**found, COMBINATION: combined}.items()
        }
        for side, found in sides.items()
    }


def cross_fitted(columns: Floats, pairs: Pairs, *, seed: int = 0) -> Floats:
    """(pairs,) probability of each pair, from a model that saw neither its person nor its job."""
    rng = np.random.default_rng(seed)
    fold_of_person = rng.integers(0, FOLDS, len(pairs.persons))[pairs.person]
    fold_of_job = rng.integers(0, FOLDS, len(pairs.jobs))[pairs.job]
    found = np.zeros(len(columns))
    for persons in range(FOLDS):
        for jobs in range(FOLDS):
            asked = (fold_of_person == persons) & (fold_of_job == jobs)
            seen = (fold_of_person != persons) & (fold_of_job != jobs)
            if asked.any():
                model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
                model.fit(columns[seen], pairs.satisfied[seen])
                found[asked] = model.predict_proba(columns[asked])[:, 1]
    return found


def _scores(
    pairs: Pairs, peers: Mapping[str, Peer], encoder: Encoder, scorer: Scorer, *, asked_by_person: bool
) -> dict[str, Floats]:
    asking, answering = (pairs.persons, pairs.jobs) if asked_by_person else (pairs.jobs, pairs.persons)
    documents = _documents(answering)
    matrices: dict[str, Scores] = {name: peer.scores(asking, documents) for name, peer in peers.items()}
    matrices[DENSE] = Dense(encoder).scores(asking, documents)
    matrices[HYBRID] = Ours(documents, encoder, scorer).every_score(asking)
    at = (pairs.person, pairs.job) if asked_by_person else (pairs.job, pairs.person)
    return {name: np.asarray(matrix[at], np.float64) for name, matrix in matrices.items()}


def _documents(texts: list[str]) -> Documents:
    postings = [posting_from_row({"id": str(number), "description": text}) for number, text in enumerate(texts)]
    return Documents(np.arange(len(texts)), postings, titles_shown=False)


def _figures(values: Floats, pairs: Pairs, *, by_person: bool) -> dict[str, Any]:
    """AUC over all pairs, and within those who have both kinds: AUC and nDCG@10, means over the asking side."""
    sides = pairs.person if by_person else pairs.job
    groups = [np.flatnonzero(sides == one) for one in np.unique(sides)]
    mixed = [rows for rows in groups if 0 < pairs.satisfied[rows].sum() < len(rows)]
    within = np.array([roc_auc_score(pairs.satisfied[rows], values[rows]) for rows in mixed])
    ndcg = np.array([_ndcg(values[rows], pairs.satisfied[rows]) for rows in mixed])
    return {
        "AUC": {
            "mean": round(float(roc_auc_score(pairs.satisfied, values)), 4),
            "ci": _auc_interval(values, pairs.satisfied, groups),
        },
        "AUC within": {"mean": round(float(within.mean()), 4), "ci": interval(within)},
        "nDCG@10": {"mean": round(float(ndcg.mean()), 4), "ci": interval(ndcg)},
        "groups": len(mixed),
    }


def _ndcg(values: Floats, satisfied: NDArray[np.bool_]) -> float:
    order = np.argsort(-values, kind="stable")[:TOP]
    discounts = 1 / np.log2(np.arange(2, TOP + 2))
    ideal = discounts[: min(TOP, int(satisfied.sum()))].sum()
    return float((satisfied[order] * discounts[: len(order)]).sum() / ideal)


def _auc_interval(values: Floats, satisfied: NDArray[np.bool_], groups: list[NDArray[np.int64]]) -> list[float]:
    """95 % bootstrap interval, drawing whole groups: pairs of one person or job are not independent."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(BOOTSTRAP):
        rows = np.concatenate([groups[g] for g in rng.integers(0, len(groups), len(groups))])
        if 0 < satisfied[rows].sum() < len(rows):
            found.append(roc_auc_score(satisfied[rows], values[rows]))
    low, high = np.percentile(found, [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]
