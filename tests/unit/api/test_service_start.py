"""What a start does beside opening the installation, and that none of it can keep the service from its work."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
from api_service import API, Service
from fastapi import FastAPI
from office_people import Office

from api import opening
from api.limits import JSON_BODY_BYTES
from matcher.config import Config
from matcher.domain.service_terms import Role
from matcher.services.desk.background import BackgroundJobs
from matcher.services.desk.import_desk import keep_upload
from matcher.services.desk.job_notes import JobNote, JobNotes
from matcher.services.kiosk.rehearsal import rehearse

SECRET = "样例王小明"


def broken(*_: object) -> None:
    raise RuntimeError(SECRET)


def test_a_chore_that_breaks_stops_neither_the_start_nor_the_next_chore(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, done = service.client.app.state.runtime, []
    log = Mock()
    monkeypatch.setattr(opening, "log", log)
    monkeypatch.setattr(opening, "_BEFORE", {"first": broken})
    monkeypatch.setattr(opening, "_AFTER", {"second": broken, "third": done.append})
    monkeypatch.setattr(opening.Runtime, "open", lambda config: runtime)
    app = FastAPI()
    asyncio.run(opening.bring_up(app, Config(Path("."), "sqlite://", Path("none"))))
    assert app.state.runtime is runtime
    assert done == [runtime]
    told = str(log.warning.call_args_list)
    assert "first" in told
    assert "second" in told
    assert SECRET not in told


def test_the_service_is_open_before_its_later_chores_are_done(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, app, seen = service.client.app.state.runtime, FastAPI(), []
    app.state.runtime = None
    monkeypatch.setattr(opening, "_BEFORE", {"look": lambda _: seen.append(app.state.runtime)})
    monkeypatch.setattr(opening, "_AFTER", opening._BEFORE)
    monkeypatch.setattr(opening.Runtime, "open", lambda config: runtime)
    asyncio.run(opening.bring_up(app, Config(Path("."), "sqlite://", Path("none"))))
    assert seen == [None, runtime]


def test_the_kiosk_is_rehearsed_up_to_its_cards_and_old_sessions_are_forgotten(service: Service) -> None:
    assert rehearse(service.client.app.state.runtime) == 3
    assert set(opening._AFTER) == {"forget_old_sessions", "forget_old_answers", "rehearse_kiosk"}


def test_a_start_leaves_nothing_of_a_file_whose_import_was_cut_off(service: Service, tmp_path: Path) -> None:
    config = Config(tmp_path, "sqlite://", Path("none"))
    kept = keep_upload(config, "样例.csv", "姓名\n样例王小明\n".encode())
    opening.do_chores(replace(service.client.app.state.runtime, config=config), opening._BEFORE)
    assert not kept.exists()


def test_the_desk_says_what_a_restart_cut_off_and_how_to_do_it_over(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = JobNotes(tmp_path / "jobs")
    at = office.database.clock.now().isoformat()
    login = office.of(Role.CASEWORKER).login
    notes.keep(JobNote("cut", "导入 样例<名册>.xlsx", login, at, "/desk/imports", "请重新选文件导入"))
    notes.keep(JobNote("theirs", "别人的导入", "somebody", at, "/desk/imports", "请重新选文件导入"))
    monkeypatch.setattr(office.app.state, "desk_jobs", BackgroundJobs(office.database.clock, notes), raising=False)
    browser = office.signed_in(Role.CASEWORKER)
    for address in ("/desk/imports", "/desk/batches"):
        page = browser.get(address).text
        assert "导入 样例&lt;名册&gt;.xlsx：中断" in page
        assert "服务重启，这个任务中断了。请重新选文件导入" in page
        assert "别人的导入" not in page
    bar = browser.get("/desk/jobs/cut").text
    assert "中断" in bar
    assert 'href="/desk/imports">去重新办理' in bar
    assert "hx-trigger" not in bar.split('class="desk-job-bar"')[1]


def test_too_large_a_form_is_told_on_a_page(office: Office) -> None:
    browser = office.signed_in(Role.CASEWORKER)
    answer = browser.post("/desk/people", content=b"x" * (JSON_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")
    assert "提交的内容超过 1 MB 上限" in answer.text
    piece = browser.post("/desk/people", content=b"x" * (JSON_BODY_BYTES + 1), headers={"HX-Request": "true"})
    assert piece.status_code == 413
    assert "<html" not in piece.text


def test_a_program_is_told_of_too_large_a_body_as_a_problem(office: Office) -> None:
    answer = office.client().post(f"{API}/match/jobs", content=b"x" * (JSON_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
