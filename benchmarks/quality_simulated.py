"""Claim: on simulated counties the shipped ranker orders as well as LambdaMART on the same features, and better than
every peer that learns from interactions alone: `python -m benchmarks.quality_simulated`.

Kept apart from `benchmarks.quality`: a simulation proves that the recipe learns and calibrates, nothing about people.

1. Ranking, unseen counties in the unseen half of the wording: all 200 candidates of each person, nDCG@10 with the true
   chance of two yeses as gain; peers on the same candidates: LightGBM lambdarank trained on the same counties and
   features, rule scorer, fused retrieval score.
2. Interactions: in one county half of the people's answers are known; LightFM (WARP, with and without features of the
   person's trade) and implicit (ALS, BM25) learn from them and rank for those people what they have not been shown.
3. Learning from bent logs: pushes of the rule scorer, answered by channel and place; the recipe of `train-ranker` with
   clipped inverse propensities, with answers as they came, and with silence counted as no, on the true utility.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import Any, cast

import lightgbm
import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender
from lightfm import LightFM
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, identity
from threadpoolctl import threadpool_limits

from benchmarks.measure import write_result
from matcher.demo.county import County
from matcher.demo.wording import Wording
from matcher.encoding.encoder import Encoder
from matcher.ranking.feature_table import Head
from matcher.ranking.learning import INTERESTED, MISSING, UNSUITABLE, Graded, learn
from matcher.ranking.propensity import Logged
from matcher.ranking.rule_scorer import RuleScorer
from matcher.ranking.score import load_scorer
from matcher.ranking.surplus import surplus_score
from matcher.ranking.trained_scorer import Blend, TrainedScorer
from matcher.services.learning.simulated_answers import (
    Examples,
    county_examples,
    everything,
    simulated_examples,
    together,
)
from matcher.services.runtime import SHIPPED_RANKER
from models.ranker.measures import calibration_error, interval, ndcg
from models.ranker.train import TREE_SEEDS

TEST_SEEDS = (921, 922, 923)
TASTE_SEED = 931
SHOWN_EACH = 3
GRADES = 15  # of the true utility, as LambdaMART wants whole numbers
FACTORS, EPOCHS = 32, 20
KNOWN_SHARE, KNOWN_EACH = 0.5, 20
THREADS = 2
Floats = NDArray[np.float64]
Figure = dict[str, Any]


def county_of(seed: int, workers: int, postings: int, wording: str, encoder: Encoder) -> tuple[County, Examples]:
    """A county and all candidates of its people, with answers."""
    county = County.generate(seed, workers, postings, wording=cast(Wording, wording))
    return county, county_examples(county, encoder, everything)


def lambdamart(train: Examples) -> lightgbm.Booster:
    """LightGBM's lambdarank over the same pairs and features, its labels the drawn pair of answers."""
    order = np.argsort(train.group, kind="stable")
    both = (train.worker_yes & train.employer_yes)[order].astype(int)
    label = both * 2 + (train.worker_yes | train.employer_yes)[order].astype(int)
    sizes = np.unique(train.group[order], return_counts=True)[1]
    data = lightgbm.Dataset(train.x[order], label=label, group=sizes, weight=None)
    settings = {
        "objective": "lambdarank",
        "learning_rate": 0.08,
        "num_leaves": 31,
        "min_data_in_leaf": 80,
        "lambdarank_truncation_level": 20,
        "num_threads": THREADS,
        "seed": 7,
        "verbose": -1,
    }
    return lightgbm.train(settings, data, num_boost_round=200)


def ranking_figures(test: Examples, scores: dict[str, Floats]) -> Figure:
    """nDCG@10 of each list with its interval, and ours less each peer, paired by person."""
    values = {name: ndcg(score, test.utility, test.group) for name, score in scores.items()}
    figures: Figure = {name: {"ndcg_10": _rounded(interval(one))} for name, one in values.items()}
    for name in set(values) - {"ours"}:
        figures["ours"][f"minus_{name}"] = _rounded(interval(values["ours"] - values[name]))
    return figures


@dataclass(frozen=True, eq=False)
class Interactions:
    """Known answers of some people: (workers, postings) 1 = both would say yes; seen: what they were shown."""

    yes: csr_matrix
    seen: csr_matrix
    people: NDArray[np.int64]


