"""Renderings over HTTP."""

from __future__ import annotations

import pytest
from api_service import API, Service

from matcher.domain.posting_terms import PublishState
from matcher.services.installation import open_database
from matcher.store.repositories.postings import PostingRepository


@pytest.fixture(scope="module")
def ids(service: Service) -> list[str]:
    database = open_database(service.config)
    with database.reading() as session:
        found = [one.posting_id for one in PostingRepository(session).all_live()][:3]
    database.close()
    return found


def test_a_posting_is_rendered_as_text_and_lines(service: Service, ids: list[str]) -> None:
    for form, field in (("led", "lines"), ("wechat", "text"), ("sms", "text")):
        response = service.client.get(f"{API}/renderings/{form}/{ids[0]}", headers=service.headers("events"))
        assert response.status_code == 200, response.text
        assert response.json()[field]


def test_a_notice_is_a_pdf_and_tells_how_many_are_not_on_it(service: Service, ids: list[str]) -> None:
    query = {"posting_id": [ids[0], "none", ids[1]]}
    response = service.client.get(
        f"{API}/renderings/notice", params=query, headers=service.headers("events")
    )
    assert response.status_code == 200
    assert response.content.startswith(b"%PDF")
    assert response.headers["x-left-out"] == "1"


def test_a_withdrawn_posting_is_refused_with_the_reason(service: Service, ids: list[str]) -> None:
    database = open_database(service.config)
    with database.writing() as session:
        PostingRepository(session).set_states([ids[2]], publish_state=PublishState.WITHDRAWN)
    database.close()
    for path in (f"sms/{ids[2]}", f"notice?posting_id={ids[2]}"):
        response = service.client.get(f"{API}/renderings/{path}", headers=service.headers("events"))
        assert response.status_code == 409
        assert "岗位不在发布中" in response.text


def test_another_scope_and_an_unknown_form_are_refused(service: Service, ids: list[str]) -> None:
    wrong = service.client.get(f"{API}/renderings/sms/{ids[0]}", headers=service.headers("match"))
    assert wrong.status_code == 403
    unknown = service.client.get(f"{API}/renderings/poster/{ids[0]}", headers=service.headers("events"))
    assert unknown.status_code == 422
