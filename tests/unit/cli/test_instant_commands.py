"""`matcher instant` and `matcher swap` on a small installation; no model is loaded."""

from __future__ import annotations

import json

import pytest
from test_command_line import Shell

EMPLOYERS = "岗位编号,岗位名称,单位名称,招聘人数,薪资,工作地点\nA1,焊工,样例一厂,2,300元/天,容城县\n"
WORDS = "要3个小工 容城县 260一天"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("instant")
    (folder / "postings.csv").write_text(EMPLOYERS, encoding="utf-8")
    made = Shell(folder / "home")
    assert made.run("init").code == 0
    assert made.run("import", str(folder / "postings.csv"), "--source", "county").code == 0
    return made


def test_words_are_read_and_what_is_missing_is_said(shell: Shell) -> None:
    ended = shell.run("instant", "ask", "明早6点要5个小工 安新高铁站 260一天")
    assert ended.code == 1
    assert "小工" in ended.output
    assert "谁家用人" in ended.errors
    drafted = shell.run("instant", "ask", "明早6点要5个小工 安新高铁站 260一天", "--draft", "--json")
    assert drafted.code == 0
    assert json.loads(drafted.output)["needed"] == 5


def test_a_complete_request_is_opened_once_listed_and_closed(shell: Shell) -> None:
    arguments = ("instant", "ask", f"明早6点{WORDS}", "--employer", "样例建筑公司")
    opened = shell.run(*arguments)
    assert opened.code == 0, opened.errors
    assert "已发起快招 1" in opened.output
    twice = shell.run(*arguments)
    assert twice.code == 1
    assert "快招 1" in twice.errors
    assert "招人中" in shell.run("instant", "list").output
    assert json.loads(shell.run("instant", "board", "--json").output)["gigs"][0]["title"] == "小工"
    assert "没有等答复的人" in shell.run("instant", "calls", "1").output
    assert shell.run("instant", "answer", "1", "nobody", "yes").code == 1
    assert "缺 3 人" in shell.run("instant", "close", "1").output
    assert shell.run("instant", "close", "1").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "明早6点要0个小工 容城县 260一天", "--employer", "样例建筑公司"),
        ("ask", WORDS, "--at", "2020-01-01 06:00", "--employer", "样例建筑公司"),
        ("ask", WORDS, "--at", "明天", "--employer", "样例建筑公司"),
        ("answer", "1", "nobody", "maybe"),
        ("free", "nobody"),
        ("free", "nobody", "--hours", "1000"),
        ("station", "", "x"),
    ],
)
def test_wrong_words_are_refused_in_words(shell: Shell, arguments: tuple[str, ...]) -> None:
    ended = shell.run("instant", *arguments)
    assert ended.code == 1
    assert "出错" in ended.errors


def test_swaps_are_added_planned_and_refused_without_agreement(shell: Shell) -> None:
    assert shell.run("swap", "add", "nobody", "富余", "3").code == 1
    assert shell.run("swap", "add", "nobody", "很多", "3").code == 1
    planned = shell.run("swap", "plan")
    assert planned.code == 0, planned.errors
    assert "三方协议" in planned.output
    assert "没有调剂" in shell.run("swap", "list").output
    assert shell.run("swap", "move", "9", "双方同意", "--signed").code == 1
    assert "没有要接送的人" in shell.run("swap", "buses", "--plan").output
    assert shell.run("swap", "buses", "--sizes", "many").code == 1
    assert shell.run("swap", "out-of-town").code == 1
