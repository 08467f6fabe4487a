"""`matcher render`: texts on the screen, sheets in a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_command_line import Shell

POSTINGS = (
    "岗位编号,岗位名称,单位名称,岗位职责,任职要求,招聘人数,薪资,工作地点,有效期至\n"
    "A1,装卸工,样例一厂,装车卸车,能搬三十公斤,3,200元/天,容城县,2099-12-31\n"
    "A2,焊工,样例二厂,入职交押金500元,有证,2,300元/天,容城县,2099-12-31\n"
)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("render")
    (folder / "postings.csv").write_text(POSTINGS, encoding="utf-8")
    made = Shell(folder / "home")
    assert made.run("init").code == 0
    assert made.run("import", str(folder / "postings.csv"), "--source", "county").code == 0
    return made


def test_a_posting_is_shown_as_text(shell: Shell) -> None:
    ended = shell.run("render", "county:A1", "--as", "sms")
    assert ended.code == 0, ended.errors
    assert "装卸工" in ended.output
    assert "有效期至2099年12月31日" in ended.output


def test_a_blocked_posting_is_refused_with_the_reason(shell: Shell) -> None:
    ended = shell.run("render", "county:A2", "--as", "led")
    assert ended.code == 1
    assert ended.output == ""
    assert "岗位信息有违规未处理" in ended.errors


def test_a_notice_goes_to_a_file_without_what_may_not_be_shown(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "notice.pdf"
    ended = shell.run("render", "county:A1", "county:A2", "--as", "notice", "--large", "--out", str(out))
    assert ended.code == 0, ended.errors
    assert out.read_bytes().startswith(b"%PDF")
    assert "没有印 county:A2" in ended.errors


@pytest.mark.parametrize(
    "arguments", [("--as", "poster"), ("--as", "notice"), ("--as", "sms", "--large")]
)
def test_wrong_options_are_refused_in_words(shell: Shell, arguments: tuple[str, ...]) -> None:
    ended = shell.run("render", "county:A1", *arguments)
    assert ended.code == 1
    assert "出错" in ended.errors
