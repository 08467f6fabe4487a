from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from ranking_cases import HOME, at, pair, paired, posting, worker, yuan
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.tree import DecisionTreeClassifier

from matcher.errors import Unavailable
from matcher.ranking.artifact import write_artifact
from matcher.ranking.feature_table import Head, features, head_columns
from matcher.ranking.rule_scorer import RuleScorer
from matcher.ranking.score import load_scorer, score_pairs
from matcher.ranking.surplus import surplus_score
from matcher.ranking.trained_scorer import TrainedScorer


def trained_heads() -> dict[Head, HistGradientBoostingClassifier]:
    """Two tiny heads: more of every upward feature, less of every downward one, is a yes."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, len(features()))).astype(np.float32)
    heads = {}
    for head in Head:
        columns = list(head_columns(head))
        direction = np.array([features()[c].direction(head) for c in columns])
        yes = x[:, columns] @ direction > 0
        heads[head] = HistGradientBoostingClassifier(max_iter=5, monotonic_cst=direction).fit(
            x[:, columns], yes
        )
    return heads


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    blend = {
        "gain": 1.0,
        "prior": 0.3,
        "raw": [-1.0, 0.0, 1.0],
        "observed": [-1.0, 0.0, 3.0],
        "intercept": 0.0,
        "slopes": {"dense": 0.5, "lexical": 0.2},
        "unknown": {"dense": 0.1, "lexical": 0.1},
    }
    write_artifact(tmp_path, trained_heads(), dict.fromkeys(Head, blend), trained_on={"set": "样例"})
    return tmp_path


def test_the_score_is_the_surplus_on_a_unit_scale() -> None:
    p, q = np.array([0.0, 0.3, 0.8, 1.0]), np.array([0.5, 1.0, 0.0, 1.0])
    score = surplus_score(p, q)
    assert score[0] == 0
    assert score[1] == pytest.approx(0.3)
    assert score[2] == 0
    assert 0.99 < score[3] <= 1
    gain = 0.7 * -np.log(1 - 0.4)
    assert surplus_score(np.array([0.4]), np.array([0.7]))[0] == pytest.approx(1 - np.exp(-gain))


def test_without_an_artifact_the_rules_score_and_say_that_they_are_degraded(tmp_path: Path) -> None:
    assert load_scorer(None).degraded
    assert load_scorer(tmp_path / "nowhere").degraded
    assert load_scorer(tmp_path).degraded


def test_an_artifact_loads_and_scores_as_the_heads_it_was_written_from(artifact: Path) -> None:
    scorer = load_scorer(artifact)
    assert not scorer.degraded
    x = np.random.default_rng(1).normal(size=(50, len(features()))).astype(np.float32)
    worker_p, employer_p = scorer.probabilities(x)
    for head, found in zip(Head, (worker_p, employer_p), strict=True):
        raw = trained_heads()[head].decision_function(x[:, list(head_columns(head))])
        rule = RuleScorer().log_odds(x, head)
        z = raw + 0.3 * rule + 0.5 * x[:, 0] + 0.2 * x[:, 1]
        z = np.where(z <= 0, z, np.where(z <= 1, 3 * z, z + 2))
        expected = 1 / (1 + np.exp(-z))
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_one_changed_byte_is_refused_before_anything_is_built(artifact: Path) -> None:
    (file,) = artifact.glob("worker-*.skops")
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(Unavailable, match="校验值"):
        load_scorer(artifact)


def test_a_foreign_type_is_refused_even_with_a_right_digest(artifact: Path) -> None:
    class Sly:
        pass

    import hashlib

    data = skops.io.dumps({"a": DecisionTreeClassifier().fit([[0], [1]], [0, 1]), "b": np.random.Generator})
    if not skops.io.get_untrusted_types(data=data):
        pytest.skip("nothing untrusted in this skops version")
    manifest = json.loads((artifact / "manifest.json").read_text(encoding="utf-8"))
    (artifact / manifest["heads"]["worker"]["file"]).write_bytes(data)
    manifest["heads"]["worker"]["sha256"] = hashlib.sha256(data).hexdigest()
    (artifact / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(Unavailable, match="不允许的类型"):
        load_scorer(artifact)


@pytest.mark.parametrize("damage", ["missing_manifest", "no_json", "other_features", "missing_head"])
def test_a_damaged_artifact_is_unavailable_and_never_silently_replaced(artifact: Path, damage: str) -> None:
    path = artifact / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if damage == "missing_manifest":
        path.unlink()
    elif damage == "no_json":
        path.write_text("{", encoding="utf-8")
    elif damage == "other_features":
        manifest["features"] = manifest["features"][1:]
        path.write_text(json.dumps(manifest), encoding="utf-8")
    else:
        (artifact / manifest["heads"]["employer"]["file"]).unlink()
    with pytest.raises(Unavailable):
        TrainedScorer.load(artifact) if damage != "missing_manifest" else load_scorer(artifact)


def test_vetoed_pairs_score_zero_and_say_why() -> None:
    scores = score_pairs(
        paired([worker()], [posting(headcount_left=0), posting(headcount_left=1)]), RuleScorer()
    )
    assert scores.score[0] == 0
    assert scores.veto[0] != 0
    assert scores.score[1] > 0
    assert scores.veto[1] == 0


def test_the_matrix_is_kept_only_when_asked_for() -> None:
    lined_up = pair(worker(), posting())
    assert score_pairs(lined_up, RuleScorer()).matrix is None
    kept = score_pairs(lined_up, RuleScorer(), keep_matrix=True).matrix
    assert kept is not None
    assert kept.shape == (1, len(features()))


def test_no_pairs_score_to_nothing() -> None:
    assert len(score_pairs(pair(worker(), posting()).part(slice(0, 0)), RuleScorer()).score) == 0


def test_a_closer_better_paid_job_scores_higher_by_the_rules() -> None:
    seeker = worker(place=HOME, pay_floor=yuan(4000))
    jobs = [posting(place=at(15), pay=yuan(4000)), posting(place=at(2), pay=yuan(5000))]
    far, near = score_pairs(paired([seeker], jobs), RuleScorer()).score
    assert near > far