def known_answers(county: County, seed: int) -> Interactions:
    """Half of the people were shown KNOWN_EACH postings at random, and their answers are known."""
    rng = np.random.default_rng(seed)
    workers, postings = len(county.workers), len(county.postings)
    people = rng.permutation(workers)[: int(workers * KNOWN_SHARE)]
    i = np.repeat(people, KNOWN_EACH)
    j = np.concatenate([rng.permutation(postings)[:KNOWN_EACH] for _ in people])
    yes = county.latent.accept_many(i, j, rng)[0]
    shape = (workers, postings)
    kept = csr_matrix((np.ones(int(yes.sum()), np.float32), (i[yes], j[yes])), shape=shape)
    return Interactions(kept, csr_matrix((np.ones(len(i), np.float32), (i, j)), shape=shape), people)


def interaction_scores(known: Interactions, county: County) -> dict[str, NDArray[np.float32]]:
    """(workers, postings) scores of each peer that learns from interactions."""
    with threadpool_limits(1, "blas"):
        als = AlternatingLeastSquares(factors=FACTORS, iterations=EPOCHS, random_state=1, num_threads=THREADS)
        als.fit(known.yes, show_progress=False)
        near = BM25Recommender(num_threads=THREADS)
        near.fit(known.yes, show_progress=False)
    found = {
        "implicit_als": np.asarray(als.user_factors @ als.item_factors.T),
        "implicit_bm25": (known.yes @ near.similarity).toarray(),
    }
    pure = LightFM(no_components=FACTORS, loss="warp", random_state=1)
    pure.fit(known.yes, epochs=EPOCHS, num_threads=1)
    found["lightfm_warp"] = _lightfm_scores(pure, known.yes.shape, None, None)
    people, jobs = _trades(county.workers), _trades(county.postings)
    hybrid = LightFM(no_components=FACTORS, loss="warp", random_state=1)
    hybrid.fit(known.yes, user_features=people, item_features=jobs, epochs=EPOCHS, num_threads=1)
    found["lightfm_warp_trades"] = _lightfm_scores(hybrid, known.yes.shape, people, jobs)
    return found


def _lightfm_scores(model: LightFM, shape: tuple[int, int], people: Any, jobs: Any) -> NDArray[np.float32]:
    bias, factors = model.get_user_representations(people)
    item_bias, item_factors = model.get_item_representations(jobs)
    scores: NDArray[np.float32] = factors @ item_factors.T + bias[:, None] + item_bias[None, :]
    assert scores.shape == shape
    return scores


def _trades(things: list[Any]) -> csr_matrix:
    """One column a thing and one an occupation, with its confidence."""
    codes = sorted({o.code for one in things for o in one.occupations})
    rows = [(i, codes.index(o.code), o.confidence) for i, one in enumerate(things) for o in one.occupations]
    i, j, value = zip(*rows, strict=True)
    trades = csr_matrix((np.array(value, np.float32), (i, j)), shape=(len(things), len(codes)))
    return csr_matrix(hstack([identity(len(things), dtype=np.float32), trades]))


def interaction_figures(county: County, examples: Examples, ours: Floats) -> Figure:
    """nDCG@10 over the candidates of people with known answers, without what they were shown."""
    known = known_answers(county, 1)
    tables = interaction_scores(known, county)
    asked = np.isin(examples.group, known.people)
    seen = np.asarray(known.seen[examples.group, examples.posting]).ravel() > 0
    kept = examples.take(asked & ~seen)
    scores = {name: table[kept.group, kept.posting].astype(float) for name, table in tables.items()}
    figures = ranking_figures(kept, {"ours": ours[asked & ~seen], **scores})
    return figures | {"people": len(known.people), "answers": int(known.seen.nnz), "yes": int(known.yes.nnz)}


