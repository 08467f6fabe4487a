"""What is printed of a fair is readable, masked, and only what may be shown at that moment."""

from __future__ import annotations

from typing import Any

import pytest

from matcher.delivery import fair_prints
from matcher.domain.posting_terms import PublishState
from matcher.errors import InvalidInput, Unavailable
from matcher.services.fairs.printing import PrintKind, print_pack
from matcher.store.database import Database
from matcher.store.repositories.postings import PostingRepository
from tests.fair_world import BY, OFFICE, ready
from tests.push_world import posting_id, worker_id


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What reaches the template, instead of a PDF."""
    seen: list[dict[str, Any]] = []

    def pdf(kind: str, head: object, items: list[dict[str, Any]], *_: object) -> bytes:
        seen.append({"kind": kind, "items": items})
        return b"%PDF"

    monkeypatch.setattr(fair_prints, "_pdf", pdf)
    return seen


@pytest.mark.parametrize("kind", list(PrintKind))
def test_every_sheet_is_a_pdf(database: Database, kind: PrintKind) -> None:
    event_id = ready(database, people=3)
    try:
        assert print_pack(database, event_id, kind, office=OFFICE).startswith(b"%PDF")
    except Unavailable as error:  # no Chinese font here
        pytest.skip(error.message)


def test_what_was_withdrawn_is_on_no_paper_and_no_name_is_whole(
    database: Database, given: list[dict[str, Any]]
) -> None:
    event_id = ready(database, people=3)
    with database.writing(BY) as session:
        gone = PostingRepository(session).get_many([posting_id(1)])[posting_id(1)].title
        PostingRepository(session).set_states([posting_id(1)], publish_state=PublishState.WITHDRAWN)
    for kind in PrintKind:
        print_pack(database, event_id, kind, office=OFFICE)
    assert gone not in str(given)
    assert [len(one["items"]) for one in given] == [3, 3, 2]
    assert all("*" in slip["name"] for slip in given[1]["items"])
    assert "1380000" not in str(given)


def test_a_slip_has_its_stops_in_order_and_a_code(database: Database, given: list[dict[str, Any]]) -> None:
    event_id = ready(database, people=2)
    print_pack(database, event_id, PrintKind.SLIPS, office=OFFICE, worker_ids=[worker_id(1)])
    (slip,) = given[0]["items"]
    assert [stop["number"] for stop in slip["stops"]] == [1, 2, 3]
    assert [stop["at"] for stop in slip["stops"]] == sorted(stop["at"] for stop in slip["stops"])
    assert slip["code"].startswith("<svg")


def test_nothing_to_print_is_said(database: Database) -> None:
    event_id = ready(database, people=2, booths=1)
    with database.writing(BY) as session:
        PostingRepository(session).set_states([posting_id(0)], publish_state=PublishState.FILLED)
    with pytest.raises(InvalidInput, match="岗位可能都已失效"):
        print_pack(database, event_id, PrintKind.BOARD, office=OFFICE)
