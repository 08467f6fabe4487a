"""Scores of every hand-written gold set of reading: pay, postings, sentences, titles, segmentation, compliance.

The development sets lie in tests/gold, the final ones, which are scored once, in tests/gold/final.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from benchmarks.compliance import gold_scores
from matcher.text.pay import find_pays
from matcher.text.segment import segmenter

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS / "unit" / "text"))

from occupation_gold import score_titles  # noqa: E402
from pay_gold import GOLD, read_pay_gold  # noqa: E402
from posting_gold import score_postings  # noqa: E402
from segmentation_gold import f1, plain_jieba, sentences  # noqa: E402
from utterance_scores import score_file  # noqa: E402

READERS = {
    "pay": "pay*.tsv",
    "postings": "postings*.jsonl",
    "utterances": "utterances*.jsonl",
    "occupations": "occupations*.tsv",
    "segmentation": "segmentation*.tsv",
    "compliance": "compliance*.jsonl",
}
"""Kind of gold set and the pattern of its files."""


def gold_figures(folder: str = "") -> dict[str, dict[str, Any]]:
    """Kind → file → figures, of the files directly in tests/gold or in a folder of it."""
    place = GOLD / folder
    return {
        kind: {path.name: _score(kind, path) for path in sorted(place.glob(pattern))}
        for kind, pattern in READERS.items()
    }


def _score(kind: str, path: Path) -> dict[str, Any]:
    name = str(path.relative_to(GOLD))
    if kind == "pay":
        gold = read_pay_gold(name)
        right = sum([f.value for f in find_pays(text)] == expected for text, expected in gold)
        return {"strings": len(gold), "exact": round(right / len(gold), 4)}
    if kind == "postings":
        tallies = score_postings(name)
        return {field: _figures(t.hits, t.extra, t.missed) for field, t in tallies.items()}
    if kind == "utterances":
        scores = score_file(path)
        return {field: _figures(s.hit, s.wrong, s.missed) for field, s in scores.items()}
    if kind == "occupations":
        score = score_titles(name)
        return {
            "titles": score.titles,
            "top_1": round(score.first / score.titles, 4),
            "top_3": round(score.third / score.titles, 4),
        }
    if kind == "segmentation":
        return {
            "sentences": len(sentences(name)),
            "f1": round(f1(segmenter().words, name), 4),
            "plain_jieba_f1": round(f1(lambda text: list(plain_jieba().cut(text)), name), 4),
        }
    return gold_scores(path)


def _figures(right: int, wrong: int, missed: int) -> dict[str, float]:
    """Precision, recall and F1, each 1 where there was nothing to find or nothing was found."""
    return {
        "labels": right + missed,
        "precision": round(right / (right + wrong), 4) if right + wrong else 1.0,
        "recall": round(right / (right + missed), 4) if right + missed else 1.0,
        "f1": round(2 * right / (2 * right + wrong + missed), 4) if right + wrong + missed else 1.0,
    }
