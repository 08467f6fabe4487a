"""`matcher train-ranker` as a person meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
from test_command_line import Shell
from typer.testing import CliRunner

import matcher.services.learning.train_ranker as service
from matcher.cli.ranker_commands import CHAMPION_STAYS, register
from matcher.ranking.contest import Contest
from matcher.ranking.feature_table import Head
from matcher.services.learning.train_ranker import TrainingReport

OLD, NEW = (0.61, 0.58, 0.64), (0.63, 0.6, 0.66)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("ranker") / "home")
    shell.done("init")
    return shell


def test_without_answers_nothing_is_trained_and_the_number_is_told(office: Shell) -> None:
    result = office.run("train-ranker")
    assert result.code == 1
    assert "答复太少，还不能重训：前期有 0 条答复" in result.errors
    assert not (office.home / "ranker").exists()


def test_a_bad_file_is_refused_with_its_row(office: Shell, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"schema": "push-grades/1"}\n', encoding="utf-8")
    result = office.run("train-ranker", "--examples", str(tmp_path / "x.jsonl"))
    assert result.code == 1
    assert "第1行列不对" in result.errors


@pytest.mark.parametrize(
    ("model_id", "code", "said"),
    [(None, CHAMPION_STAYS, "新模型没有胜出，保留现用模型"), ("ranker-x", 0, "已换用新模型")],
)
def test_both_figures_are_told_and_the_exit_code_says_which_model_stays(
    office: Shell, monkeypatch: pytest.MonkeyPatch, model_id: str | None, code: int, said: str
) -> None:
    report = TrainingReport(
        Contest(OLD, NEW, (0.02, -0.01, 0.05), 240), model_id, dict.fromkeys(Head, 90), 55.0, 2
    )
    given: dict[str, Any] = {}

    def learnt(*_: object, **named: Any) -> TrainingReport:
        given.update(named)
        return report

    monkeypatch.setattr(service, "train_from_examples", learnt)
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)
    result = CliRunner().invoke(app, ["train-ranker"], env={"MATCHER_HOME": str(office.home)})
    assert result.exit_code == code
    told = result.output.replace("\n", "")
    assert said in told
    assert "0.630（0.600–0.660）" in told
    assert "0.610（0.580–0.640）" in told
    assert "2 条样本的人或岗位已不在库里" in told
    assert given["out"] == office.home / "ranker"
