"""Blocked postings are stored for the office and never shown: at the import, in files, in requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.clock import FixedClock
from matcher.compliance import version
from matcher.domain.record_terms import FindingKind, FindingState, Severity
from matcher.ranking.rule_scorer import RuleScorer
from matcher.services.imports.import_file import ImportReport, import_file
from matcher.services.rank_files import rank_files
from matcher.store import schema
from matcher.store.database import Database
from matcher.store.engine import open_engine
from matcher.store.keyring import Keyring
from matcher.store.repositories.findings import FindingRepository, FindingView
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.postings import PostingRepository

NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
DEPOSIT = "装卸货物，入职须交押金500元"
HEADER = "岗位编号,岗位名称,岗位职责,单位名称\n"
FILE = f"{HEADER}A1,装卸工,{DEPOSIT},样例一厂\nA2,焊工,焊接管道，限男性,样例二厂\nA3,电工,检修线路,样例三厂\n"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    keyring = Keyring.create(tmp_path / "keyring.json")
    url = f"sqlite:///{tmp_path / 'matcher.db'}"
    engine = open_engine(url, keyring=keyring)
    schema.upgrade(engine)
    engine.dispose()
    opened = Database.open(url, keyring, clock=FixedClock(NOW))
    yield opened
    opened.close()


def imported(database: Database, folder: Path, content: str) -> ImportReport:
    path = folder / "postings.csv"
    path.write_text(content, "utf-8")
    return import_file(
        database, path, corrections_folder=folder / "corrections", source="county", processes=1
    )


def findings(database: Database, key: str) -> list[FindingView]:
    with database.reading() as session:
        return FindingRepository(session).of_posting(f"county:{key}")


def live(database: Database) -> set[str]:
    with database.reading() as session:
        return {one.posting_id.removeprefix("county:") for one in PostingRepository(session).all_live()}


def test_the_import_keeps_blocked_postings_out_and_tells_how_many(database: Database, tmp_path: Path) -> None:
    report = imported(database, tmp_path, FILE)
    assert (len(report.new_ids), report.blocked, report.to_rewrite) == (3, 1, 1)
    assert live(database) == {"A2", "A3"}


def test_a_finding_holds_its_words_its_rewrite_and_the_rule_version(
    database: Database, tmp_path: Path
) -> None:
    imported(database, tmp_path, FILE)
    (one,) = [one for one in findings(database, "A1") if one.severity is Severity.BLOCK]
    assert (one.kind, one.state, one.field) == (FindingKind.RISK, FindingState.OPEN, "duties")
    assert one.rewrite
    assert "押金" in one.details["words"]
    assert DEPOSIT[one.span_start : one.span_end] == one.details["words"]
    assert one.details["rules"] == version()
    limit = findings(database, "A2")[0]  # gravest first
    assert (limit.kind, limit.severity) == (FindingKind.COMPLIANCE, Severity.AMEND)


def test_a_corrected_posting_is_shown_again(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path, FILE)
    report = imported(database, tmp_path, FILE.replace(DEPOSIT, "装卸货物"))
    assert (report.changed_ids, report.blocked) == (["A1"], 0)
    assert (live(database), findings(database, "A1")) == ({"A1", "A2", "A3"}, [])


def test_a_posting_that_turns_bad_is_taken_out(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path, FILE.replace(DEPOSIT, "装卸货物"))
    assert live(database) == {"A1", "A2", "A3"}
    assert imported(database, tmp_path, FILE).blocked == 1
    assert live(database) == {"A2", "A3"}


def test_the_offices_decision_survives_the_next_import(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path, FILE)
    with database.writing("审核员") as session:
        for one in FindingRepository(session).of_posting("county:A1"):
            FindingRepository(session).decide(one.finding_id, FindingState.DISMISSED)
    renamed = FILE.replace("样例一厂", "样例一分厂")
    report = imported(database, tmp_path, renamed)
    assert (report.changed_ids, report.blocked) == (["A1"], 0)
    assert live(database) == {"A1", "A2", "A3"}


def test_the_same_file_again_changes_nothing_in_findings_or_index(database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path, FILE)
    before = findings(database, "A1")
    with database.reading() as session:
        mark = IndexChangeRepository(session).high_water_mark()
    report = imported(database, tmp_path, FILE)
    assert (report.unchanged, report.blocked) == (3, 1)
    assert findings(database, "A1") == before
    with database.reading() as session:
        assert IndexChangeRepository(session).high_water_mark() == mark


def test_postings_stored_before_the_rules_knew_better_are_caught_at_the_next_import(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("matcher.services.imports.import_rows.posting_findings", lambda posting: [])
        imported(database, tmp_path, FILE)
    assert live(database) == {"A1", "A2", "A3"}
    report = imported(database, tmp_path, FILE)
    assert (report.unchanged, report.blocked) == (3, 1)
    assert live(database) == {"A2", "A3"}


def test_ranking_files_leaves_blocked_postings_out_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "postings.csv").write_text(FILE, "utf-8")
    (tmp_path / "workers.csv").write_text("编号,求职意向\nw1,装卸工\nw2,电工\n", "utf-8")
    out = tmp_path / "matches.jsonl"
    report = rank_files(
        tmp_path / "postings.csv",
        tmp_path / "workers.csv",
        out,
        top=10,
        encoder_path=None,
        scorer=RuleScorer(),
        now=NOW,
    )
    shown = {json.loads(line)["posting_id"] for line in out.read_text("utf-8").splitlines()}
    assert (report.postings, shown) == (2, {"A2", "A3"})
    assert report.errors_path is not None
    errors = [json.loads(line) for line in report.errors_path.read_text("utf-8").splitlines()]
    (barred,) = [error for error in errors if "违规" in error["reason"]]
    assert (barred["row"], barred["column"], barred["row_left_out"]) == (2, "岗位职责", True)
    assert "押金" in barred["value"]
    assert barred["fix"]
