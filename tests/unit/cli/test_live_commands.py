"""`matcher live` on a small installation; only planning and answering load a model."""

from __future__ import annotations

import json

import pytest
from test_command_line import Shell

HEADING = "岗位编号,岗位名称,单位名称,招聘人数,薪资,工作地点,工作内容,任职要求,有效期至\n"
ROWS = (
    "A1,焊工,样例一厂,2,5000-6000元/月,容城县,焊接钢架,会看图纸,2099-12-31\n"
    "A2,保洁员,样例二厂,3,2800元/月,容城县,打扫办公楼,身体健康,2099-12-31\n"
    "A3,保安,样例三厂,1,,容城县,看大门,能吃苦,2099-12-31\n"
)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("live")
    (folder / "postings.csv").write_text(HEADING + ROWS, encoding="utf-8")
    (folder / "wishes.txt").write_text("电焊工 容城附近\n保洁\n", encoding="utf-8")
    made = Shell(folder / "home")
    assert made.run("init").code == 0
    assert made.run("import", str(folder / "postings.csv"), "--source", "county").code == 0
    assert "已登记直播 1" in made.run("live", "new", "样例专场", "--at", "2099-03-02 19:30", "--caller", "样例乙").output
    planned = made.run("live", "plan", "1", "--wishes", str(folder / "wishes.txt"), "--size", "2", "--minutes", "10")
    assert planned.code == 0, planned.errors
    assert "排了 2 个岗位" in planned.output
    return made


def test_the_run_sheet_has_scripts_and_what_may_not_air_is_said(shell: Shell) -> None:
    sheet = json.loads(shell.run("live", "sheet", "1", "--json").output)
    assert [item["short_no"] for item in sheet["items"]] == [1, 2]
    assert all(item["script"] for item in sheet["items"])
    refused = shell.run("live", "add", "1", "county:A3")
    assert refused.code == 1
    assert "没写基本报酬" in refused.errors
    stale = shell.run("live", "air", "1", "1", "--version", "1")
    assert stale.code == 1
    assert "刚被别人改过" in stale.errors
    assert "1 号已上播" in shell.run("live", "air", "1", "1").output


def test_leads_are_taken_once_masked_and_asked_back(shell: Shell) -> None:
    taken = shell.run("live", "leads", "1", "1号 13800001234\n1号 138-0000-1234\n2号 没留电话")
    assert "新线索 1 条，重复 0 条" in taken.output
    assert "138****1234" in taken.output
    assert "没留电话" in taken.output
    assert "13800001234" not in shell.run("live", "calls", "1").output
    assert "约面试" in shell.run("live", "called", "1", "1", "约面试").output
    assert "约面试 1/否 0/未知 0" in shell.run("live", "funnel", "1").output


def test_a_viewer_is_answered_with_ticks(shell: Shell) -> None:
    answer = json.loads(shell.run("live", "ask", "50岁能去吗 电焊工 容城附近 日结", "--event", "1", "--json").output)
    ticks = {tick["label"]: tick["sign"] for tick in answer["cards"][0]["ticks"]}
    assert ticks == {"50岁": "✓", "容城县附近": "✓", "日结": "?"}


@pytest.mark.parametrize(
    "arguments",
    [("sheet", "99"), ("new", "样例", "--at", "2020-01-01 06:00"), ("new", "样例", "--at", "明天"), ("called", "1", "99", "已上岗")],
)
def test_what_makes_no_sense_is_one_clear_line(shell: Shell, arguments: tuple[str, ...]) -> None:
    ended = shell.run("live", *arguments)
    assert ended.code == 1
    assert "Traceback" not in ended.errors
