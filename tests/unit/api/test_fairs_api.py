"""A fair over HTTP: who may, a whole day, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from api_service import API, Service
from httpx import Response
from sqlalchemy import select

from matcher.services.installation import open_database
from matcher.services.output_gate import cleared
from matcher.store.tables.postings import PostingRow


def post(service: Service, path: str, body: Any = None, scope: str = "events") -> Response:
    return service.client.post(f"{API}/fairs{path}", json=body, headers=service.headers(scope))


def get(service: Service, path: str, scope: str = "events") -> Response:
    return service.client.get(f"{API}/fairs{path}", headers=service.headers(scope))


def asked(**changes: Any) -> dict[str, Any]:
    starts = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    return {"name": "样例专场", "starts_at": starts, "slots": 12, "place_name": "样例广场"} | changes


def employers_with_postings(service: Service) -> list[str]:
    database = open_database(service.config)
    with database.reading() as session:
        rows = session.execute(select(PostingRow.posting_id, PostingRow.employer_id).order_by(PostingRow.posting_id)).all()
        live = cleared(session, [one for one, _ in rows])
    database.close()
    return list(dict.fromkeys(employer for one, employer in rows if one in live and employer))


def test_a_fair_is_planned_held_and_printed_without_a_full_name(service: Service) -> None:
    event_id = post(service, "", asked()).json()["event_id"]
    for number, employer in enumerate(employers_with_postings(service)[:4], start=1):
        body = {"booth_no": str(number), "employer_id": employer, "tables": 3}
        assert post(service, f"/{event_id}/booths", body).status_code == 201
    planned = post(service, f"/{event_id}/plan").json()
    assert planned["certified"]
    assert planned["met"] > 0
    assert post(service, f"/{event_id}/invitations").status_code == 200
    sheets = get(service, f"/{event_id}/sheets").json()
    line = next(line for sheet in sheets for line in sheet["lines"])
    assert "*" in line["name"]
    assert "phone" not in str(sheets)
    done = post(service, f"/{event_id}/checkins", {"worker_id": line["worker_id"]})
    assert done.status_code == 200, done.text
    assert post(service, f"/{event_id}/checkins", {}).json() == {"visitors": 2}
    mark = {"worker_id": line["worker_id"], "posting_id": line["posting_id"], "state": "intent"}
    assert post(service, f"/{event_id}/marks", mark).json()["state"] == "intent"
    assert get(service, f"/{event_id}").json()["interested"] == 1
    assert get(service, f"/{event_id}/board").json()
    assert get(service, "/suggestions/small?count=3").json()["reached"] > 0
    assert get(service, "/suggestions/employers?occupation=6").status_code == 200


def test_what_cannot_be_is_answered_as_a_problem(service: Service) -> None:
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert post(service, "", asked(starts_at=past)).status_code == 422
    assert post(service, "", asked(slots=0)).status_code == 422
    assert get(service, "/999999").status_code == 404
    assert get(service, "", scope="match").status_code == 403
    event_id = post(service, "", asked(name="空场")).json()["event_id"]
    assert post(service, f"/{event_id}/plan").status_code == 409
    assert post(service, f"/{event_id}/invitations").status_code == 409
    assert post(service, f"/{event_id}/checkins", {"said": "1234"}).status_code == 409


def test_somebody_new_is_registered_checked_in_and_known_the_second_time(service: Service) -> None:
    later = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    event_id = post(service, "", asked(name="建档场", starts_at=later)).json()["event_id"]
    said = {"words": "会做保洁，日结", "agreed": ["matching"], "name": "样例新人", "phone": "13800009944"}
    path = f"/{event_id}/newcomers"
    assert post(service, path, said).status_code == 409
    body = {"booth_no": "1", "employer_id": employers_with_postings(service)[0], "tables": 9}
    assert post(service, f"/{event_id}/booths", body).status_code == 201
    assert post(service, f"/{event_id}/plan").status_code == 200
    made = post(service, path, said).json()
    assert made["worker_id"] == made["checked_in"]["worker_id"]
    assert "日结" in made["understood"]
    assert made["checked_in"]["name"] == "样**人"
    again = post(service, path, said).json()
    assert (again["worker_id"], again["checked_in"]) == ("", None)
    assert [one["worker_id"] for one in again["known"]] == [made["worker_id"]]
    for wrong, status in (
        ({"agreed": []}, 409), ({"words": " "}, 422), ({"phone": "1"}, 422), ({"agreed": ["sensitive", "matching"]}, 422),
        ({"words": "保洁\0"}, 422), ({"name": "\0"}, 422), ({"region": "没有这里"}, 422),
    ):  # fmt: skip
        assert post(service, path, said | {"phone": ""} | wrong).status_code == status, wrong
    assert get(service, f"/{event_id}").json()["checked_in"] == 1
    assert post(service, path, said, scope="match").status_code == 403
