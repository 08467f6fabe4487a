"""Care over HTTP: queue, contacts, households, outcomes and the monthly report, masked and by scope."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from api_service import API, Service
from openpyxl import load_workbook

from matcher.delivery.links import DEAD_LINK, KEY_PURPOSE, AnswerLinks, LinkScope
from matcher.domain.service_terms import Channel, FollowUpKind, PushState
from matcher.services.runtime import Runtime
from matcher.services.sending.batch_life import approve_batch
from matcher.services.sending.deliver_outbox import Way, deliver_outbox
from matcher.services.sending.send_wave import send_wave
from matcher.store.repositories.follow_ups import FollowUpRepository
from matcher.store.tables.pushes import PushRow
from tests.push_world import (
    APPROVER,
    PLANNER,
    Recorder,
    add_people,
    add_postings,
    plain_office,
    plan,
    worker_id,
)

PEOPLE = range(900, 903)


@pytest.fixture(scope="module")
def runtime(service: Service) -> Runtime:
    """The open installation, with three people of whom one asked to be called."""
    opened: Runtime = service.client.app.state.runtime  # type: ignore[attr-defined]
    with opened.database.writing("样例丙") as session:
        add_people(session, PEOPLE)
        add_postings(session, PEOPLE, headcount=1)
        FollowUpRepository(session).schedule(
            worker_id(900), FollowUpKind.PUSH, session.now() - timedelta(days=2), note="本人请回电话"
        )
    return opened


def get(service: Service, path: str, **params: Any) -> Any:
    answer = service.client.get(f"{API}{path}", params=params, headers=service.headers("care"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(service: Service, path: str, body: dict[str, Any]) -> Any:
    return service.client.post(f"{API}{path}", json=body, headers=service.headers("care"))


def statement(**changes: Any) -> dict[str, Any]:
    row = {
        "worker_id": worker_id(901), "posting_id": "p00901", "fact": "hired", "said": True,
        "on": "2026-01-05", "evidence": "employer",
    }  # fmt: skip
    return row | changes


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/follow-ups"),
        ("POST", "/follow-ups"),
        ("GET", "/households"),
        ("POST", "/outcomes"),
        ("GET", "/reports/monthly?ym=2026-01"),
    ],
)
def test_care_needs_a_key_with_its_own_scope(service: Service, method: str, path: str) -> None:
    client = service.client
    assert client.request(method, f"{API}{path}").status_code == 401
    other = client.request(method, f"{API}{path}", headers=service.headers("match"), json={})
    assert other.status_code == 403


def test_the_queue_is_masked_and_a_contact_leaves_it(service: Service, runtime: Runtime) -> None:
    page = get(service, "/follow-ups", kind="scheduled", region="130629100201")
    (line,) = [one for one in page["lines"] if one["worker_id"] == worker_id(900)]
    assert (line["name"], line["phone"], line["overdue_days"]) == ("样*甲", "138****1234", 2)
    assert line["why"].endswith("本人请回电话")
    assert "13800001234" not in str(page)
    contact = {"worker_id": worker_id(900), "kind": "scheduled", "mode": "phone", "reached": True}
    assert post(service, "/follow-ups", contact).json() == {"next_at": None}
    again = post(service, "/follow-ups", contact)
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"


def test_outcomes_are_recorded_row_by_row(service: Service, runtime: Runtime) -> None:
    rows = [
        statement(),
        statement(said=None),
        statement(on=None),
        statement(worker_id="nobody"),
        statement(),
    ]
    done = post(service, "/outcomes", {"rows": rows}).json()["rows"]
    assert [row["result"] for row in done] == ["recorded", "unknown", "problem", "problem", "unchanged"]
    assert done[0]["notices"] == ["岗位已招满，不再推荐"]
    assert "日期" in done[2]["problem"]
    assert post(service, "/outcomes", {"rows": [statement(worker_id="")]}).status_code == 422
    assert post(service, "/outcomes", {"rows": []}).status_code == 422
    assert post(service, "/outcomes", {"rows": [statement(fact="转正")]}).status_code == 422


def test_the_month_comes_as_figures_and_as_a_workbook(service: Service, runtime: Runtime) -> None:
    month = datetime.now(UTC).strftime("%Y-%m")
    told = get(service, "/reports/monthly", ym=month)
    assert told["sections"][0]["heading"] == "工作进展"
    answer = service.client.get(
        f"{API}/reports/monthly", params={"ym": month, "format": "xlsx"}, headers=service.headers("care")
    )
    assert f"monthly-{month}.xlsx" in answer.headers["content-disposition"]
    assert load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "月报"
    later = service.client.get(
        f"{API}/reports/monthly", params={"ym": "2999-01"}, headers=service.headers("care")
    )
    assert later.status_code == 422
    assert "还没有到" in later.json()["detail"]


def test_the_board_of_households_adds_up(service: Service) -> None:
    board = get(service, "/households")
    assert board["open"] == len(board["lines"])
    assert board["open"] + board["unknown"] <= board["total"]


def test_an_answer_goes_all_the_way_from_the_page_to_the_push(service: Service, runtime: Runtime) -> None:
    database = runtime.database
    with database.writing(PLANNER) as session:
        batch = plan(session, {902: (900, 902)})
    approve_batch(database, batch, approver=APPROVER)
    send_wave(database, batch, plain_office())
    deliver_outbox(database, {Channel.SMS: Way(lambda _: Recorder())}, plain_office())
    with database.reading() as session:
        first = session.query(PushRow).filter_by(batch_id=batch).order_by(PushRow.position).first()
    links = AnswerLinks(database.keyring.derived_key(KEY_PURPOSE))
    token = links.token(LinkScope.MESSAGE, batch, first.id, now=database.clock.now())
    page = service.client.get(f"/a/{token}")
    assert page.status_code == 200
    assert "样例岗位900" in page.text
    assert not [word for word in ("样例甲", "13800001234", worker_id(902)) if word in page.text]
    chosen = service.client.post(f"/a/{token}", data={"choice": "interested", "number": "1"})
    assert chosen.status_code == 200
    with database.reading() as session:
        assert session.get_one(PushRow, first.id).state is PushState.INTERESTED
    broken = service.client.get(f"/a/{token}x")
    assert (broken.status_code, DEAD_LINK[:5] in broken.text) == (404, True)
