"""Every system on every task, as runs (运行)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.quality.measures import Run
from benchmarks.quality.ours import DEPTH, Ours
from benchmarks.quality.peers import Dense, Peer, Scores
from benchmarks.quality.tasks import QualityTask
from matcher.encoding.encoder import Encoder
from matcher.ranking.score import Scorer

RRF_K = 60
WHOLE = "ours, whole service"
HYBRID = "ours, hybrid retrieval"
DENSE = "ours, dense alone"
RRF = "RRF of dense and bm25s"
LEXICAL_SIDE = "bm25s words + bigrams"


def runs_of(
    task: QualityTask, peers: Mapping[str, Peer], encoder: Encoder, scorer: Scorer
) -> dict[str, Run]:
    """System name → run; the whole service answers sentences only."""
    scores: dict[str, Scores] = {name: peer.scores(task.queries, task.documents) for name, peer in peers.items()}
    scores[DENSE] = Dense(encoder).scores(task.queries, task.documents)
    scores[RRF] = _reciprocal_ranks(scores[DENSE], scores[LEXICAL_SIDE])
    runs = {name: best_documents(matrix, task) for name, matrix in scores.items()}
    ours = Ours(task.documents, encoder, scorer)
    if task.sentences:
        runs[HYBRID] = _without(ours.sentences(task.queries), task)
        runs[WHOLE] = _without(ours.matches(task.queries), task)
    else:
        runs[HYBRID] = _without(ours.titles(task.queries), task)
    return runs


def best_documents(scores: Scores, task: QualityTask) -> Run:
    """The best DEPTH documents of every query, ties by document order, without the ignored and the unscored."""
    run = np.full((len(scores), DEPTH), -1, np.int64)
    for number, (row, ignored) in enumerate(zip(scores, task.ignored, strict=True)):
        kept = row.copy()
        kept[list(ignored)] = -np.inf
        best = np.argsort(-kept, kind="stable")[:DEPTH]
        best = best[kept[best] > 0]
        run[number, : len(best)] = best
    return run


def _without(run: Run, task: QualityTask) -> Run:
    """The run with ignored documents taken out and the places closed up."""
    closed = np.full_like(run, -1)
    for number, (row, ignored) in enumerate(zip(run, task.ignored, strict=True)):
        kept = [document for document in row if document >= 0 and int(document) not in ignored]
        closed[number, : len(kept)] = kept
    return closed


def _reciprocal_ranks(*lists: Scores) -> Scores:
    total = np.zeros_like(lists[0])
    for scores in lists:
        ranks = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1)
        total += 1 / (RRF_K + 1 + ranks)
    return total
