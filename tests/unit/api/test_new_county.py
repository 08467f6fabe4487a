"""A new county is configuration only: one file drives plan, deadlines, report and pages, and no code knows its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.accounts.cookies import PLAIN_NAME
from api.accounts.csrf import token_for
from api.app import create_app
from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import Role
from matcher.domain.values import Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import WorkerCategory
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.accounts.devices import pair_device, pairing_code
from matcher.services.accounts.managing import create_account
from matcher.services.accounts.sessions import start_session
from matcher.services.accounts.sight import Sight
from matcher.services.care.household_care import board
from matcher.services.desk.policy_view import open_hints, sensitive_view
from matcher.services.planning.plan_batch import plan_batch
from matcher.services.reports.monthly_report import monthly_report
from matcher.services.runtime import Runtime
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from matcher.store.tables.workers import WorkerRow
from tests.plan_world import PLANNER, add_people, approve_category, county, live_postings, open_runtime

COUNTY = """code = "heting"
name = "样例新县"
extends = "default"

[floor]
value = 3
source = "样例县就业办〔2026〕1号"
[ceiling]
value = 3
source = "样例县就业办〔2026〕1号"
[events_per_year]
value = 17
source = "样例县就业办〔2026〕2号"
[report_day]
value = 19
source = "样例县就业办〔2026〕3号"
[report_headings]
value = ["本月进展", "下月打算"]
source = "样例县就业办〔2026〕3号"
[reach]
value = { town_walk_minutes = 22, rural_km = 7.5 }
source = "样例县就业办〔2026〕4号"
[older_ages]
value = { female = 43, male = 53 }
source = "样例县就业办〔2026〕5号"
[long_term_months]
value = 8
source = "样例县就业办〔2026〕5号"
[internship]
value = { age_low = 18, age_high = 29, graduate_years = 3 }
source = "样例县就业办〔2026〕9号"
expires = 2026-12-31
[zero_family_sla_days]
value = 4
source = "样例县就业办〔2026〕6号"
[welfare_categories]
value = ["veteran", "relocated"]
source = "样例县就业办〔2026〕7号"
[priority]
value = { veteran = 3.5 }
source = "样例县就业办〔2026〕8号"
[office]
value = { name = "样例新县就业服务中心", phone = "0999-1234567" }
source = "本单位"
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    home: Path = tmp_path_factory.mktemp("heting")
    opened = open_runtime(home, county().workers[:6], live_postings())
    (home / "region.toml").write_text(COUNTY, encoding="utf-8")
    yield opened
    opened.close(save=False)


@pytest.fixture(scope="module")
def pages(runtime: Runtime) -> TestClient:
    """The pages of the head of the office, over the open installation."""
    create_account(runtime.database, "zhuren", Role.MANAGER, actor="样例", password="mima-Yangli-2026x", must_change=False)
    with runtime.database.writing("样例") as session:
        account = session.scalars(select(AccountRow).where(AccountRow.login == "zhuren")).one()
        token = start_session(session, account, verified=True)
    app = create_app(runtime.config)
    app.state.runtime = runtime
    return TestClient(app, cookies={PLAIN_NAME: token}, raise_server_exceptions=False)


def test_the_plan_gives_everybody_the_countys_own_number_by_its_own_weights(runtime: Runtime) -> None:
    first = county().workers[0].worker_id
    with runtime.database.writing("样例") as session:
        approve_category(session, first, WorkerCategory.VETERAN)
    planned = plan_batch(runtime, PopulationQuery(), name="样例", actor=PLANNER)
    assert planned.pushes == 3 * 6
    with runtime.database.reading() as session:
        batch = session.get_one(PushBatchRow, planned.batch_id)
        weights = {one.worker_id: one.priority for one in session.scalars(select(PushBatchPersonRow))}
    assert weights.pop(first) == 3.5
    assert set(weights.values()) == {1.0}
    assert batch.min_per_person == 3
    assert batch.versions["region"].startswith("heting-")


def test_a_zero_employment_family_is_due_by_the_countys_own_days(runtime: Runtime) -> None:
    with runtime.database.writing("样例") as session:
        households = HouseholdRepository(session)
        households.set_zero_employment(households.ensure("county", "样例户1"), True)
    pack = load_pack(runtime.config.region, runtime.config.home)
    with runtime.database.reading() as session:
        (line,) = board(session, pack, session.now()).lines
    assert (line.since, line.due) == (date(2026, 3, 2), date(2026, 3, 6))


def test_the_report_has_the_countys_own_headings_and_day(runtime: Runtime) -> None:
    pack = load_pack(runtime.config.region, runtime.config.home)
    with runtime.database.reading() as session:
        report = monthly_report(session, pack, "2026-03")
    assert (report.region, report.report_day) == ("样例新县", 19)
    assert [one.heading for one in report.sections] == ["本月进展", "下月打算"]
    assert "本年招聘活动（年目标17场）" in {one.label for one in report.figures}
    assert "收到3个以上岗位的人数" in {one.label for one in report.figures}


