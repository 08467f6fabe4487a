"""A new county is configuration only: one file drives plan, deadlines, report and pages, and no code knows its name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.accounts.cookies import PLAIN_NAME
from api.app import create_app
from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import Role
from matcher.domain.worker_terms import WorkerCategory
from matcher.regions.loading import load_pack
from matcher.services.accounts.managing import create_account
from matcher.services.accounts.sessions import start_session
from matcher.services.care.household_care import board
from matcher.services.planning.plan_batch import plan_batch
from matcher.services.reports.monthly_report import monthly_report
from matcher.services.runtime import Runtime
from matcher.store.repositories.households import HouseholdRepository
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow
from tests.plan_world import PLANNER, approve_category, county, live_postings, open_runtime

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
