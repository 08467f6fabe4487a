"""`matcher fair` on a small installation: a fair in the office and, out of one file, without it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_command_line import Shell

from matcher.cli import fair_offline_commands
from matcher.config import Config
from matcher.services.installation import open_database
from tests.fair_world import add_employers, add_workers, employer
from tests.push_world import worker_id

AT = "2099-03-12 09:00"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(tmp_path_factory.mktemp("fair") / "home")
    assert made.run("init").code == 0
    database = open_database(Config.from_environment({"MATCHER_HOME": str(made.home)}))
    add_employers(database, 2)
    add_workers(database, range(3))
    database.close()
    return made


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed at every question."""
    monkeypatch.setattr(fair_offline_commands, "_passphrase", lambda **_: "样例县春风行动口令")


def test_a_fair_from_the_first_booth_to_a_merged_file(shell: Shell, tmp_path: Path) -> None:
    assert "已经过去" in shell.run("fair", "new", "样例专场", "--at", "2020-01-01 09:00").errors
    opened = shell.run("fair", "new", "样例专场", "--at", AT, "--slots", "6", "--place", "样例广场")
    assert opened.code == 0, opened.errors
    for number in (0, 1):
        assert shell.run("fair", "booth", "1", str(number + 1), employer(number)).code == 0
    assert "展位" in shell.run("fair", "booth", "1", "1", employer(1)).errors
    planned = shell.run("fair", "plan", "1")
    assert "3 人中 3 人排上 6 次洽谈" in planned.output, planned.errors
    assert "邀约 3 人" in shell.run("fair", "invite", "1").output
    file = tmp_path / "fair.bin"
    exported = shell.run("fair", "export", "1", str(file))
    assert "3 人" in exported.output, exported.errors
    there = shell.run("fair", "run", str(file), "checkin", "1", "0001")
    assert "已签到" in there.output, there.errors
    assert "签到 1" in shell.run("fair", "run", str(file), "show", "1").output
    assert "签到 0" in shell.run("fair", "show", "1").output
    merged = shell.run("fair", "merge", str(file))
    assert "合并 1 处" in merged.output, merged.errors
    assert "签到 1" in shell.run("fair", "show", "1").output
    assert "没有变化" in shell.run("fair", "merge", str(file)).output
    assert "没有等着定的冲突" in shell.run("fair", "conflicts").output


def test_somebody_new_on_the_laptop_comes_home_and_a_known_phone_is_asked_about(shell: Shell, tmp_path: Path) -> None:
    file, words = tmp_path / "fair.bin", "会电焊，想在附近干，日结"
    assert shell.run("fair", "export", "1", str(file)).code == 0
    there = ("fair", "run", str(file), "register", "1", words)
    assert "只计人数" in shell.run(*there, "--contact").errors
    assert "手机号" in shell.run(*there, "--matching", "--phone", "138").errors
    made = shell.run(*there, "--matching", "--contact", "--name", "样例赵六", "--phone", "13800009913")
    assert "听出：焊工、日结" in made.output, made.errors
    assert "样**六 已签到" in made.output
    again = shell.run(*there, "--matching", "--phone", "13800009913")
    assert "这个手机号已有档案" in again.output
    assert "样**六" in again.output
    assert shell.run(*there, "--matching", "--phone", "13800009914", "--paper").code == 0
    office = ("fair", "register", "1", words, "--matching", "--phone", "13800009914", "--name", "样例张七")
    assert "已建档" in shell.run(*office).output
    merged = shell.run("fair", "merge", str(file))
    assert "新建档 1 人" in merged.output, merged.errors
    assert "要人定的 1 处" in merged.output
    asked = shell.run("fair", "conflicts").output
    assert "现场登记的人（138****9914）和档案里的样**七像是同一人" in asked.replace("\n", "")
    assert "13800009914" not in asked
    command = re.search(r"matcher fair settle (\d+) (fair:\w+)", asked)
    assert command
    assert shell.run("fair", "settle", command[1], "ours").code == 1
    assert "已定" in shell.run("fair", "settle", command[1], command[2]).output
    assert "没有等着定的冲突" in shell.run("fair", "conflicts").output
    assert "签到 3" in shell.run("fair", "show", "1").output
    assert "没有变化" in shell.run("fair", "merge", str(file)).output


def test_sheets_show_masked_names_and_marks_are_taken(shell: Shell) -> None:
    sheets = shell.run("fair", "show", "1", "--sheets").output
    assert "*" in sheets
    assert not re.search(r"样例[甲乙丙]\d", sheets)
    found = re.search(rf"({worker_id(1)}) (p\d+)", sheets)
    assert found
    assert "已登记" in shell.run("fair", "mark", "1", found[1], found[2], "met").output
    assert "原因" in shell.run("fair", "mark", "1", found[1], found[2], "no_fit").errors
    assert shell.run("fair", "run", "nowhere.bin", "show", "1").code == 1
