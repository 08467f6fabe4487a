"""Reviewing everything: new rules reach old postings, decisions stay, a killed run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from matcher.compliance import version
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState, ReviewState
from matcher.domain.record_terms import FindingState, Severity
from matcher.domain.values import Place
from matcher.errors import InvalidInput
from matcher.services.review import review_all as service
from matcher.services.review.open_findings import open_counts, open_findings
from matcher.services.review.review_all import Bookmark, ReviewAllReport, postings_left, review_all
from matcher.store.database import Database
from matcher.store.posting_mapping import posting_to_row
from matcher.store.repositories.findings import FindingRepository
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.postings import PostingRepository

DEPOSIT = "入职须交押金500元"


def add(database: Database, number: int, duties: str, **changes: Any) -> None:
    posting = Posting(
        f"p{number}", "装卸工", source="county", duties=duties, employer_name="样例厂", place=Place("样例镇"), **changes
    )
    states = {"review_state": ReviewState.PASSED, "publish_state": PublishState.LIVE}
    with database.writing() as session:
        PostingRepository(session).upsert([posting_to_row(posting, states)])


def live(database: Database) -> set[str]:
    with database.reading() as session:
        return {one.posting_id for one in PostingRepository(session).all_live()}


def run(database: Database, folder: Path, **options: Any) -> ReviewAllReport:
    return review_all(database, Bookmark.in_folder(folder), **options)


def mark(database: Database) -> int:
    with database.reading() as session:
        return IndexChangeRepository(session).high_water_mark()


def test_postings_stored_unchecked_are_blocked_and_the_count_is_told(database: Database, tmp_path: Path) -> None:
    add(database, 1, DEPOSIT)
    add(database, 2, "装卸，限男性")
    add(database, 3, "装卸")
    report = run(database, tmp_path)
    assert (report.reviewed, report.with_findings, report.blocked, report.cleared) == (3, 2, 1, 0)
    assert report.rules == version()
    assert live(database) == {"p2", "p3"}


def test_a_rule_that_changed_its_mind_clears_the_posting(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 1, DEPOSIT)
    run(database, tmp_path)
    monkeypatch.setattr(service, "posting_findings", lambda posting, context: [])
    report = run(database, tmp_path)
    assert (report.blocked, report.cleared) == (0, 1)
    assert live(database) == {"p1"}


def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    add(database, 1, DEPOSIT)
    run(database, tmp_path)
    before = mark(database)
    report = run(database, tmp_path)
    assert (report.blocked, report.cleared, mark(database)) == (0, 0, before)


def test_the_officers_decision_outlives_the_review(database: Database, tmp_path: Path) -> None:
    add(database, 1, DEPOSIT)
    run(database, tmp_path)
    with database.writing("审核员") as session:
        for one in FindingRepository(session).of_posting("p1"):
            FindingRepository(session).decide(one.finding_id, FindingState.DISMISSED)
    assert run(database, tmp_path).blocked == 0
    with database.reading() as session:
        assert {one.state for one in FindingRepository(session).of_posting("p1")} == {FindingState.DISMISSED}
    assert live(database) == {"p1"}


def test_a_killed_run_keeps_its_chunks_and_the_next_goes_on_behind_them(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        add(database, number, DEPOSIT)
    whole = service._review_chunk

    def dies_at_the_second(session: Any, ids: Any, registry: Any, report: ReviewAllReport) -> None:
        whole(session, ids, registry, report)
        if "p3" in ids:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(service, "_review_chunk", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            run(database, tmp_path, chunk=2)
    assert live(database) == {"p3", "p4", "p5"}
    assert postings_left(database, Bookmark.in_folder(tmp_path)) == 3
    steps: list[int] = []
    report = run(database, tmp_path, chunk=2, advance=steps.append)
    assert (report.resumed_after, report.reviewed, steps) == ("p2", 3, [2, 1])
    assert live(database) == set()
    assert postings_left(database, Bookmark.in_folder(tmp_path)) == 5


def test_under_other_rules_a_killed_run_starts_again(database: Database, tmp_path: Path) -> None:
    add(database, 1, DEPOSIT)
    Bookmark.in_folder(tmp_path).write("older rules", "p1")
    report = run(database, tmp_path)
    assert (report.resumed_after, report.reviewed) == ("", 1)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"rules": 1}'])
def test_a_spoilt_bookmark_means_from_the_start(database: Database, tmp_path: Path, content: str) -> None:
    (tmp_path / "review.json").write_text(content, encoding="utf-8")
    assert Bookmark.in_folder(tmp_path).read(version()) == ""


def test_a_review_sees_the_registry_too(database: Database, tmp_path: Path) -> None:
    text = "负责货物装卸、码垛、清点和场地打扫，听从班长安排，早上七点到下午四点，中午休息一小时，节假日轮休。"
    for number in range(1, 4):
        add(database, number, text, employer_id=f"e{number}")
    run(database, tmp_path)
    with database.reading() as session:
        (one, *_) = open_findings(session)
    assert (one.rule_id, one.words, one.basis) == ("sign.shared_text", "", "3 家单位用同一段文字")


def test_the_list_begins_with_what_blocks_and_hides_long_numbers(database: Database, tmp_path: Path) -> None:
    add(database, 1, "装卸，限男性")
    add(database, 2, "交押金500，电话13800001234押金300")
    run(database, tmp_path)
    with database.reading() as session:
        found = open_findings(session)
        assert open_findings(session, severity=Severity.AMEND)[0].posting_id == "p1"
        assert len(open_findings(session, limit=1)) == 1
        assert open_counts(session)[Severity.BLOCK] == sum(one.severity is Severity.BLOCK for one in found)
    assert found[0].severity is Severity.BLOCK
    assert [one.severity.ordinal for one in found] == sorted(one.severity.ordinal for one in found)
    assert all("13800001234" not in one.words for one in found)
    assert all(one.rewrite and one.ground for one in found)


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_list_without_bounds_is_refused(database: Database, limit: int) -> None:
    with pytest.raises(InvalidInput), database.reading() as session:
        open_findings(session, limit=limit)
