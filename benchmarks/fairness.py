"""Claim: words that give away a protected attribute do not move a person's postings: `python -m benchmarks.fairness`.

1. Swap test over proxy wording: the hand-written pairs of `fairness_pairs.tsv` differ only in such words; the best 50
   of the real postings (dev source) are compared by rank-biased overlap (p = 0.9), 1 = the same list. The words that are
   left out were found with these pairs; `fairness_pairs_second.tsv` was written afterwards.
2. Swap test over direct fields: two import rows that differ only in sex, ethnicity, hukou and so on.
3. Exposure by group on the demo county: how the postings offered to each group compare with those of everybody.

Beside us: the same service without the rule, and bm25s, over the same sentences and postings. Source of the
measure: Webber, Moffat & Zobel 2010, A similarity measure for indefinite rankings.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import write_result
from benchmarks.shared_postings import read_shared_postings
from matcher.demo.county import County
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.encoding.encoder import Encoder
from matcher.ranking.score import load_scorer
from matcher.retrieval.tokens import lexical_tokens, posting_tokens
from matcher.services.indexing import empty_posting_catalogue, index_postings
from matcher.services.matching import MatchingService
from matcher.services.runtime import SHIPPED_RANKER
from matcher.text.utterance import parse_utterance
from matcher.text.worker_reader import worker_from_row

PAIRS = Path(__file__).with_name("fairness_pairs.tsv")
SECOND_PAIRS = Path(__file__).with_name("fairness_pairs_second.tsv")
# Measured once with the words as they were when the second list was written; the words were then widened.
SECOND_AT_FIRST_SIGHT = 0.9192
TOP, PERSISTENCE = 50, 0.9
WORST = 15
RESAMPLES = 1_000
COUNTY_SEED, COUNTY_TOP = 7, 10
DIRECT_FIELDS = {
    "gender": ("男", "女"),
    "nation": ("汉族", "彝族"),
    "hukou": ("城镇", "农村"),
    "marital_status": ("未婚", "已婚"),
    "disability": ("", "三级"),
    "categories": ("", "低保对象、残疾人"),
}
Ranking = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """One wish in neutral words and with a word that gives something away."""

    group: str
    neutral: str
    proxied: str


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs of the file, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Pair(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def rank_biased_overlap(one: Sequence[str], other: Sequence[str], *, p: float = PERSISTENCE) -> float:
    """Extrapolated overlap of two rankings in [0, 1]; 1 when they are the same, or both empty."""
    depth = min(len(one), len(other))
    if depth == 0:
        return float(len(one) == len(other))
    seen_one: set[str] = set()
    seen_other: set[str] = set()
    total, shared = 0.0, 0
    for place in range(1, depth + 1):
        seen_one.add(one[place - 1])
        seen_other.add(other[place - 1])
        shared = len(seen_one & seen_other)
        total += shared / place * p**place
    return total * (1 - p) / p + shared / depth * p**depth


def swap_figures(pairs: Sequence[Pair], ranking: Ranking) -> dict[str, Any]:
    """Overlap on average, by group, the share that is exactly 1, and the worst pairs."""
    overlaps = np.array([rank_biased_overlap(ranking(p.neutral), ranking(p.proxied)) for p in pairs])
    by_group = defaultdict(list)
    for pair, overlap in zip(pairs, overlaps.tolist(), strict=True):
        by_group[pair.group].append(overlap)
    worst = np.argsort(overlaps, kind="stable")[:WORST]
    return {
        "mean": round(float(overlaps.mean()), 4),
        "least": round(float(overlaps.min()), 4),
        "share_same": round(float((overlaps > 1 - 1e-9).mean()), 4),
        "by_group": {group: round(float(np.mean(values)), 4) for group, values in sorted(by_group.items())},
        "worst": [
            {"overlap": round(float(overlaps[i]), 4), "neutral": pairs[i].neutral, "proxied": pairs[i].proxied}
            for i in worst
            if overlaps[i] < 1 - 1e-9
        ],
    }


def our_ranking(postings: Sequence[Posting], now: datetime) -> Callable[[Worker], list[str]]:
    """The service as it is shipped: a person → ids of the best postings."""
    encoder = Encoder.load()
    catalogue = empty_posting_catalogue(encoder.dim)
    index_postings(catalogue, list(postings), encoder)
    service = MatchingService(encoder, load_scorer(SHIPPED_RANKER))

    def ranked(person: Worker) -> list[str]:
        answer = service.jobs_for_worker(person, catalogue, top=TOP, now=now)
        return [match.posting_id for match in answer.matches]

    return ranked


def lexical_ranking(postings: Sequence[Posting]) -> Ranking:
    """bm25s over words and bigrams of the whole sentence."""
    index = bm25s.BM25()
    index.index([posting_tokens(posting) for posting in postings], show_progress=False)
    ids = [posting.posting_id for posting in postings]

    def ranked(text: str) -> list[str]:
        found, _ = index.retrieve([lexical_tokens(text)], k=TOP, show_progress=False)
        return [ids[row] for row in found[0]]

    return ranked


def direct_figures(pairs: Sequence[Pair], ranked: Callable[[Worker], list[str]]) -> dict[str, float]:
    """Least overlap by field when only the field differs."""
    sentences = [pair.neutral for pair in pairs[::10]]
    return {
        field: round(
            min(
                rank_biased_overlap(*(ranked(_person({"text": text, field: value})) for value in values))
                for text in sentences
            ),
            9,
        )
        for field, values in DIRECT_FIELDS.items()
    }


def _person(row: dict[str, str]) -> Worker:
    return worker_from_row({"id": "w", **row})


def _person_without_rule(text: str) -> Worker:
    return parse_utterance(text).to_worker("w")


def exposure_figures(encoder: Encoder, workers: int, postings: int) -> dict[str, Any]:
    """Offers by group of the demo county: how many, and how good in truth.

    true_value: mean true chance of two yeses of the offers. share_of_possible: that over the best ten that exist for
    each person, with its 95 % interval, so that a group with fewer fitting postings is not mistaken for one served worse.
    """
    county = County.generate(COUNTY_SEED, workers, postings, wording="test")
    now = datetime.combine(county.today, datetime.min.time(), UTC).replace(hour=4)
    catalogue = empty_posting_catalogue(encoder.dim)
    index_postings(catalogue, county.postings, encoder)
    service = MatchingService(encoder, load_scorer(SHIPPED_RANKER))
    live = np.array([truth.state == "live" for truth in county.posting_truths])
    every = np.arange(postings)
    served, possible, offers = (np.zeros(workers) for _ in range(3))
    for i, person in enumerate(county.workers):
        answer = service.jobs_for_worker(person, catalogue, top=COUNTY_TOP, now=now, allowed=live)
        rows = [catalogue.row(match.posting_id) for match in answer.matches]
        truth = county.latent.utility(np.full(postings, i), every)
        offers[i] = len(rows)
        served[i] = truth[rows].mean() if rows else 0.0
        possible[i] = np.sort(np.where(live, truth, 0))[-COUNTY_TOP:].mean()
    groups = _groups(county)
    return {
        name: {
            "people": int(member.sum()),
            "offers_each": round(float(offers[member].mean()), 2),
            "without_offer": int((offers[member] == 0).sum()),
            "true_value": round(float(served[member].mean()), 4),
            "share_of_possible": _share(served[member], possible[member]),
        }
        for name, member in groups.items()
        if member.sum() >= 10
    }


def _share(served: NDArray[np.float64], possible: NDArray[np.float64]) -> list[float]:
    """[share, low, high] of a sum over a sum, its interval from resampling people."""
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(served), (RESAMPLES, len(served)))
    shares = served[draws].sum(axis=1) / possible[draws].sum(axis=1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return [round(float(one), 4) for one in (served.sum() / possible.sum(), low, high)]


def _groups(county: County) -> dict[str, Any]:
    """Group name → (workers,) bool, from the rows of the import; the matching types hold none of this."""
    found = {"everybody": np.ones(len(county.worker_rows), np.bool_)}
    for field in ("gender", "nation", "hukou"):
        values = [str(row.get(field) or "") for row in county.worker_rows]
        for value in sorted(set(values) - {""}):
            found[f"{field}: {value}"] = np.array([one == value for one in values])
    listed = [set(str(row.get("categories") or "").split("、")) for row in county.worker_rows]
    for value in sorted(set().union(*listed) - {""}):
        found[f"category: {value}"] = np.array([value in one for one in listed])
    ages = np.array([truth.age for truth in county.worker_truths])
    found["age: 50 and over"], found["age: under 30"] = ages >= 50, ages < 30
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--workers", type=int, default=500)
    options = parser.parse_args()
    pairs, second = read_pairs(), read_pairs(SECOND_PAIRS)
    postings = read_shared_postings(options.split)
    ranked, lexical = our_ranking(postings, datetime.now(UTC)), lexical_ranking(postings)
    figures: dict[str, Any] = {
        "pairs": [len(pairs), len(second)],
        "postings": len(postings),
        "top": TOP,
        "p": PERSISTENCE,
        "second_at_first_sight": SECOND_AT_FIRST_SIGHT,
    }
    rankings: dict[str, Ranking] = {
        "service": lambda text: ranked(_person({"text": text})),
        "service_without_rule": lambda text: ranked(_person_without_rule(text)),
        "bm25s": lexical,
    }
    for name, ranking in rankings.items():
        figures[name] = {"first": swap_figures(pairs, ranking), "second": swap_figures(second, ranking)}
        print(name, figures[name]["first"]["mean"], figures[name]["second"]["mean"], flush=True)
    figures["direct_fields"] = direct_figures(pairs, ranked)
    figures["exposure"] = exposure_figures(Encoder.load(), options.workers, 800)
    write_result("fairness", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
