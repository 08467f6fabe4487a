"""What a start does beside opening the installation, and that none of it can keep the service from its work."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from api_service import API, Service
from fastapi import FastAPI
from office_people import Office

from api import opening
from api.limits import JSON_BODY_BYTES
from matcher.config import Config
from matcher.domain.service_terms import Role
from matcher.services.kiosk.rehearsal import rehearse

SECRET = "样例王小明"


def broken(*_: object) -> None:
    raise RuntimeError(SECRET)


def test_a_chore_that_breaks_stops_neither_the_start_nor_the_next_chore(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime, done = service.client.app.state.runtime, []
    monkeypatch.setattr(opening, "_CHORES", {"first": broken, "second": done.append})
    monkeypatch.setattr(opening.Runtime, "open", lambda config: runtime)
    app = FastAPI()
    asyncio.run(opening.bring_up(app, Config(Path("."), "sqlite://", Path("none"))))
    assert app.state.runtime is runtime
    assert done == [runtime]
    told = capsys.readouterr().out
    assert "first" in told
    assert SECRET not in told


def test_the_service_is_open_before_its_chores_are_done(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, app, seen = service.client.app.state.runtime, FastAPI(), []
    monkeypatch.setattr(opening, "_CHORES", {"look": lambda _: seen.append(app.state.runtime)})
    monkeypatch.setattr(opening.Runtime, "open", lambda config: runtime)
    asyncio.run(opening.bring_up(app, Config(Path("."), "sqlite://", Path("none"))))
    assert seen == [runtime]


def test_the_kiosk_is_rehearsed_up_to_its_cards_and_old_sessions_are_forgotten(service: Service) -> None:
    assert rehearse(service.client.app.state.runtime) == 3
    assert set(opening._CHORES) == {"forget_old_sessions", "rehearse_kiosk"}


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
