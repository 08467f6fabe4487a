"""The hand-written gold sets. The first was frozen before any rule was written; the others were each written
after the rules of their time and scored once (first scores in benchmarks/results/compliance.md)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from matcher.compliance import Context, check
from matcher.domain.posting import Posting

GOLD = Path(__file__).parents[2] / "gold"
DEVELOPMENT = {
    f"compliance_{name}.jsonl"
    for name in ("sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twentyfirst")
}
"""Sets on which the second reader is developed: what they say of it unseen is in models/compliance/figures.json."""
UNLAWFUL = {
    "sex", "age", "education", "ethnicity", "region", "marriage", "health", "religion", "identity",
}  # fmt: skip


def _cases(name: str) -> list[dict]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]


def _grounds(case: dict) -> set[str]:
    context = Context(**case.get("context", {}))
    if "text" in case:
        return {finding.ground for finding in check(case["text"], context)}
    posting = Posting(
        "gold", case["title"], duties=case.get("duties", ""), quarantined=case.get("quarantined", {})
    )
    return {finding.ground for finding in check(posting, context)}


def _score(name: str) -> dict[str, tuple[float, float]]:
    """Recall and precision of (case, ground) pairs, for unlawful limits and for risk apart."""
    hits: Counter[tuple[str, str]] = Counter()
    for case in _cases(name):
        got, expected = _grounds(case), set(case["expect"])
        for ground in got | expected:
            side = "unlawful" if ground in UNLAWFUL else "risk"
            kind = "right" if ground in got & expected else "missed" if ground in expected else "false"
            hits[side, kind] += 1
    return {
        side: (
            hits[side, "right"] / (hits[side, "right"] + hits[side, "missed"]),
            hits[side, "right"] / (hits[side, "right"] + hits[side, "false"]),
        )
        for side in ("unlawful", "risk")
    }


@pytest.mark.parametrize(
    "name",
    sorted(path.name for path in GOLD.glob("compliance*.jsonl") if path.name not in DEVELOPMENT),
)
def test_recall_and_precision_hold(name: str) -> None:
    scores = _score(name)
    recall, precision = scores["unlawful"]
    assert recall >= 0.97
    assert precision >= 0.95
    recall, precision = scores["risk"]
    assert recall >= 0.95
    assert precision >= 0.90


def test_the_first_set_is_large_and_mostly_lawful() -> None:
    cases = _cases("compliance.jsonl")
    lawful = sum(not case["expect"] for case in cases)
    assert len(cases) >= 300
    assert lawful * 2 >= len(cases)


def test_no_case_stands_in_two_sets() -> None:
    names = sorted(path.name for path in GOLD.glob("compliance*.jsonl"))
    texts = [case["text"] for name in names for case in _cases(name) if "text" in case]
    assert len(texts) == len(set(texts))
