"""Fitting the second reader: one logistic regression a ground over windows (拟合)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from matcher.compliance.check import review_by_rules
from matcher.compliance.cue_pairs import CuePairs
from matcher.compliance.second_reader import GATE_RUNS
from matcher.compliance.windows import BUCKETS, MARKS, cut_windows
from models.compliance.examples import GROUNDS, Example

EPOCHS = 8
STRENGTH = 3e-7  # of the L2 penalty of a ground's weights
CUE_SHARE = 0.2  # of the cue block beside the runs; with more the reader takes two cues anywhere for a breach
GATE_STRENGTH = 1e-5
SEED = 11
LEAST_LOGIT = -15.0


@dataclass(frozen=True, slots=True)
class Table:
    """All windows of some examples.

    x: (windows, BUCKETS + columns) runs and cues, each block divided by the root of its count, cues times CUE_SHARE;
    gate: (windows, BUCKETS) runs of the gate; text: (windows,) number of the example; pair: (windows,) two clauses;
    marked: (windows, grounds) the window overlaps what a rule of that ground found.
    """

    x: sparse.csr_matrix
    gate: sparse.csr_matrix
    text: NDArray[np.int64]
    pair: NDArray[np.bool_]
    marked: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weights:
    """runs (BUCKETS, grounds), cues (columns, grounds) for a cue block times CUE_SHARE, bias (grounds,), gate (BUCKETS,)."""

    runs: NDArray[np.float32]
    cues: NDArray[np.float32]
    bias: NDArray[np.float32]
    gate: NDArray[np.float32]
    gate_bias: float


def window_table(examples: Sequence[Example], cues: CuePairs) -> Table:
    """Every window of every example with its features."""
    rows, gates, text, pair, marked = _Rows(BUCKETS + cues.columns), _Rows(BUCKETS), [], [], []
    for number, example in enumerate(examples):
        windows, _ = cut_windows([example.text])
        hits = cues.hits(example.text)
        spans = _rule_spans(example)
        for window in range(len(windows.starts)):
            start, end = int(windows.starts[window]), int(windows.ends[window])
            buckets = windows.buckets(window)
            columns = np.array(cues.of_window(hits, start, end), dtype=np.int64) + BUCKETS
            rows.add((buckets, 1.0), (columns, CUE_SHARE))
            gates.add((_gate_part(buckets), 1.0))
            text.append(number)
            pair.append(any(mark in example.text[start:end] for mark in MARKS))
            marked.append([any(a < end and start < b for a, b in spans.get(g, ())) for g in GROUNDS])
    return Table(rows.matrix(), gates.matrix(), np.array(text), np.array(pair), np.array(marked, dtype=bool))


def _gate_part(buckets: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The first runs of a window: lengths 1..GATE_RUNS of 1..4; the window is n, n - 1, n - 2, n - 3 long."""
    whole = (len(buckets) + 6) // 4
    return buckets[: sum(whole - n for n in range(GATE_RUNS))]


class _Rows:
    """Grows a sparse matrix row by row."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._columns: list[NDArray[np.int64]] = []
        self._values: list[NDArray[np.float32]] = []
        self._ends = [0]

    def add(self, *blocks: tuple[NDArray[np.integer], float]) -> None:
        """One row of blocks of columns, each with its share: the length of a block without repeats."""
        for block, share in blocks:
            self._columns.append(block.astype(np.int64))
            self._values.append(np.full(len(block), share / np.sqrt(max(1, len(block))), dtype=np.float32))
        self._ends.append(self._ends[-1] + sum(len(block) for block, _ in blocks))

    def matrix(self) -> sparse.csr_matrix:
        data, indices = np.concatenate(self._values), np.concatenate(self._columns)
        matrix = sparse.csr_matrix((data, indices, self._ends), shape=(len(self._ends) - 1, self._width))
        matrix.sum_duplicates()
        return matrix


def _rule_spans(example: Example) -> dict[str, list[tuple[int, int]]]:
    spans: dict[str, list[tuple[int, int]]] = {}
    if example.grounds:
        for finding in review_by_rules(example.text).findings:
            spans.setdefault(finding.ground, []).append((finding.start, finding.end))
    return spans


def window_labels(
    examples: Sequence[Example], table: Table
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(windows, grounds) 1 breach, 0 none, -1 left out, and (windows,) weights.

    A breach lies in the windows that a rule marks; without a rule, in every pair of neighbours, or the only clause.
    """
    labels = np.zeros((len(table.text), len(GROUNDS)), dtype=np.int8)
    bounds = np.searchsorted(table.text, np.arange(len(examples) + 1))
    for number, example in enumerate(examples):
        rows = np.arange(bounds[number], bounds[number + 1])
        for column, ground in enumerate(GROUNDS):
            if ground in example.unsure:
                labels[rows, column] = -1
            elif ground in example.grounds and len(rows):
                labels[rows, column] = -1
                labels[_breach_rows(table, rows, column), column] = 1
    weights = np.array([example.weight for example in examples], dtype=np.float32)[table.text]
    return labels, weights


def _breach_rows(table: Table, rows: NDArray[np.int64], column: int) -> NDArray[np.int64]:
    marked = rows[table.marked[rows, column]]
    if len(marked):
        return marked
    pairs = rows[table.pair[rows]]
    return pairs if len(pairs) else rows


def fit_weights(
    table: Table,
    labels: NDArray[np.int8],
    weights: NDArray[np.float32],
    *,
    gate: bool,
) -> Weights:
    """Logistic regression of every ground on the windows whose label is known."""
    coefficients, bias = [], []
    for column in range(len(GROUNDS)):
        known = np.flatnonzero(labels[:, column] >= 0)
        model = regression(STRENGTH, EPOCHS).fit(table.x[known], labels[known, column], sample_weight=weights[known])
        coefficients.append(model.coef_[0])
        bias.append(model.intercept_[0])
    stacked = np.stack(coefficients, axis=1).astype(np.float32)
    gate_weights, gate_bias = np.zeros(BUCKETS, dtype=np.float32), 0.0
    if gate:
        any_breach = (labels == 1).any(axis=1)
        known = np.flatnonzero(any_breach | (labels == 0).all(axis=1))
        model = regression(GATE_STRENGTH, EPOCHS).fit(table.gate[known], any_breach[known], sample_weight=weights[known])
        gate_weights, gate_bias = model.coef_[0].astype(np.float32), float(model.intercept_[0])
    return Weights(
        stacked[:BUCKETS], stacked[BUCKETS:], np.array(bias, dtype=np.float32), gate_weights, gate_bias
    )


def regression(strength: float, epochs: int) -> SGDClassifier:
    """A logistic regression with averaged weights; strength: of its L2 penalty."""
    return SGDClassifier(
        loss="log_loss", alpha=strength, max_iter=epochs, tol=None, average=True, random_state=SEED
    )


def window_logits(table: Table, weights: Weights) -> NDArray[np.float32]:
    """(windows, grounds) logit of each ground."""
    logits: NDArray[np.float32] = table.x @ np.vstack([weights.runs, weights.cues]) + weights.bias
    return logits


def text_logits(table: Table, logits: NDArray[np.float32], texts: int) -> NDArray[np.float32]:
    """(texts, grounds) the likeliest window of each text; LEAST_LOGIT where it has none."""
    best = np.full((texts, logits.shape[1]), LEAST_LOGIT, dtype=np.float32)
    np.maximum.at(best, table.text, logits)
    return best
