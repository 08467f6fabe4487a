"""`matcher care …` and `matcher outcomes export` as a person meets them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from test_command_line import Shell, modules_after

from matcher.clock import FixedClock
from matcher.config import Config
from matcher.domain.service_terms import Channel, PushState
from matcher.services.installation import open_database
from matcher.services.sending.batch_life import approve_batch
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.send_wave import send_wave
from matcher.store.database import Database
from matcher.store.tables.people import HouseholdMemberRow
from matcher.store.tables.pushes import PushRow
from tests.push_world import (
    APPROVER,
    PLANNER,
    Recorder,
    add_people,
    add_postings,
    plain_office,
    plan,
    posting_id,
    worker_id,
)

HEADER = "劳动者编号,岗位编号,结果,是否,日期,佐证\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """An installation with one person who has waited for a push too long, and one posting."""
    shell = Shell(tmp_path_factory.mktemp("care") / "home")
    shell.done("init")
    long_ago = FixedClock(datetime.now(UTC) - timedelta(days=40))
    database = open_database(config(shell), long_ago)
    with database.writing("样例丙") as session:
        add_people(session, [1], extra={"job_status": "seeking"}, household_no="H1")
        add_postings(session, [1], headcount=1)
        session.scalars(select(HouseholdMemberRow)).one().working_age = True
    database.close()
    return shell


@pytest.fixture
def office(template: Shell, tmp_path: Path) -> Shell:
    """A copy of the installation to change."""
    shutil.copytree(template.home, tmp_path / "home")
    return Shell(tmp_path / "home")


def config(shell: Shell) -> Config:
    return Config.from_environment({"MATCHER_HOME": str(shell.home)})


def opened(shell: Shell) -> Database:
    return open_database(config(shell))


def test_the_queue_tells_who_and_why_without_any_heavy_library(office: Shell) -> None:
    shown = office.done("care", "queue")
    assert worker_id(1) in shown
    assert "岗位推送断线 1" in shown
    assert not [word for word in ("样例甲", "13800001234") if word in shown]
    (line,) = map(json.loads, office.done("care", "queue", "--json").splitlines())
    assert line["why"].startswith("岗位推送已超过 30 天")
    assert (line["name"], line["phone"]) == ("样*甲", "138****1234")
    assert modules_after(office, "care", "queue") == set()


def test_a_contact_is_logged_once_and_leaves_the_queue(office: Shell) -> None:
    assert "已登记" in office.done("care", "log", worker_id(1), "岗位推送断线", "--result", "推荐了样例岗")
    assert json.loads("[" + ",".join(office.done("care", "queue", "--json").splitlines()) + "]") == []
    assert "可能已经办过" in office.complaint("care", "log", worker_id(1), "岗位推送断线")


def test_somebody_not_reached_is_put_off_to_the_day_named(office: Shell) -> None:
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d")
    logged = office.done(
        "care", "log", worker_id(1), "岗位推送断线", "--not-reached", "--next", day, "--json"
    )
    assert json.loads(logged)["next_at"].startswith(day)


def test_households_are_judged_and_shown(office: Shell) -> None:
    board = json.loads(office.done("care", "households", "--detect", "--json"))
    assert (board["open"], board["unverified"]) == (1, 1)
    one = board["households"][0]
    assert one["target_worker_id"] == worker_id(1)
    assert "零就业 1 户（未核实 0" in office.done("care", "households", "--verify", one["household_id"])


def test_outcomes_are_imported_and_faulty_rows_told(office: Shell, tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    good = f"{worker_id(1)},{posting_id(1)},录用,是,2026-01-05,企业确认\n"
    path.write_text(HEADER + good + good.replace("企业确认", "听说"), "utf-8-sig")
    shown = office.done("care", "outcomes", str(path), "--corrections", str(tmp_path / "fix.xlsx"))
    assert "2 行：记录 1，未变 0，不清楚 0，待更正 1" in shown
    assert "岗位已招满" in shown
    assert "听说" in shown
    assert (tmp_path / "fix.xlsx").exists()
    told = json.loads(office.done("care", "outcomes", str(path), "--json"))
    assert (told["unchanged"], told["problems"][0]["field"]) == (1, "佐证")


def test_the_month_is_written_and_named(office: Shell, tmp_path: Path) -> None:
    out = tmp_path / "月报.xlsx"
    shown = office.done("care", "report", "--month", "2026-01", "--out", str(out))
    assert "下步举措：待填写" in shown
    assert out.exists()
    made = json.loads(office.done("care", "report", "--month", "2026-01", "--out", str(out), "--json"))
    assert made["figures"]["录用"] == 0
    assert "月份应写成" in office.complaint("care", "report", "--month", "一月", "--out", str(out))
    assert "只能写成 .xlsx" in office.complaint("care", "report", "--month", "2026-01", "--out", "a.docx")


def test_examples_are_exported(office: Shell, tmp_path: Path) -> None:
    out = tmp_path / "examples.jsonl"
    assert "0 条" in office.done("outcomes", "export", "--out", str(out))
    assert out.read_text("utf-8") == ""


def test_a_countys_own_pack_rules_the_queue(office: Shell) -> None:
    pack = 'code = "x"\nname = "样例县"\nextends = "default"\n[no_contact_days]\nsource = "样例"\n'
    values = "value = { push = 90, guidance = 365, help = 90, handover = 90 }\n"
    (office.home / "region.toml").write_text(pack + values, "utf-8")
    assert "没有待办" in office.done("care", "queue")
    (office.home / "region.toml").write_text(pack, "utf-8")
    assert "no_contact_days" in office.complaint("care", "queue")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("care", "queue", "--kind", "闲聊"), "有意向待联系"),
        (("care", "queue", "--limit", "0"), "每页"),
        (("care", "queue", "--region", "容城"), "2 至 12 位"),
        (("care", "log", "nobody", "岗位推送断线"), "没有这个劳动者"),
        (("care", "log", "w00001", "岗位推送断线", "--mode", "飞鸽"), "上门"),
        (("care", "log", "w00001", "岗位推送断线", "--next", "明天"), "2026-03-05"),
        (("care", "outcomes", "absent.csv"), "找不到文件"),
        (("care", "households", "--verify", "nowhere"), "没有这个家庭"),
    ],
)
def test_what_was_typed_wrongly_gets_one_line_with_the_fix(
    office: Shell, arguments: tuple[str, ...], said: str
) -> None:
    assert said in office.complaint(*arguments)


@pytest.fixture
def sent(office: Shell) -> int:
    """A push that went to the person by SMS; its number."""
    database = opened(office)
    with database.writing(PLANNER) as session:
        batch = plan(session, {1: (1,)})
    approve_batch(database, batch, approver=APPROVER)
    send_wave(database, batch, plain_office())
    deliver_outbox(database, {Channel.SMS: Way(lambda _: Recorder())}, plain_office())
    with database.reading() as session:
        (number,) = session.scalars(select(PushRow.id))
    database.close()
    return number


def state(office: Shell, push: int) -> PushState:
    database = opened(office)
    with database.reading() as session:
        found = session.get_one(PushRow, push).state
    database.close()
    return found


def test_replies_are_imported_and_sentences_written_for_the_operator(
    office: Shell, sent: int, tmp_path: Path
) -> None:
    path, answers = tmp_path / "replies.csv", tmp_path / "answers.xlsx"
    path.write_text("手机号,回复内容\n13800001234,1\n13911111111,1\n", "utf-8-sig")
    shown = office.done("care", "replies", str(path), "--answers", str(answers))
    assert shown.strip() == "已记录 1、号码没有登记 1"
    assert state(office, sent) is PushState.INTERESTED
    assert answers.stat().st_mode & 0o077 == 0
    rows = [json.loads(line) for line in office.done("care", "replies", str(path), "--json").splitlines()]
    assert [row["fate"] for row in rows] == ["repeated", "unknown_phone"]
    path.write_text("手机号\n13800001234\n", "utf-8-sig")
    assert "缺少列：回复内容" in office.complaint("care", "replies", str(path))


def test_a_refusal_is_recorded_contested_and_corrected(office: Shell, sent: int, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    header = "行编号,岗位数,结果,原因\n"
    path.write_text(f"{header}push:1:{sent}:1,1,拒绝,3月2日电话说不去\n", "utf-8-sig")
    assert "记为拒绝 1" in office.done("care", "calls", str(path), "--by", "王干部")
    assert state(office, sent) is PushState.DECLINED
    assert "没有提出异议" in office.complaint("care", "reopen", str(sent), "--to", "有意向", "--by", "王干部")
    assert "进入待办" in office.done("care", "contest", str(sent))
    assert "有意向" in office.done("care", "reopen", str(sent), "--to", "有意向", "--by", "王干部")
    assert "写明经过" in office.complaint("care", "refuse", str(sent), "--note", " ", "--by", "王干部")
