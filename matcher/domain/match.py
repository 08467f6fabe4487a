"""The result of matching (匹配结果)."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LINE_CHARS = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One plain sentence for a person, at most 20 characters, with the fact it rests on.

    code: stable name of the reason, gap or veto ("pay_meets_floor"); text: Chinese, ≤ 20 characters.
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """One posting for one worker. score in [0, 1], higher is better, comparable within one run."""

    worker_id: str
    posting_id: str
    rank: int
    score: float
    p_worker: float
    p_employer: float
    reasons: tuple[Line, ...] = ()
    gaps: tuple[Line, ...] = ()
