"""Push batches over HTTP: a whole life, who may, repeated requests, and nothing personal in any answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import push_world
import pytest
from api_service import API, Service
from httpx import Response

from matcher.domain.service_terms import ConsentPurpose
from matcher.services.installation import open_database
from matcher.store.database import Database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.idempotency import IN_PROGRESS, IdempotencyRepository, RequestKey
from matcher.store.repositories.leases import LeaseRepository
from matcher.store.repositories.workers import WorkerRepository

BATCHES = f"{API}/push-batches"
EVERYBODY = {"categories": []}
_KEYS = count(1)


@pytest.fixture
def store(service: Service) -> Iterator[Database]:
    database = open_database(service.config)
    yield database
    database.close()


@pytest.fixture(scope="module", autouse=True)
def contact_consents(service: Service) -> None:
    """The sample county has agreed to matching; for sending it must agree to being contacted as well."""
    database = open_database(service.config)
    with database.writing("test") as session:
        consents = ConsentRepository(session)
        for worker in list(WorkerRepository(session).all_active()):
            if not consents.is_live(worker.worker_id, ConsentPurpose.CONTACT):
                consents.grant(worker.worker_id, push_world.consent(ConsentPurpose.CONTACT))
    database.close()


def post(service: Service, path: str, body: Any = None, *, key: str = "", scope: str = "") -> Response:
    """By one colleague, or for an approval by another: in an office with accounts nobody approves their own."""
    whose = scope or ("approver" if path.endswith("/approve") else "push")
    headers = service.headers(whose) | {"Idempotency-Key": key or f"k-{next(_KEYS)}"}
    return service.client.post(f"{BATCHES}{path}", json=body, headers=headers)


def get(service: Service, path: str = "", **query: Any) -> Response:
    return service.client.get(f"{BATCHES}{path}", params=query, headers=service.headers("push"))


def planned(service: Service, **changes: Any) -> int:
    response = post(service, "", {"name": "样例批次", "population": EVERYBODY, **changes})
    assert response.status_code == 201, response.text
    return int(response.json()["batch_id"])


def approved(service: Service, wave_size: int = 5) -> int:
    batch_id = planned(service)
    response = post(service, f"/{batch_id}/approve", {"wave_size": wave_size})
    assert response.status_code == 200, response.text
    return batch_id


def test_a_batch_lives_from_plan_to_stop(service: Service) -> None:
    batch_id = planned(service)
    draft = get(service, f"/{batch_id}").json()
    assert (draft["state"], draft["planned"]["people"]) == ("draft", draft["people"])
    assert draft["planned_by"] == "测试"
    assert post(service, f"/{batch_id}/approve", {"wave_size": 5}).json()["state"] == "approved"
    sent = post(service, f"/{batch_id}/send").json()
    assert (sent["wave"], sum(sent["people"].values())) == (0, 5)
    assert sent["sent"] + sum(sent["pending"].values()) + sum(sent["failed"].values()) >= 1
    stopped = post(service, f"/{batch_id}/stop", {"reason": "样例"}).json()
    assert stopped["state"] == "stopped"
    assert stopped["out"] == sent["sent"]
    assert "已叫停" in stopped["sentence"]
    assert get(service, f"/{batch_id}").json()["progress"].get("waiting", 0) == 0


def test_coverage_shortfalls_pushes_and_page_can_be_read(service: Service) -> None:
    batch_id = planned(service, floor=4)
    coverage = get(service, f"/{batch_id}/coverage").json()
    assert coverage["certificate"]["holds"]
    assert coverage["figures"]["coverage"]["people"] > 0
    first = get(service, f"/{batch_id}/pushes", limit=3).json()
    second = get(service, f"/{batch_id}/pushes", limit=3, after=first["next_after"]).json()
    ids = [push["push_id"] for push in first["pushes"] + second["pushes"]]
    assert ids == sorted(set(ids))
    assert {push["state"] for push in first["pushes"]} == {"pending"}
    assert get(service, f"/{batch_id}/pushes", state="sent").json()["pushes"] == []
    short = get(service, f"/{batch_id}/shortfalls", limit=500).json()["shortfalls"]
    assert len(short) == get(service, f"/{batch_id}").json()["planned"]["short"]
    page = get(service, f"/{batch_id}/page")
    assert page.headers["content-type"].startswith("text/html")
    assert "script" not in page.headers["content-security-policy"]


def test_no_answer_names_a_person(service: Service) -> None:
    batch_id = approved(service)
    post(service, f"/{batch_id}/send")
    texts = [
        get(service, path).text
        for path in ("", f"/{batch_id}", *(f"/{batch_id}/{what}" for what in ("pushes", "shortfalls", "page")))
    ]
    for row in service.county.worker_rows:
        for name in ("name", "id_number", "phone"):
            assert not row.get(name) or not any(str(row[name]) in text for text in texts)


@pytest.mark.parametrize("scope", ["match", "import", "care"])
def test_another_scope_may_do_nothing(service: Service, scope: str) -> None:
    assert post(service, "", {"name": "x"}, scope=scope).status_code == 403
    assert service.client.get(BATCHES, headers=service.headers(scope)).status_code == 403
    assert service.client.get(BATCHES).status_code == 401


def test_a_missing_key_is_a_bad_request(service: Service) -> None:
    headers = service.headers("push")
    for path, body in (("", {"name": "x"}), ("/1/approve", {}), ("/1/stop", {"reason": "x"}), ("/1/send", None)):
        response = service.client.post(f"{BATCHES}{path}", json=body, headers=headers)
        assert response.status_code == 400
        assert "Idempotency-Key" in response.json()["detail"]


def test_a_repeated_request_gets_the_same_answer_and_does_nothing_again(service: Service) -> None:
    body = {"name": "样例重发", "population": EVERYBODY}
    first, again = (post(service, "", body, key="plan-once") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    batch_id = first.json()["batch_id"]
    assert get(service).json()["batches"][0]["batch_id"] == batch_id
    one, two = (post(service, f"/{batch_id}/approve", {}, key="approve-once") for _ in range(2))
    assert one.json() == two.json()
    assert two.status_code == 200
    sent, resent = (post(service, f"/{batch_id}/send", key="send-once") for _ in range(2))
    assert sent.json() == resent.json()


def test_the_same_key_with_another_body_is_refused(service: Service) -> None:
    batch_id = planned(service)
    post(service, f"/{batch_id}/approve", {"wave_size": 5}, key="approve-changed")
    response = post(service, f"/{batch_id}/approve", {"wave_size": 6}, key="approve-changed")
    assert response.status_code == 422
    assert "内容不同" in response.json()["detail"]


def test_a_refused_request_may_be_sent_again_with_its_key(service: Service) -> None:
    batch_id = planned(service)
    refused = post(service, f"/{batch_id}/stop", {"reason": "样例"}, key="stop-later")
    assert refused.status_code == 409
    assert "不能叫停" in refused.json()["detail"]
    post(service, f"/{batch_id}/approve", {})
    assert post(service, f"/{batch_id}/stop", {"reason": "样例"}, key="stop-later").status_code == 200


def test_a_send_cut_short_and_repeated_finishes_its_own_wave_and_begins_no_other(
    service: Service, store: Database
) -> None:
    batch_id = approved(service, wave_size=5)
    prefix = service.keys["push"].split("_")[1]
    first = post(service, f"/{batch_id}/send", key="probe")
    assert first.json()["wave"] == 0
    route, fingerprint = known_request(store, "probe")
    with store.writing("test") as session:
        asked = RequestKey(prefix, route, "cut-short", fingerprint)
        IdempotencyRepository(session).keep(asked, IN_PROGRESS, {"wave": 0})
    resumed = post(service, f"/{batch_id}/send", key="cut-short")
    assert resumed.status_code == 200
    assert sum(resumed.json()["people"].values()) == 0
    assert post(service, f"/{batch_id}/send").json()["wave"] == 1


def known_request(store: Database, key: str) -> tuple[str, str]:
    """Route and fingerprint under which a request was kept."""
    with store.reading() as session:
        query = "SELECT route, fingerprint FROM idempotency_keys WHERE key = ?"
        route, fingerprint = session.connection().exec_driver_sql(query, (key,)).one()
    return str(route), str(fingerprint)


def test_while_another_process_sends_the_request_is_told_to_come_again(service: Service, store: Database) -> None:
    batch_id = approved(service)
    with store.writing("other") as session:
        lease = LeaseRepository(session).take("push-send", "other", seconds=60)
    assert lease is not None
    busy = post(service, f"/{batch_id}/send", key="busy")
    assert busy.status_code == 409
    assert "已有进程在发送" in busy.json()["detail"]
    with store.writing("other") as session:
        LeaseRepository(session).give_back(lease)
    assert post(service, f"/{batch_id}/send", key="busy").json()["wave"] == 0


@pytest.mark.parametrize("path", ["/999", "/999/coverage", "/999/shortfalls", "/999/pushes", "/999/page"])
def test_a_batch_that_is_not_there_is_404(service: Service, path: str) -> None:
    response = get(service, path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_acts_on_a_batch_that_is_not_there_are_404(service: Service) -> None:
    for path, body in (("approve", {}), ("stop", {"reason": "x"}), ("cancel", {"reason": "x"}), ("send", None)):
        assert post(service, f"/999/{path}", body).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x", "floor": 0},
        {"name": "x", "population": {"categories": ["released"]}},
        {"name": "x", "population": {"regions": ["保定"]}},
        {"name": "x", "unknown": 1},
    ],
)
def test_a_bad_plan_is_refused_with_the_field(service: Service, body: dict[str, Any]) -> None:
    response = post(service, "", body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_sending_an_unapproved_batch_is_refused_in_words(service: Service) -> None:
    response = post(service, f"/{planned(service)}/send")
    assert response.status_code == 409
    assert "草稿" in response.json()["detail"]


def test_a_batch_for_nobody_is_planned_and_says_so_in_numbers(service: Service) -> None:
    batch_id = planned(service, population={"worker_ids": ["谁也不是"]})
    assert get(service, f"/{batch_id}").json()["planned"] == {"people": 0, "satisfied": 0, "short": 0}


def test_approve_needs_another_person_once_there_are_accounts(
    service: Service, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = planned(service)
    monkeypatch.setattr(
        "matcher.store.repositories.push_batches.PushBatchRepository.accounts_exist", lambda self: True
    )
    response = post(service, f"/{batch_id}/approve", {}, scope="push")
    assert response.status_code == 403
    assert "另一名" in response.json()["detail"]


def test_every_route_is_in_the_openapi_document(service: Service) -> None:
    paths = service.client.get(f"{API}/openapi.json").json()["paths"]
    ours = {path for path in paths if path.startswith(BATCHES)}
    assert len(ours) == 10
    assert all("409" in paths[path]["post"]["responses"] for path in ours if "post" in paths[path])
