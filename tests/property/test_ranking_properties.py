from __future__ import annotations

import inspect
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ranking_strangers import BOOK, NOW, PAPERS, SKILLS, Dice

from matcher.domain.match import MAX_LINE_CHARS
from matcher.domain.posting import Posting
from matcher.domain.values import HeldCertificate, Pay, Place
from matcher.domain.worker import Worker
from matcher.ranking import features as features_module
from matcher.ranking.eligibility import rules, veto_lines, vetoes
from matcher.ranking.explanation import LEAST_DROP, explain, templates
from matcher.ranking.feature_table import Head, feature_columns, features
from matcher.ranking.features import feature_matrix
from matcher.ranking.pairs import Pairs, pairs
from matcher.ranking.rule_scorer import RuleScorer
from matcher.ranking.score import Scorer, score_pairs
from matcher.ranking.surplus import surplus_score
from matcher.ranking.trained_scorer import TrainedScorer
from matcher.retrieval.columns import PostingColumns, WorkerColumns

ARTIFACT = Path(__file__).parents[2] / "models" / "ranker" / "artifact"
seeds = st.integers(0, 2**32 - 1)
TINY = 1e-9


def scorers() -> list[Scorer]:
    found: list[Scorer] = [RuleScorer()]
    if (ARTIFACT / "manifest.json").exists():
        found.append(TrainedScorer.load(ARTIFACT))
    return found


SCORERS = scorers()


def lined_up(workers: list[Worker], postings: list[Posting], seed: int = 0) -> Pairs:
    w, p = WorkerColumns.of(workers, now=NOW, codes=BOOK), PostingColumns.of(postings, codes=BOOK)
    wi, pj = np.repeat(np.arange(len(w)), len(p)), np.tile(np.arange(len(p)), len(w))
    rng = np.random.default_rng(seed)
    text = rng.random((2, len(wi))).astype(np.float32)
    text[rng.random(text.shape) < 0.2] = np.nan
    return pairs(w, wi, p, pj, now=NOW, codes=BOOK, dense=text[0], lexical=text[1])


def scored(worker: Worker, posting: Posting, scorer: Scorer) -> float:
    both = lined_up([worker], [posting])
    return float(surplus_score(*scorer.probabilities(feature_matrix(both)))[0])


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda s: s.model_id)
@settings(max_examples=40, deadline=None)
@given(seeds)
def test_one_step_better_in_any_feature_never_scores_lower(scorer: Scorer, seed: int) -> None:
    dice = Dice(seed)
    both = lined_up([dice.worker() for _ in range(12)], [dice.posting() for _ in range(12)], seed)
    matrix = feature_matrix(both)
    before = scorer.probabilities(matrix)
    for column, feature in enumerate(features()):
        step = dice.rng.exponential(feature.high - feature.low, len(matrix)).astype(np.float32) / 4
        for head, old in zip(Head, before, strict=True):
            better = matrix.copy()
            better[:, column] += feature.direction(head) * step
            new = scorer.probabilities(better)[list(Head).index(head)]
            assert (new >= old - TINY).all(), (feature.name, head)


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda s: s.model_id)
@settings(max_examples=150, deadline=None)
@given(seeds)
def test_nearer_better_paid_or_better_qualified_never_scores_lower(scorer: Scorer, seed: int) -> None:
    dice = Dice(seed)
    worker, posting = dice.worker(), dice.posting()
    before = scored(worker, posting, scorer)
    for better_worker, better_posting in improvements(dice, worker, posting):
        assert scored(better_worker, better_posting, scorer) >= before - TINY


def improvements(dice: Dice, worker: Worker, posting: Posting) -> list[tuple[Worker, Posting]]:
    """The pair with one fact made better, where the fact is known."""
    better: list[tuple[Worker, Posting]] = []
    pay, home, site = posting.pay, worker.place, posting.place
    if pay and pay.min_fen and pay.max_fen:
        raise_by = int(dice.rng.integers(1, 200_000))
        more = Pay(pay.min_fen + raise_by, pay.max_fen + raise_by, pay.unit, commission=pay.commission)
        better.append((worker, replace(posting, pay=more)))
    if home and site and None not in (home.lat, home.lng, site.lat, site.lng):
        assert home.lat
        assert home.lng
        assert site.lat
        assert site.lng
        t = float(dice.rng.random())
        nearer = Place(
            site.name,
            site.region_code,
            site.lat + t * (home.lat - site.lat),
            site.lng + t * (home.lng - site.lng),
        )
        better.append((worker, replace(posting, place=nearer)))
    if worker.certificates or worker.no_certificates:
        paper = HeldCertificate(PAPERS[int(dice.rng.integers(len(PAPERS)))])
        better.append((replace(worker, certificates=(*worker.certificates, paper)), posting))
    if worker.experience_years is not None:
        better.append((replace(worker, experience_years=worker.experience_years + 1), posting))
    skill = SKILLS[int(dice.rng.integers(len(SKILLS)))]
    better.append((replace(worker, skills=(*worker.skills, skill)), posting))
    return better


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_many_pairs_at_once_equal_one_by_one(seed: int) -> None:
    dice = Dice(seed)
    both = lined_up([dice.worker() for _ in range(4)], [dice.posting() for _ in range(4)], seed)
    for scorer in SCORERS:
        together = score_pairs(both, scorer, keep_matrix=True)
        assert together.matrix is not None
        for i in range(len(both)):
            alone = score_pairs(both.part(slice(i, i + 1)), scorer, keep_matrix=True)
            assert alone.matrix is not None
            np.testing.assert_array_equal(alone.matrix[0], together.matrix[i])
            assert alone.veto[0] == together.veto[i]
            assert alone.score[0] == pytest.approx(together.score[i], abs=1e-6)


