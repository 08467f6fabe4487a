"""A new ranker takes the old one's place only on evidence; a bad file is refused with row and reason."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.config import Config
from matcher.errors import InvalidInput
from matcher.ranking.learning import MISSING, Graded
from matcher.ranking.trained_scorer import MANIFEST, TrainedScorer
from matcher.services.learning.graded_file import read_examples
from matcher.services.learning.installed_ranker import SHIPPED_RANKER, installed_scorer
from matcher.services.learning.train_ranker import TrainingReport, train_ranker, verdict
from matcher.services.learning.training_examples import GradedExample
from tests.learning_world import TODAY, base, champion, logs

GOOD = GradedExample(
    "a" * 16, "county:A1", 3, 2, "interested", None, "sms", 0, 0.61, 1, None, None, None, "2026-02-20"
)
DAY = date(2026, 3, 2)


def trained(graded: Graded, out: Path, old: Any = None) -> TrainingReport:
    return train_ranker(
        graded,
        champion=old or champion(),
        base=base,
        out=out,
        encoder_id="encoder-1",
        today=date.fromordinal(TODAY),
    )


@pytest.fixture(scope="module")
def won(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TrainingReport]:
    out = tmp_path_factory.mktemp("own") / "ranker"
    return out, trained(logs(21, people=1_500), out)


def test_a_model_that_learnt_what_people_want_takes_the_place_with_its_figures(
    won: tuple[Path, TrainingReport],
) -> None:
    out, report = won
    assert report.replaced
    assert report.outcome.difference[1] > 0
    manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["model_id"] == report.model_id == TrainedScorer.load(out).model_id
    assert manifest["figures"]["champion"] == "old"
    assert manifest["figures"]["difference"] == list(report.outcome.difference)
    card = (out / "card.md").read_text(encoding="utf-8")
    assert f"{report.outcome.challenger[0]:.3f}" in card
    assert {path.suffix for path in out.iterdir()} == {".json", ".md", ".skops"}
    said = verdict(report)
    assert said.startswith("已换用新模型")
    assert f"{report.outcome.champion[0]:.3f}（{report.outcome.champion[1]:.3f}–" in said


def test_the_champion_stays_when_the_labels_are_shuffled(tmp_path: Path) -> None:
    graded = logs(22, people=900)
    rng = np.random.default_rng(0)
    grade = graded.grade.copy()
    answered = np.flatnonzero(grade != MISSING)
    grade[answered] = grade[rng.permutation(answered)]
    report = trained(replace(graded, grade=grade), tmp_path / "ranker")
    assert not report.replaced
    assert not (tmp_path / "ranker").exists()
    assert verdict(report).startswith("新模型没有胜出，保留现用模型")


def test_the_model_in_use_is_not_replaced_by_its_equal(won: tuple[Path, TrainingReport], tmp_path: Path) -> None:
    best = TrainedScorer.load(won[0])
    before = sorted(path.name for path in won[0].iterdir())
    assert not trained(logs(21, people=1_500), won[0], old=best).replaced
    assert sorted(path.name for path in won[0].iterdir()) == before


def test_too_few_answers_are_refused_with_their_number(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"答复太少.*前期有 .* 条答复（需 100）"):
        trained(logs(23, people=40), tmp_path)


def test_an_own_model_is_used_while_digest_features_and_encoder_match(
    won: tuple[Path, TrainingReport], tmp_path: Path
) -> None:
    import shutil

    config = Config(tmp_path, "sqlite://", tmp_path / "keyring.json")
    shipped = TrainedScorer.load(SHIPPED_RANKER).model_id
    assert installed_scorer(config, "encoder-1").model_id == shipped
    shutil.copytree(won[0], config.ranker_folder)
    assert installed_scorer(config, "encoder-1").model_id == won[1].model_id
    assert installed_scorer(config, "encoder-2").model_id == shipped
    head = next(config.ranker_folder.glob("worker-*.skops"))
    head.write_bytes(head.read_bytes()[:-1])
    assert installed_scorer(config, "encoder-1").model_id == shipped


def written(path: Path, *rows: dict[str, Any] | str) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def row(**changes: Any) -> dict[str, Any]:
    return {"schema": "push-grades/1", **asdict(GOOD), **changes}


def test_a_good_file_is_read_as_it_was_exported(tmp_path: Path) -> None:
    assert list(read_examples(written(tmp_path / "x", GOOD.line(), ""), today=DAY)) == [GOOD]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("{", "第2行不是一个 JSON 对象"),
        ("[1]", "第2行不是一个 JSON 对象"),
        (row(schema="push-grades/9"), "第2行 schema 应为 push-grades/1"),
        ({k: v for k, v in row().items() if k != "score"}, "第2行列不对：缺 score"),
        (row(name="x"), "第2行列不对：多出 name"),
        (row(score=float("nan")), "第2行 score 应为0 到 1 的数"),
        (row(score=7), "第2行 score 应为0 到 1 的数"),
        (row(score=True), "第2行 score 应为0 到 1 的数"),
        (row(grade=5, outcome=None), "第2行 grade 应为0 到 4 或 null"),
        (row(grade=1), "第2行 outcome 与 grade 不一致"),
        (row(channel="telex"), "第2行 channel 应为渠道代码"),
        (row(position=-1), "第2行 position 应为从 0 起的整数"),
        (row(delivered="2026-02-30"), "第2行 delivered 应为日期"),
        (row(delivered="2026-03-03"), "第2行 delivered 在今天之后"),
    ],
)
def test_a_bad_row_is_refused_with_its_number_and_the_fix(tmp_path: Path, bad: Any, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        list(read_examples(written(tmp_path / "x", GOOD.line(), bad), today=DAY))
    assert told in refused.value.message


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("不合适".encode("gb18030"))
    with pytest.raises(InvalidInput, match="UTF-8"):
        list(read_examples(tmp_path / "x", today=DAY))
