"""Small allocation problems written as a picture of who could be sent where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from matcher.allocation.problem import AllocationProblem


def problem(
    candidates: Sequence[Mapping[int, float]], capacity: Sequence[int], **arrays: Any
) -> AllocationProblem:
    """candidates: for each person, posting → score; every person needs `need` (2), no ceiling above it."""
    pairs = [(i, j, score) for i, own in enumerate(candidates) for j, score in own.items()]
    people, postings = len(candidates), len(capacity)
    need = np.broadcast_to(arrays.pop("need", 2), people).astype(np.int64)
    usual: dict[str, Any] = {
        "openings": np.ones(postings, np.int64),
        "employer": np.full(postings, -1),
        "room": need,
        "priority": np.ones(people),
        "kept": np.zeros(len(pairs), np.bool_),
    }
    given = {name: np.asarray(value) for name, value in arrays.items()}
    return AllocationProblem(
        wi=np.array([pair[0] for pair in pairs], np.int64),
        pj=np.array([pair[1] for pair in pairs], np.int64),
        score=np.array([pair[2] for pair in pairs], np.float64),
        capacity=np.array(capacity, np.int64),
        need=need,
        **(usual | given),
    )


def crowd(people: int, capacity: Sequence[int], need: int = 2) -> AllocationProblem:
    """Everybody could be sent to every posting, the first posting and the first person scored best."""
    own = {j: 0.9 - 0.1 * j for j in range(len(capacity))}
    rows = [{j: score - 0.001 * i for j, score in own.items()} for i in range(people)]
    return problem(rows, capacity, need=need)
