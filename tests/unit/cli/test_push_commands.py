"""`matcher push …` as a person meets it: a batch from plan to stop, and every refusal in one Chinese line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import push_world
import pytest
from push_world import APPROVER, PLANNER, add_people, add_postings, plan
from test_command_line import Shell, modules_after

from matcher.config import Config
from matcher.services.installation import open_database
from matcher.store.database import Database
from matcher.store.repositories.leases import LeaseRepository

HEADER = "行编号,状态,原因\n"


def database_of(shell: Shell) -> Database:
    return open_database(Config.from_environment({"MATCHER_HOME": str(shell.home)}))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """An installation with four people, six postings and one draft batch."""
    shell = Shell(tmp_path_factory.mktemp("push") / "home")
    shell.done("init")
    database = database_of(shell)
    with database.writing(PLANNER) as session:
        add_people(session, range(4), extra={"job_status": "seeking"})
        add_postings(session, range(6))
        plan(session, {n: (n, n + 1) for n in range(4)}, wave_size=2)
    database.close()
    return shell


@pytest.fixture
def office(template: Shell, tmp_path: Path) -> Shell:
    """A copy of the installation to change."""
    shutil.copytree(template.home, tmp_path / "home")
    return Shell(tmp_path / "home")


def as_json(shell: Shell, *arguments: str) -> dict:
    return json.loads(shell.done("push", *arguments, "--json"))


def test_a_batch_is_approved_sent_in_waves_and_stopped(office: Shell) -> None:
    assert "已批准，每批 2 人" in office.done("push", "approve", "1", "--by", APPROVER)
    sent = office.done("push", "send", "1")
    assert "第 1 批：已发出 2" in sent
    assert "还有 2 人待发" in sent
    (file,) = (office.home / "push").glob("短信-*.xlsx")
    assert file.stat().st_mode & 0o077 == 0
    stopped = office.done("push", "stop", "1", "--reason", "企业来电")
    assert "已发出 2 条" in stopped
    assert "2 人不再发送" in stopped
    assert as_json(office, "status", "1")["state"] == "stopped"


def test_all_waves_can_be_sent_in_one_go_and_again_sends_nothing(office: Shell) -> None:
    office.done("push", "approve", "1", "--by", APPROVER)
    assert as_json(office, "send", "1", "--all")["people"] == {"sent": 4}
    again = as_json(office, "send", "1", "--all")
    assert (again["people"], again["sent"]) == ({}, 0)
    assert len(list((office.home / "push").glob("短信-*.xlsx"))) == 1


def test_receipts_of_the_operator_count_what_was_delivered(office: Shell, tmp_path: Path) -> None:
    office.done("push", "approve", "1", "--by", APPROVER)
    office.done("push", "send", "1", "--all")
    config = Config.from_environment(office.environment)
    database = open_database(config)
    keys = [push_world.message_key(database, 1, n) for n in range(4)]
    database.close()
    lines = "".join(f"{key},成功,\n" for key in keys[:3])
    (tmp_path / "回执.csv").write_text(HEADER + lines + f"{keys[3]},失败,空号\n", "utf-8")
    told = office.done("push", "receipts", str(tmp_path / "回执.csv"))
    assert "送达 3，失败 1" in told
    assert as_json(office, "status", "1")["served"] == 3
    assert as_json(office, "receipts", str(tmp_path / "回执.csv"))["repeated"] == 4


def test_an_empty_receipt_file_is_refused(office: Shell, tmp_path: Path) -> None:
    (tmp_path / "回执.csv").write_text(HEADER, "utf-8")
    assert "没有回执" in office.complaint("push", "receipts", str(tmp_path / "回执.csv"))


def test_a_list_and_a_status_show_the_batch_in_words(office: Shell) -> None:
    assert "样例批次" in office.done("push", "list")
    shown = office.done("push", "show", "1")
    assert "草稿" in shown
    assert "待发 4" in shown
    assert json.loads(office.done("push", "list", "--json"))[0]["batch_id"] == 1


def test_the_coverage_report_and_page_are_written(office: Shell, tmp_path: Path) -> None:
    office.done("push", "report", "1", "--out", str(tmp_path / "覆盖.xlsx"))
    assert (tmp_path / "覆盖.xlsx").stat().st_size > 0
    office.done("push", "show", "1", "--page", str(tmp_path / "覆盖.html"))
    assert "<html" in (tmp_path / "覆盖.html").read_text("utf-8")


def test_a_draft_can_be_cancelled_with_a_reason(office: Shell) -> None:
    assert "已取消" in office.done("push", "cancel", "1", "--reason", "名单有误")
    assert as_json(office, "status", "1")["stop_reason"] == "名单有误"


def test_a_batch_is_closed_only_when_it_was_sent(office: Shell) -> None:
    assert "不能结束" in office.complaint("push", "close", "1")
    office.done("push", "approve", "1", "--by", APPROVER)
    office.done("push", "send", "1")
    assert "还有 2 人待发" in office.complaint("push", "close", "1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("send", "1"), "还没有批准"),
        (("stop", "1", "--reason", "x"), "不能叫停"),
        (("stop", "1", "--reason", " "), "理由"),
        (("status", "99"), "没有编号为 99"),
        (("send", "99"), "没有编号为 99"),
        (("letters", "99"), "没有编号为 99"),
        (("approve", "1", "--wave-size", "0"), "--wave-size"),
        (("list", "--limit", "0"), "--limit"),
        (("plan", "x", "--category", "没有这类"), "--category"),
        (("plan", "x", "--region", "保定"), "区划代码"),
        (("receipts", "没有.csv"), "找不到文件"),
        (("stop", "1"), "--reason"),
    ],
)
def test_a_refusal_is_one_line_that_names_the_fix(template: Shell, arguments: tuple[str, ...], words: str) -> None:
    assert words in template.complaint("push", *arguments)


def test_approving_twice_is_refused(office: Shell) -> None:
    office.done("push", "approve", "1", "--by", APPROVER)
    assert "现在是“已批准”" in office.complaint("push", "approve", "1", "--by", APPROVER)


def test_a_second_sender_says_that_one_is_at_work_and_ends_well(office: Shell) -> None:
    office.done("push", "approve", "1", "--by", APPROVER)
    database = database_of(office)
    with database.writing("other") as session:
        LeaseRepository(session).take("push-send", "other", seconds=60)
    database.close()
    ended = office.run("push", "send", "1")
    assert ended.code == 0
    assert "已有进程在发送" in ended.errors
    assert as_json(office, "status", "1")["progress"] == {"waiting": 4}


def test_looking_at_batches_needs_no_heavy_library(template: Shell) -> None:
    assert modules_after(template, "push", "list") == set()


def test_a_batch_that_is_not_there_cannot_be_replayed(office: Shell) -> None:
    ended = office.run("push", "replay", "99")
    assert ended.code == 1
    assert "没有这个推送批次：99" in ended.errors
