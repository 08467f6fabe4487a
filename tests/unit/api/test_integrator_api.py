"""The integrator API: matching both ways, importing, reading masked records, and every error as problem+json."""

import json
from pathlib import Path

import pytest
from api_service import API, Service

from matcher.domain.posting_terms import PublishState
from matcher.domain.service_terms import ConsentPurpose
from matcher.services.installation import open_database
from matcher.store.repositories.consents import ConsentRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.workers import WorkerRepository

JOBS = f"{API}/match/jobs-for-worker"
WORKERS = f"{API}/match/workers-for-job"


def ask(service: Service, text: str, **body: object) -> dict:
    response = service.client.post(
        JOBS, json={"worker": {"text": text}, **body}, headers=service.headers("match")
    )
    assert response.status_code == 200, response.text
    return response.json()


def test_one_sentence_gets_ranked_postings_with_reasons(service: Service) -> None:
    answer = ask(service, "想找保洁的活", top=5)
    ranks = [match["rank"] for match in answer["matches"]]
    scores = [match["score"] for match in answer["matches"]]
    assert ranks == [1, 2, 3, 4, 5]
    assert scores == sorted(scores, reverse=True)
    assert all(match["posting_id"] in answer["postings"] for match in answer["matches"])
    lines = [line["text"] for m in answer["matches"] for line in m["reasons"] + m["gaps"]]
    assert lines
    assert all(len(line) <= 20 for line in lines)
    assert set(answer["versions"]) == {"lexicon", "encoder", "ranker"}


def test_a_stored_worker_is_matched_by_id_until_consent_is_withdrawn(service: Service) -> None:
    database = open_database(service.config)
    with database.reading() as session:
        worker_id = next(iter(WorkerRepository(session).all_active())).worker_id
    body = {"worker_id": worker_id}
    response = service.client.post(JOBS, json=body, headers=service.headers("match"))
    assert {m["worker_id"] for m in response.json()["matches"]} == {worker_id}
    with database.writing("test") as session:
        ConsentRepository(session).withdraw(worker_id, ConsentPurpose.MATCHING)
    assert service.client.post(JOBS, json=body, headers=service.headers("match")).status_code == 404
    found = service.client.post(
        WORKERS, json={"posting": {"title": "保洁员"}, "top": 90}, headers=service.headers("match")
    )
    assert worker_id not in found.text
    database.close()


def test_a_posting_gets_workers_without_any_identity(service: Service) -> None:
    body = {"posting": {"title": "保洁员", "duties": "打扫卫生", "pay_text": "3000元/月"}, "top": 5}
    response = service.client.post(WORKERS, json=body, headers=service.headers("match"))
    assert response.status_code == 200
    assert len(response.json()["matches"]) == 5
    for row in service.county.worker_rows:
        for key in ("name", "id_number", "phone"):
            assert not row.get(key) or str(row[key]) not in response.text


def test_not_by_my_situation_still_answers(service: Service) -> None:
    assert ask(service, "想找保洁的活", personalised=False)["matches"]


def test_a_withdrawn_posting_is_gone_from_the_next_answer(service: Service) -> None:
    first = ask(service, "想找保洁的活", top=3)["matches"][0]["posting_id"]
    database = open_database(service.config)
    with database.writing("test") as session:
        PostingRepository(session).set_states([first], publish_state=PublishState.WITHDRAWN)
    again = ask(service, "想找保洁的活", top=90)
    assert first not in [match["posting_id"] for match in again["matches"]]
    with database.writing("test") as session:
        PostingRepository(session).set_states([first], publish_state=PublishState.LIVE)
    assert ask(service, "想找保洁的活", top=3)["matches"][0]["posting_id"] == first
    database.close()


def test_an_imported_posting_is_found_by_the_next_query(service: Service, tmp_path: Path) -> None:
    row = {
        "id": "x-1",
        "title": "古琴修复师",
        "description": "修复古琴、调音",
        "salary_raw": "8000-9000元/月",
    }
    response = service.client.post(
        f"{API}/imports",
        files={"file": ("a.jsonl", json.dumps(row, ensure_ascii=False).encode())},
        data={"source": "接口"},
        headers=service.headers("import"),
    )
    assert response.status_code == 200, response.text
    assert response.json()["counts"]["new"] == 1
    answer = ask(service, "会修复古琴", top=3)
    assert answer["matches"][0]["posting_id"] == "接口:x-1"


def test_a_bad_row_is_reported_and_the_rest_goes_in(service: Service) -> None:
    content = "编号,岗位名称,工资\nb-1,,5000\nb-2,样例搬运工,5000元/月\n"
    response = service.client.post(
        f"{API}/imports",
        files={"file": ("b.csv", content.encode())},
        data={"source": "接口", "kind": "postings"},
        headers=service.headers("import"),
    )
    counts = response.json()["counts"]
    assert (counts["new"], counts["failed"]) == (1, 1)
    assert response.json()["problems"][0]["first_row"] == 2