BLANK_WORKER = Worker("w")
BLANK_POSTING = Posting("p", "样例岗位")
SERVICE_RULES = {rule.id for rule in rules() if rule.basis in {"service", "regulation"}}


@settings(max_examples=300, deadline=None)
@given(seeds)
def test_a_veto_of_two_facts_needs_both_to_be_known(seed: int) -> None:
    dice = Dice(seed)
    worker, posting = dice.worker(), dice.posting()
    no_worker = vetoes(lined_up([BLANK_WORKER], [posting]))[0]
    assert {line.code for line in veto_lines(int(no_worker))} <= SERVICE_RULES
    no_posting = vetoes(lined_up([worker], [BLANK_POSTING]))[0]
    assert {line.code for line in veto_lines(int(no_posting))} <= {"under_age"}


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_forgetting_facts_of_a_posting_never_adds_a_veto(seed: int) -> None:
    dice = Dice(seed)
    worker, posting = dice.worker(), dice.posting()
    before = int(vetoes(lined_up([worker], [posting]))[0])
    blank = {f.name: getattr(BLANK_POSTING, f.name) for f in fields(Posting)}
    # Shifts, benefits and transport can also free a pair (a choice, a bed, a shuttle), so they are left alone.
    keep = {"posting_id", "title", "shifts", "benefits", "transport", "place", "pay"}
    for name in blank:
        if name in keep or (name == "headcount_left" and posting.headcount == 0):
            continue
        after = int(vetoes(lined_up([worker], [replace(posting, **{name: blank[name]})]))[0])
        if name in {"occupations", "hours_per_day", "days_per_month"}:
            continue
        assert after & ~before == 0, (name, [line.code for line in veto_lines(after & ~before)])


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda s: s.model_id)
@settings(max_examples=100, deadline=None)
@given(seeds)
def test_lines_fit_and_every_reason_carries_part_of_the_score(scorer: Scorer, seed: int) -> None:
    dice = Dice(seed)
    both = lined_up([dice.worker() for _ in range(3)], [dice.posting() for _ in range(3)], seed)
    matrix = feature_matrix(both)
    whole = surplus_score(*scorer.probabilities(matrix))
    for i, found in enumerate(explain(both, scorer, max_reasons=99, max_gaps=99)):
        for line in (*found.reasons, *found.gaps):
            assert 0 < len(line.text) <= MAX_LINE_CHARS
            assert "nan" not in line.text
            assert "-1" not in line.text
        for line in found.reasons:
            without = matrix[i : i + 1].copy()
            for column, value in templates()[line.code].without:
                without[0, column] = value
            assert surplus_score(*scorer.probabilities(without))[0] < whole[i] * (1 - LEAST_DROP / 2)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_scores_are_probabilities_and_surplus_rises_with_each(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, q = np.sort(rng.random(50)), np.sort(rng.random(50))
    grid = surplus_score(np.repeat(p, 50), np.tile(q, 50)).reshape(50, 50)
    assert grid.min() >= 0
    assert grid.max() <= 1
    assert (np.diff(grid, axis=0) >= 0).all()
    assert (np.diff(grid, axis=1) >= 0).all()


def test_protected_attributes_cannot_be_passed_at_all() -> None:
    words = ("sex", "gender", "ethnic", "nation", "hukou", "marital", "disab", "poverty", "category")
    for kind in (Worker, Posting, WorkerColumns, PostingColumns, Pairs):
        assert not [f.name for f in fields(kind) for word in words if word in f.name], kind
    for name in feature_columns():
        assert not any(word in name for word in words)
    for attribute in words[:4]:
        with pytest.raises(TypeError):
            Worker("w", **{attribute: "x"})


def test_quarantined_limits_change_nothing() -> None:
    posting = Dice(3).posting()
    limited = replace(posting, quarantined={"gender": "限男性", "hukou": "本地户口", "age": "35岁以下"})
    worker = Dice(4).worker()
    a, b = (feature_matrix(lined_up([worker], [p])) for p in (posting, limited))
    np.testing.assert_array_equal(a, b)
    assert vetoes(lined_up([worker], [posting]))[0] == vetoes(lined_up([worker], [limited]))[0]


def test_features_never_read_age() -> None:
    source = inspect.getsource(features_module)
    assert ".age)" not in source
    assert "age_min" not in source
