"""`matcher review`: the whole store again, and the list for the desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_command_line import Shell

POSTINGS = (
    "岗位编号,岗位名称,单位名称,岗位职责,工作地点,有效期至\n"
    "A1,装卸工,样例一厂,入职交押金500元,容城县,2099-12-31\n"
    "A2,焊工,样例二厂,限男性,容城县,2099-12-31\n"
)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "postings.csv").write_text(POSTINGS, encoding="utf-8")
    made = Shell(tmp_path / "home")
    assert made.run("init").code == 0
    assert made.run("import", str(tmp_path / "postings.csv"), "--source", "county").code == 0
    return made


def test_review_all_tells_what_it_did(shell: Shell) -> None:
    ended = shell.run("review", "all")
    assert ended.code == 0
    assert "查了 2 个岗位，2 个有发现" in ended.output
    assert "新拦截 0 个，解除拦截 0 个" in ended.output


def test_review_list_begins_with_what_blocks_and_gives_the_rewrite(shell: Shell) -> None:
    ended = shell.run("review", "list")
    lines = ended.output.splitlines()
    assert lines[0].startswith("[拦截] county:A1")
    assert "→ 删去押金要求" in lines[0]
    assert lines[-1] == "待处理：拦截 1 条，退改 1 条，提示 1 条"


def test_review_list_refuses_a_severity_it_does_not_know(shell: Shell) -> None:
    ended = shell.run("review", "list", "--severity", "urgent")
    assert ended.code == 1
    assert "severity" in ended.errors


def test_a_barred_employer_has_nothing_live_until_it_is_let_back(shell: Shell) -> None:
    assert "（可展示 1）" in shell.run("status").output
    ended = shell.run("review", "bar", "样例二厂", "--reason", "unpaid_wages", "--basis", "样例罚字1号")
    assert (ended.code, "欠薪" in ended.output) == (0, True)
    assert "（可展示 0）" in shell.run("status").output
    assert shell.run("review", "let-back", "样例二厂", "--reason", "已结清").code == 0
    assert "（可展示 1）" in shell.run("status").output


def test_barring_needs_a_known_employer_a_reason_and_a_basis(shell: Shell) -> None:
    unknown = shell.run("review", "bar", "没有的厂", "--reason", "unpaid_wages", "--basis", "1号")
    assert (unknown.code, "没有这个用人单位" in unknown.errors) == (1, True)
    assert shell.run("review", "bar", "样例二厂", "--reason", "懒", "--basis", "1号").code == 1
    bare = shell.run("review", "bar", "样例二厂", "--reason", "unpaid_wages", "--basis", " ")
    assert (bare.code, "依据" in bare.errors) == (1, True)
    assert "（可展示 1）" in shell.run("status").output
