"""Figures of every system on one task, beside the best lexical peer (评测报告)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.quality.measures import Run, exposure, per_query, summary
from benchmarks.quality.tasks import QualityTask

LEXICAL = ("bm25s words", "bm25s words + bigrams", "TF-IDF words", "TF-IDF characters")
HEADLINE = "nDCG@10"
LEAST_QUERIES = 20  # a smaller segment is counted but not measured


def task_figures(task: QualityTask, runs: Mapping[str, Run]) -> dict[str, Any]:
    """Means with intervals, paired differences to the best lexical peer, segments and exposure."""
    measured = {name: per_query(run, task.grades, relevant=task.relevant) for name, run in runs.items()}
    best = max(LEXICAL, key=lambda name: measured[name][HEADLINE].mean())
    systems = {}
    for name, values in measured.items():
        rival = measured[best]
        systems[name] = {
            **{measure: summary(v) for measure, v in values.items()},
            **exposure(runs[name], len(task.documents)),
            "minus best lexical": {
                measure: summary(v - rival[measure]) for measure, v in values.items()
            },
            "gain over best lexical": {
                measure: _gain(v.mean(), rival[measure].mean()) for measure, v in values.items()
            },
            "segments": {
                segment: _segment(values[HEADLINE][mask], rival[HEADLINE][mask])
                for segment, mask in task.segments.items()
            },
        }
    return {
        "queries": len(task.queries),
        "documents": len(task.documents),
        "best lexical": best,
        "systems": systems,
    }


def _gain(ours: float, theirs: float) -> float | None:
    return round(float(ours / theirs - 1), 4) if theirs else None


def _segment(ours: np.ndarray, theirs: np.ndarray) -> dict[str, Any]:
    if len(ours) < LEAST_QUERIES:
        return {"queries": len(ours)}
    return {"queries": len(ours), **summary(ours), "minus best lexical": summary(ours - theirs)}