def test_records_are_masked(service: Service) -> None:
    row = next(r for r in service.county.worker_rows if r.get("id_number") and r.get("phone"))
    url = f"{API}/workers/{row['source']}:{row['external_id']}"
    response = service.client.get(url, headers=service.headers("workers:read"))
    assert response.status_code == 200
    for key in ("name", "id_number", "phone"):
        assert str(row[key]) not in response.text
    assert "***" in response.text


@pytest.mark.parametrize(
    ("path", "scope"), [(JOBS, "import"), (WORKERS, "postings:read"), (f"{API}/imports", "match")]
)
def test_a_key_without_the_scope_is_refused(service: Service, path: str, scope: str) -> None:
    body = {"worker": {"text": "保洁"}} if path == JOBS else {"posting": {"title": "保洁"}}
    kind = {"files": {"file": ("a.csv", b"x")}} if path.endswith("imports") else {"json": body}
    response = service.client.post(path, headers=service.headers(scope), **kind)
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer mk_0_x"}, {"Authorization": "Basic eDp5"}])
def test_no_valid_key_no_answer(service: Service, headers: dict[str, str]) -> None:
    response = service.client.post(JOBS, json={"worker": {"text": "保洁"}}, headers=headers)
    assert response.status_code == 401
    assert response.json()["code"] == "http_401"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"worker_id": "没有这个人"}, 404),
        ({"worker_id": "a", "worker": {"text": "b"}}, 422),
        ({"worker": {"text": "保洁"}, "top": 0}, 422),
        ({"worker": {"text": "保洁"}, "top": 10_000}, 422),
        ({"worker": {"text": "保洁"}, "surprise": 1}, 422),
        ({"worker": {"text": "保洁"}, "filters": {"region": "abc"}}, 422),
        ({"worker": {"text": "保洁"}, "filters": {"settlements": ["sometimes"]}}, 422),
        ({"worker": {"text": "好" * 3_000}}, 422),
    ],
)
def test_a_bad_request_says_what_is_wrong(service: Service, body: dict, status: int) -> None:
    response = service.client.post(JOBS, json=body, headers=service.headers("match"))
    assert response.status_code == status
    problem = response.json()
    assert problem["status"] == status
    assert problem["detail"]
    assert response.headers["content-type"] == "application/problem+json"


def test_an_unknown_choice_lists_the_allowed_ones(service: Service) -> None:
    body = {"worker": {"text": "保洁"}, "filters": {"settlements": ["sometimes"]}}
    response = service.client.post(JOBS, json=body, headers=service.headers("match"))
    assert "daily" in response.text


@pytest.mark.parametrize(
    "text", ["？！。，", "😀😀", "<script>alert(1)</script>", "'; drop table postings; --", "\x00"]
)
def test_a_sentence_without_a_wish_is_answered_calmly(service: Service, text: str) -> None:
    assert "matches" in ask(service, text)


def test_a_body_too_large_is_refused_before_it_is_read(service: Service) -> None:
    body = json.dumps({"worker": {"text": "好" * 1_000_000}}).encode()
    response = service.client.post(JOBS, content=body, headers=service.headers("match"))
    assert response.status_code == 413
    assert response.json()["title"] == "内容过大"


def test_broken_json_is_a_400(service: Service) -> None:
    headers = service.headers("match") | {"Content-Type": "application/json"}
    assert service.client.post(JOBS, content=b"{", headers=headers).status_code == 400


def test_every_response_carries_the_security_headers(service: Service) -> None:
    for path in (f"{API}/health/live", f"{API}/nothing", f"{API}/openapi.json"):
        headers = service.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"


def test_every_route_declares_its_errors(service: Service) -> None:
    document = service.client.get(f"{API}/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            declared = operation["responses"]
            for status in ("400", "401", "403", "404", "413", "422", "503"):
                assert "application/problem+json" in declared[status]["content"], (path, method, status)
    assert "Problem" in document["components"]["schemas"]


def test_readiness_tells_sizes_and_no_more(service: Service) -> None:
    body = service.client.get(f"{API}/health/ready").json()
    assert body["status"] == "ready"
    assert body["postings"] > 50
    assert set(body) == {"status", "postings", "workers", "high_water_mark", "degraded"}


def test_a_filled_posting_is_gone_from_the_very_next_query(service: Service) -> None:
    database = open_database(service.config)
    before = service.client.get(f"{API}/health/ready").json()["high_water_mark"]
    first = ask(service, "想找保洁的活", top=1)["matches"][0]["posting_id"]
    with database.writing("test") as session:
        PostingRepository(session).set_headcount_left(first, 0)
    answer = ask(service, "想找保洁的活", top=90)
    assert first not in [match["posting_id"] for match in answer["matches"]]
    assert service.client.get(f"{API}/health/ready").json()["high_water_mark"] > before
    database.close()
