"""Outcomes from files: every row is recorded, unchanged, unknown or told with its field and fix."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from care_samples import add_batch, add_posting, add_pushes, add_worker
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from matcher.domain.outcome_terms import OutcomeFact as F
from matcher.domain.service_terms import Evidence, PushState, ResponseReason
from matcher.errors import InvalidInput
from matcher.services.care.employer_record import EmployerRecords, Share, employer_record
from matcher.services.care.outcome_import import OutcomeImport, import_outcomes
from matcher.services.care.outcomes import Statement, record_outcomes
from matcher.services.learning.training_examples import SCHEMA, export_examples
from matcher.store.database import Database
from matcher.store.tables.outcomes import OutcomeRow
from matcher.store.tables.pushes import PushRow

HEADER = ["劳动者编号", "岗位编号", "结果", "是否", "日期", "佐证", "离岗原因"]
HIRED = ["w1", "p1", "录用", "是", "2026-02-20", "本人确认", ""]
DAY = date(2026, 2, 20)


@pytest.fixture
def pair(database: Database) -> Database:
    add_worker(database)
    add_posting(database)
    return database


def book(folder: Path, *rows: list[object], header: list[str] | None = None) -> Path:
    workbook = Workbook()
    for row in ([*(header or HEADER)], *rows):
        workbook.active.append(row)
    path = folder / "results.xlsx"
    workbook.save(path)
    return path


def imported(database: Database, folder: Path, *rows: list[object]) -> OutcomeImport:
    return import_outcomes(database, book(folder, *rows), corrections=folder / "fix.xlsx", actor="test")


def test_a_file_may_be_imported_again(pair: Database, tmp_path: Path) -> None:
    first = imported(pair, tmp_path, HIRED)
    again = imported(pair, tmp_path, HIRED)
    assert (first.recorded, first.unchanged) == (1, 0)
    assert (again.recorded, again.unchanged) == (0, 1)


def test_what_nobody_knows_is_not_recorded(pair: Database, tmp_path: Path) -> None:
    result = imported(pair, tmp_path, [*HIRED[:3], "不清楚", *HIRED[4:]], [*HIRED[:3], None, *HIRED[4:]])
    assert (result.rows, result.unknown, result.recorded) == (2, 2, 0)
    with pair.reading() as session:
        assert session.scalars(select(OutcomeRow)).all() == []


@pytest.mark.parametrize(
    ("position", "value", "column", "fix"),
    [
        (0, "", "劳动者编号", "推送编号"),
        (0, "nobody", "结果", "核对劳动者编号"),
        (2, "转正", "结果", "录用"),
        (3, "大概", "是否", "不清楚"),
        (4, "上个月", "日期", "2026-03-05"),
        (4, "", "结果", "核对这一行"),
        (5, "听说", "佐证", "本人确认"),
        (6, "累", "离岗原因", "干不动"),
        (3, "=1+1", "是否", "不清楚"),
        (0, "=HYPERLINK(1)", "结果", "核对劳动者编号"),
    ],
)
def test_a_faulty_row_names_row_field_reason_and_fix(
    pair: Database, tmp_path: Path, position: int, value: str, column: str, fix: str
) -> None:
    row: list[object] = list(HIRED)
    row[position] = value
    (tmp_path / "results.csv").write_text(
        "\n".join(",".join(str(cell) for cell in line) for line in (HEADER, HIRED, row)), "utf-8"
    )
    result = import_outcomes(pair, tmp_path / "results.csv")
    (problem,) = result.problems
    assert (problem.row, problem.column) == (3, column)
    assert fix in problem.fix
    assert result.recorded == 1


def test_a_live_formula_is_read_as_what_it_shows_and_refused(pair: Database, tmp_path: Path) -> None:
    result = imported(pair, tmp_path, [*HIRED[:2], "=1+1", *HIRED[3:]])
    assert [problem.column for problem in result.problems] == ["结果"]


def test_rows_with_a_problem_come_back_as_text_to_put_right(pair: Database, tmp_path: Path) -> None:
    result = imported(pair, tmp_path, HIRED, ["=1+1", "p1", "录用", "是", "2026-02-20", "听说", ""])
    assert result.corrections == tmp_path / "fix.xlsx"
    sheet = load_workbook(result.corrections).active
    header, row = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert header[-2:] == ["问题", "修改建议"]
    assert row[header.index("佐证")] == "听说"
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
    sheet.cell(2, header.index("佐证") + 1).value = "企业确认"
    sheet.cell(2, header.index("劳动者编号") + 1).value = "w1"
    sheet.parent.save(tmp_path / "fixed.xlsx")
    assert import_outcomes(pair, tmp_path / "fixed.xlsx").recorded == 1


def test_a_file_without_the_needed_columns_is_refused_as_a_whole(pair: Database, tmp_path: Path) -> None:
    path = book(tmp_path, ["p1", "录用"], header=["岗位编号", "结果"])
    with pytest.raises(InvalidInput, match="是否、佐证、推送编号或劳动者编号"):
        import_outcomes(pair, path)


def test_contradictory_rows_are_kept_and_told(pair: Database, tmp_path: Path) -> None:
    denied = ["w1", "p1", "录用", "否", "", "企业确认", ""]
    result = imported(pair, tmp_path, HIRED, denied)
    assert [(one.row, one.text) for one in result.notices] == [(3, "各方说法不一，暂记为不清楚")]


def referrals(database: Database, people: int, *, state: PushState = PushState.INTERESTED) -> list[int]:
    """One push to each of so many people for p1, whose employer is e1."""
    add_posting(database, places=50)
    with database.writing() as session:
        batch = add_batch(session)
    ids = []
    for number in range(1, people + 1):
        add_worker(database, number)
        with database.writing() as session:
            (push,) = add_pushes(session, batch, f"w{number}", ["p1"], state=state)
            ids.append(push.id)
    return ids


def test_an_employers_share_is_told_from_five_on(database: Database) -> None:
    pushes = referrals(database, 5)
    hired = [Statement("", F.HIRED, True, Evidence.EMPLOYER, push_id=push, on=DAY) for push in pushes[:3]]
    stayed = [Statement("", F.IN_POST_7D, stay, Evidence.WORKER, push_id=push) for push, stay in
              zip(pushes, (True, False), strict=False)]  # fmt: skip
    record_outcomes(database, hired + stayed)
    with database.reading() as session:
        record = employer_record(session, "e1")
    assert record.referred == 5
    assert (record.answered, record.hired) == (Share(3, 5), Share(3, 5))
    assert record.answered.text == "60%（3/5）"
    assert (record.stayed_7d, record.stayed_7d.value) == (Share(1, 2), None)
    assert record.stayed_7d.text == "样本太少（1/2）"


def test_a_person_who_never_wanted_to_go_was_not_referred(database: Database) -> None:
    referrals(database, 5, state=PushState.UNANSWERED)
    with database.reading() as session:
        assert employer_record(session, "e1").referred == 0


def test_the_records_of_one_run_are_counted_once(database: Database) -> None:
    referrals(database, 1)
    with database.reading() as session:
        records = EmployerRecords(session)
        first = records.get("e1")
        session.close()
        assert records.get("e1") is first


def test_training_rows_grade_answers_and_leave_silence_missing(database: Database, tmp_path: Path) -> None:
    states = (
        PushState.INTERESTED,
        PushState.UNSUITABLE,
        PushState.UNANSWERED,
        PushState.READ,
        PushState.VOID,
        PushState.FAILED,
    )
    with database.writing() as session:
        batch = add_batch(session)
    for number, state in enumerate(states, start=1):
        add_worker(database, number)
        add_posting(database, number)
        with database.writing() as session:
            (push,) = add_pushes(session, batch, f"w{number}", [f"p{number}"], state=state)
            push.response_reason = ResponseReason.TOO_FAR if state is PushState.UNSUITABLE else None
    record_outcomes(database, [Statement("w1", F.HIRED, True, Evidence.WORKER, push_id=1, on=DAY)])
    path = tmp_path / "examples.jsonl"
    assert export_examples(database, path) == 4
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(row["outcome"], row["grade"]) for row in rows] == [
        ("hired", 4), ("unsuitable", 1), (None, None), ("shown", 0)
    ]  # fmt: skip
    assert [row["reason"] for row in rows] == [None, "too_far", None, None]
    assert all(row["schema"] == SCHEMA and row["score"] == 0.5 and row["channel"] == "sms" for row in rows)


def test_training_rows_name_nobody(database: Database, tmp_path: Path) -> None:
    referrals(database, 3)
    path = tmp_path / "examples.jsonl"
    export_examples(database, path)
    text = path.read_text("utf-8")
    assert not [word for word in ('"w1"', "样例1号", "1390000", "130629", "样例村") if word in text]
    assert Counter(json.loads(line)["person"] for line in text.splitlines()).most_common(1)[0][1] == 1
    assert path.stat().st_mode & 0o077 == 0


def test_a_push_taken_back_after_it_arrived_teaches_nothing(database: Database, tmp_path: Path) -> None:
    (push,) = referrals(database, 1, state=PushState.READ)
    with database.writing() as session:
        session.get_one(PushRow, push).state = PushState.VOID
    assert export_examples(database, tmp_path / "examples.jsonl") == 0


def test_of_two_placements_from_one_push_the_newest_is_taught(database: Database, tmp_path: Path) -> None:
    (push,) = referrals(database, 1)
    later = date(2026, 3, 1)
    facts = ((F.STARTED, DAY), (F.ENDED, DAY), (F.STARTED, later))
    record_outcomes(
        database, [Statement("", fact, True, Evidence.WORKER, push_id=push, on=day) for fact, day in facts]
    )
    assert export_examples(database, tmp_path / "examples.jsonl") == 1


def test_a_faulty_row_leaves_nothing_of_itself(pair: Database, tmp_path: Path) -> None:
    with pair.writing() as session:
        (push,) = add_pushes(session, add_batch(session), "w1", ["p1"])
    record_outcomes(pair, [Statement("w1", F.STARTED, True, Evidence.WORKER, "p1", on=DAY)])
    too_early = [push.id, "在岗30天", "是", "2026-02-25", "本人确认"]
    path = book(tmp_path, too_early, header=["推送编号", "结果", "是否", "日期", "佐证"])
    (problem,) = import_outcomes(pair, path).problems
    assert "还不满" in problem.reason
    with pair.reading() as session:
        assert session.scalars(select(OutcomeRow)).one().push_id is None