def bent_logs(pool: Examples, seed: int) -> Graded:
    """The rule scorer's three best of each person; phone for some, SMS for others, less answered lower down."""
    rng = np.random.default_rng(seed)
    score = surplus_score(*RuleScorer().probabilities(pool.x))
    order = np.lexsort((-score, pool.group))
    starts = np.flatnonzero(np.r_[True, np.diff(pool.group[order]) != 0])
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    rows, position = order[place < SHOWN_EACH], place[place < SHOWN_EACH]
    person = pool.group[rows]
    channel = np.where(person % 2 == 0, "phone", "sms")
    chance = np.where(channel == "phone", 0.9, 0.3) * np.array([1.0, 0.6, 0.35])[position]
    answered = rng.random(len(rows)) < chance
    grade = np.where(answered, np.where(pool.worker_yes[rows], INTERESTED, UNSUITABLE), MISSING)
    logged = Logged(channel, position, score[rows], position)
    return Graded(pool.x[rows], grade, person, np.full(len(rows), 700_000), logged)


def bent_figures(base: Any, graded: Graded, test: Examples) -> Figure:
    """nDCG@10 on the worker's true side for each way of weighing the same logs."""
    silent = Graded(
        graded.x, np.where(graded.grade == MISSING, UNSUITABLE, graded.grade), graded.person, graded.day, graded.logged
    )
    ways = {
        "ipw": (graded, None),
        "answers_as_they_came": (graded, graded.answered.astype(float)),
        "silence_as_no": (silent, np.ones(len(graded))),
    }
    scores, figures = {}, {}
    for name, (logs, weight) in ways.items():
        trees, blends, used = learn(base, logs, until=700_100, seed=7, weight=weight)
        scorer = TrainedScorer(trees, {head: Blend(**blends[head]) for head in Head}, name)
        p_worker, p_employer = scorer.probabilities(test.x)
        scores[name] = surplus_score(p_worker, p_employer)
        figures[name] = {"calibration_error": round(calibration_error(p_worker, test.worker_yes), 4), "used": used}
    values = {name: ndcg(score, test.utility, test.group) for name, score in scores.items()}
    for name, one in values.items():
        figures[name]["ndcg_10"] = _rounded(interval(one))
        if name != "ipw":
            figures["ipw"][f"minus_{name}"] = _rounded(interval(values["ipw"] - one))
    return figures


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(value, 4) for value in values]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=400)
    parser.add_argument("--postings", type=int, default=900)
    parser.add_argument("--training-counties", type=int, default=len(TREE_SEEDS))
    options = parser.parse_args()
    encoder, ours = Encoder.load(), load_scorer(SHIPPED_RANKER)
    figures: Figure = {"ranker": ours.model_id, "encoder": encoder.model_id}
    train = simulated_examples(TREE_SEEDS[: options.training_counties], 600, 800, encoder)
    started = time.perf_counter()
    booster = lambdamart(train)
    figures["lambdamart_seconds"] = round(time.perf_counter() - started, 1)
    for wording in ("train", "test"):
        made = [county_of(seed, options.workers, options.postings, wording, encoder) for seed in TEST_SEEDS]
        test = together([examples for _, examples in made])
        p_worker, p_employer = ours.probabilities(test.x)
        scores = {
            "ours": surplus_score(p_worker, p_employer),
            "lambdamart": np.asarray(booster.predict(test.x, num_threads=THREADS)),
            "rules": surplus_score(*RuleScorer().probabilities(test.x)),
            "retrieval_fused": test.fused.astype(float),
        }
        figures[f"ranking_wording_{wording}"] = ranking_figures(test, scores) | {
            "calibration_error": {
                "worker": round(calibration_error(p_worker, test.worker_yes), 4),
                "employer": round(calibration_error(p_employer, test.employer_yes), 4),
            }
        }
        print(wording, {name: one["ndcg_10"] for name, one in figures[f"ranking_wording_{wording}"].items() if "ndcg_10" in one}, flush=True)
    county, examples = made[0]
    figures["interactions"] = interaction_figures(
        county, examples, surplus_score(*ours.probabilities(examples.x))
    )
    half = len(train.group) // 2
    first = np.arange(len(train.group)) < half
    base = {head: (train.take(first).answers(head), train.take(~first).answers(head)) for head in Head}
    _, pool = county_of(TASTE_SEED, 2 * options.workers, options.postings, "test", encoder)
    figures["bent_logs"] = bent_figures(base, bent_logs(pool, 1), test)
    write_result("quality_simulated", "simulated counties: " + __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
