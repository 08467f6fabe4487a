"""Figures of a ranker artifact: `python -m models.ranker.evaluate [--artifact DIR] [--out FILE]`.

1. Simulated counties that training never saw, in the wording of training and in the other half: order and
   calibration of both heads, beside the rule scorer and the fused text score, on the same candidates.
2. Real postings of the dev source (if ../shared/data is there): a title as the query; re-ranking its
   candidates must not push the posting's own text down against the fused text score.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from matcher.demo.county import County
from matcher.demo.wording import Wording
from matcher.domain.posting import Posting
from matcher.domain.worker import Worker
from matcher.encoding.encoder import Encoder
from matcher.ranking.feature_table import Head, feature_columns
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import pairs
from matcher.ranking.rule_scorer import RuleScorer
from matcher.ranking.score import Scorer
from matcher.ranking.surplus import surplus_score
from matcher.ranking.trained_scorer import TrainedScorer
from matcher.retrieval.candidates import Query, retrieve, wanted_affinity
from matcher.retrieval.codebook import lexicon_codebook
from matcher.retrieval.columns import WorkerColumns
from matcher.retrieval.tokens import lexical_tokens
from matcher.services.indexing import empty_posting_catalogue, index_postings
from matcher.services.learning.simulated_answers import (
    CANDIDATES,
    Examples,
    county_examples,
    everything,
    together,
)
from models.ranker.measures import (
    auc,
    calibration_error,
    grouped_interval,
    interval,
    ndcg,
    reciprocal_rank,
)
from models.ranker.train import ARTIFACT

TEST_SEEDS = (901, 902, 903)
Figure = dict[str, Any]


def simulated_figures(examples: Examples, scorers: dict[str, Scorer]) -> Figure:
    """nDCG@10 against the true chance of two yeses, AUC and calibration of each head, by scorer."""
    columns = feature_columns()
    text = np.nan_to_num(examples.x[:, columns["dense"]]) + np.nan_to_num(examples.x[:, columns["lexical"]])
    lists = {"retrieval_fused": examples.fused.astype(float), "text_only": text.astype(float)}
    figures: Figure = {}
    for name, scorer in scorers.items():
        p_worker, p_employer = scorer.probabilities(examples.x)
        lists[name] = surplus_score(p_worker, p_employer)
        figures[name] = {
            Head.WORKER.value: _head(p_worker, examples.worker_yes, examples.group),
            Head.EMPLOYER.value: _head(p_employer, examples.employer_yes, examples.group),
        }
    by_list = {name: ndcg(score, examples.utility, examples.group) for name, score in lists.items()}
    for name, values in by_list.items():
        figures.setdefault(name, {})["ndcg_10"] = _rounded(interval(values))
    for name in scorers:
        for other in set(by_list) - {name}:
            figures[name][f"ndcg_10_minus_{other}"] = _rounded(interval(by_list[name] - by_list[other]))
    return figures


def _head(p: NDArray[np.float64], yes: NDArray[np.bool_], group: NDArray[np.int64]) -> Figure:
    return {
        "auc": _rounded(grouped_interval(lambda rows: auc(p[rows], yes[rows]), group, resamples=30)),
        "calibration_error": round(calibration_error(p, yes), 4),
        "mean_p": round(float(p.mean()), 4),
        "share_yes": round(float(yes.mean()), 4),
    }


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(value, 4) for value in values]


def title_figures(postings: list[Posting], encoder: Encoder, scorers: dict[str, Scorer]) -> Figure:
    """MRR of a posting's own text (without its title) for its title, before and after re-ranking."""
    from matcher.text.occupation import code_occupation

    now = datetime.now(UTC)
    bodies = [Posting(**{**_fields(p), "title": "", "tags": (), "valid_to": None}) for p in postings]
    catalogue = empty_posting_catalogue(encoder.dim)
    index_postings(catalogue, bodies, encoder)
    seekers = [Worker(str(i), occupations=code_occupation(p.title)) for i, p in enumerate(postings)]
    people = WorkerColumns.of(seekers, now=now)
    vectors = encoder.encode([p.title for p in postings])
    ranks: dict[str, list[float]] = {name: [] for name in ("retrieval_fused", *scorers)}
    everywhere = np.ones(len(postings), np.bool_)
    for i, posting in enumerate(postings):
        tokens = dict.fromkeys(lexical_tokens(posting.title), 1.0)
        query = Query(vectors[i], tokens, wanted_affinity(seekers[i].occupations))
        found = retrieve(catalogue, query, everywhere, k=CANDIDATES)
        lined_up = pairs(
            people,
            np.full(len(found), i),
            catalogue.columns,
            found.rows,
            now=now,
            codes=lexicon_codebook(),
            dense=found.dense,
            lexical=found.lexical,
        )
        wanted = found.rows == i
        ranks["retrieval_fused"].append(reciprocal_rank(found.fused, wanted))
        matrix = feature_matrix(lined_up)
        for name, scorer in scorers.items():
            score = surplus_score(*scorer.probabilities(matrix))
            ranks[name].append(reciprocal_rank(score, wanted))
    figures: Figure = {}
    fused = np.array(ranks["retrieval_fused"])
    for name, values in ranks.items():
        figures[name] = {"mrr": _rounded(interval(np.array(values)))}
        if name != "retrieval_fused":
            figures[name]["mrr_minus_fused"] = _rounded(interval(np.array(values) - fused))
    return figures


def _fields(posting: Posting) -> dict[str, Any]:
    return {name: getattr(posting, name) for name in Posting.__dataclass_fields__}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifact", type=Path, default=ARTIFACT)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--workers", type=int, default=400)
    parser.add_argument("--postings", type=int, default=900)
    parser.add_argument("--real", action="store_true", help="also the dev source of ../shared/data")
    options = parser.parse_args()
    encoder = Encoder.load()
    scorers: dict[str, Scorer] = {"rules": RuleScorer(), "trained": TrainedScorer.load(options.artifact)}
    figures: Figure = {"artifact": scorers["trained"].model_id, "encoder": encoder.model_id}
    for wording in ("train", "test"):
        counties = (
            County.generate(seed, options.workers, options.postings, wording=cast(Wording, wording))
            for seed in TEST_SEEDS
        )
        examples = together([county_examples(county, encoder, everything) for county in counties])
        figures[f"simulated_wording_{wording}"] = simulated_figures(examples, scorers)
    if options.real:
        from benchmarks.shared_postings import read_shared_postings

        figures["dev_titles"] = title_figures(read_shared_postings("dev"), encoder, scorers)
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