def test_the_pages_tell_the_countys_own_figures_with_their_sources(pages: TestClient) -> None:
    overview = pages.get("/manage?month=2026-03").text
    assert "每人至少 3 个岗位" in overview
    assert "/ 17 场" in overview
    assert "3月19日" in overview
    report = pages.get("/manage/report?month=2026-03").text
    assert "样例新县2026年3月" in report
    assert "一、本月进展" in report
    assert "每月 19 日前报送" in report
    settings = pages.get("/manage/settings").text
    for told in ("样例新县", "城区步行分钟 22，乡村公里 7.5", "女 43，男 53", "退役军人", "样例县就业办〔2026〕6号", "0999-1234567"):
        assert told in settings, told


def test_the_kiosk_asks_in_the_countys_own_circle(runtime: Runtime) -> None:
    create_account(runtime.database, "ziji", Role.KIOSK_DEVICE, actor="样例", name="样例自助机")
    token = pair_device(runtime.database, pairing_code(runtime.database, "ziji", actor="样例")).token
    app = create_app(runtime.config)
    app.state.runtime = runtime
    machine = TestClient(app, cookies={PLAIN_NAME: token}, headers={"X-CSRF-Token": token_for(token)})
    said = {"visit": visit_of(machine.get("/kiosk").text)}
    origin = {"Sec-Fetch-Site": "same-origin"}
    machine.post("/kiosk/aim", data=said | {"aim": "steady"}, headers=origin)
    asked = machine.post("/kiosk/trade", data=said | {"trade": "any"}, headers=origin).text
    assert "走路22分钟" in asked
    assert "7.5公里以内" in asked
    found = machine.post("/kiosk/reach", data=said | {"reach": "circle"}, headers=origin)
    assert found.status_code == 200
    assert "7.5公里以内" in machine.post("/kiosk/window", data=said, headers=origin).text


def visit_of(page: str) -> str:
    return re.search(r'name="visit" value="([^"]+)"', page)[1]


def stranger(runtime: Runtime, worker_id: str, **values: object) -> str:
    """Somebody who lives where no shipped plan holds."""
    with runtime.database.writing("样例") as session:
        add_people(session, [Worker(worker_id, "随便", place=Place("样例村", "659900000000"))], categories=())
        for name, value in values.items():
            setattr(session.get_one(WorkerRow, worker_id), name, value)
    return worker_id


@pytest.mark.parametrize(("born", "fits"), [(2007, True), (1998, True), (1994, False), (2010, False)])
def test_an_internship_is_hinted_by_the_countys_own_ages_without_a_plan_on_file(
    runtime: Runtime, born: int, fits: bool
) -> None:
    pack = load_pack(runtime.config.region, runtime.config.home)
    somebody = stranger(runtime, f"young-{born}", birth_date=date(born, 1, 1))
    with runtime.database.reading() as session:
        hints = open_hints(session, pack, somebody)
    assert [hint.rule.id for hint in hints] == (["heting.internship"] if fits else [])
    for hint in hints:
        assert "18—29 岁" in hint.rule.text
        assert (hint.rule.article, hint.rule.expires) == ("样例县就业办〔2026〕9号", date(2026, 12, 31))


def test_categories_to_look_into_follow_the_countys_own_ages_and_months(runtime: Runtime) -> None:
    pack = load_pack(runtime.config.region, runtime.config.home)
    older = stranger(runtime, "o43", birth_date=date(1983, 1, 1), unemployed_since=date(2025, 6, 1))
    not_yet = stranger(runtime, "o42", birth_date=date(1984, 1, 1), unemployed_since=date(2025, 8, 1))
    likely = [
        sensitive_view(
            runtime.database, pack, Sight(everyone=True), one, reason="样例核对", actor="样例"
        ).likely
        for one in (older, not_yet)
    ]
    assert likely == [
        ("是否属于大龄（43 岁；本地女满 43、男满 53 岁）", "是否属于长期失业（已失业约 9 个月；本地满 8 个月）"),
        (),
    ]


def test_every_value_of_the_pack_is_read_by_more_than_the_settings_page() -> None:
    """A figure that only the settings page knows would drive nothing."""
    root = Path(__file__).parents[3]
    unread = {field.name for field in fields(RegionPack)} - {"version", "notes"}
    for folder in ("matcher", "api"):
        for path in (root / folder).rglob("*.py"):
            if path.parent.name != "regions" and path.name != "region_settings.py":
                tree = ast.parse(path.read_text(encoding="utf-8"))
                unread -= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert unread == set()


def test_a_change_of_the_file_works_at_once(runtime: Runtime, pages: TestClient) -> None:
    path = runtime.config.home / "region.toml"
    path.write_text(COUNTY.replace("value = 17", "value = 23"), encoding="utf-8")
    try:
        assert "/ 23 场" in pages.get("/manage").text
    finally:
        path.write_text(COUNTY, encoding="utf-8")


def test_no_code_names_a_county() -> None:
    root = Path(__file__).parents[3]
    named = [
        path.name
        for folder in ("matcher", "api")
        for path in (root / folder).rglob("*.py")
        for word in ("xiongan", "zaoyang", "qingyang", "zhangjiakou", "heting")
        if word in path.read_text(encoding="utf-8")
    ]
    assert named == []
