"""Coverage by town and village, and the monthly report under the headings of the plan, both as real files."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from care_samples import add_batch, add_posting, add_pushes, add_worker
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from matcher.domain.outcome_terms import OutcomeFact, QueueKind
from matcher.domain.record_terms import ShortfallAction
from matcher.domain.service_terms import Evidence, FollowUpMode, PushState
from matcher.domain.values import Place
from matcher.errors import InvalidInput, NotFound
from matcher.regions.loading import load_pack
from matcher.services.care.follow_up_queue import Contact, log_contact
from matcher.services.care.outcomes import Statement, record_outcomes
from matcher.services.reports import report_workbook
from matcher.services.reports.coverage_report import coverage_rows, write_coverage_report
from matcher.services.reports.monthly_report import (
    TO_FILL,
    MonthlyReport,
    monthly_report,
    write_monthly_report,
)
from matcher.services.reports.report_workbook import Sheet, write_report
from matcher.store.database import Database
from matcher.store.tables.push_batches import PushShortfallRow

BEIJING = load_pack("beijing")
OTHER_VILLAGE = Place("=样例二村", "130629100002")


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    """Every sheet as python-calamine reads it."""
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def formulas(path: Path) -> list[str]:
    return [
        cell.coordinate
        for sheet in load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


@pytest.fixture
def batch(database: Database) -> int:
    """Three people: two postings arrived, one arrived, none."""
    for number in (1, 2, 3):
        add_worker(database, number, place=OTHER_VILLAGE if number == 3 else Place("样例村", "130629100001"))
    for number in (1, 2):
        add_posting(database, number)
    with database.writing() as session:
        made = add_batch(session)
        add_pushes(session, made, "w1", ["p1", "p2"])
        add_pushes(session, made, "w2", ["p1"])
        add_pushes(session, made, "w3", ["p2"], state=PushState.FAILED)
        session.add(
            PushShortfallRow(
                batch_id=made, worker_id="w2", found=1, missing=1, cause="crowded",
                text="附近合适的 1 个名额有 2 人需要", action=ShortfallAction.COLLECT_POSTINGS,
            )
        )  # fmt: skip
    return made


def test_everybody_of_a_batch_is_named_once_by_village(database: Database, batch: int) -> None:
    with database.reading() as session:
        rows = coverage_rows(session, batch)
    assert [(row.worker_id, row.counted, row.verdict) for row in rows] == [
        ("w3", 0, "没有"), ("w1", 2, "达到"), ("w2", 1, "不足")
    ]  # fmt: skip
    assert (rows[2].why, rows[2].action) == ("附近合适的 1 个名额有 2 人需要", "征集岗位")
    assert {row.label.name for row in rows} == {"样**号"}


def test_the_totals_of_the_coverage_file_are_the_counts_of_its_rows(
    database: Database, batch: int, tmp_path: Path
) -> None:
    made = write_coverage_report(database, batch, tmp_path / "覆盖.xlsx")
    found = sheets(tmp_path / "覆盖.xlsx")
    names = found["全部名单"][1:]
    assert (made.people, made.satisfied, made.short) == (3, 1, 2)
    assert len(names) == made.people
    assert len(found["缺口名单"]) - 1 == made.short
    for name, width in (("按乡镇", 1), ("按村", 2)):
        counted = Counter(tuple(row[:width]) for row in names)
        *places, total = found[name][1:]
        assert {tuple(row[:width]): row[width] for row in places} == dict(counted)
        assert total[width] == len(names)
    assert formulas(tmp_path / "覆盖.xlsx") == []


def test_a_village_that_looks_like_a_formula_stays_text(
    database: Database, batch: int, tmp_path: Path
) -> None:
    write_coverage_report(database, batch, tmp_path / "a.xlsx")
    cells = [cell for row in load_workbook(tmp_path / "a.xlsx")["按村"].iter_rows() for cell in row]
    (village,) = [cell for cell in cells if cell.value == "=样例二村"]
    assert village.data_type != "f"
    assert village.quotePrefix


def test_a_list_too_long_for_a_sheet_becomes_a_csv_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_workbook, "MOST_ROWS", 2)
    rows = [("00012", 1), ("=1+1", 2), ("丙", 3)]
    files = write_report(tmp_path / "a.xlsx", [Sheet("名单", ("编号", "数"), (10, 10), rows)])
    assert [path.name for path in files] == ["a.xlsx", "a_名单.csv"]
    with files[1].open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [["编号", "数"], ["00012", "1"], ["'=1+1", "2"], ["丙", "3"]]
    assert "3 行" in sheets(files[0])["名单"][0][0]


def test_an_unknown_batch_is_not_found(database: Database, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="推送批次"):
        write_coverage_report(database, 9, tmp_path / "a.xlsx")


def the_report(database: Database, month: str = "2026-03", pack: Any = BEIJING) -> MonthlyReport:
    with database.reading() as session:
        return monthly_report(session, pack, month)


def totals(report: MonthlyReport) -> dict[str, int]:
    return {figure.label: figure.total for figure in report.figures}


def test_the_report_has_the_five_headings_of_the_plan_verbatim(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "月报.xlsx"
    write_monthly_report(database, BEIJING, "2026-03", path)
    lines = [row[0] for row in sheets(path)["月报"] if row[0]]
    assert [line for line in lines if line[:1] in "一二三四五"] == [
        "一、工作进展", "二、政策成效", "三、困难问题", "四、下步举措", "五、意见建议"
    ]  # fmt: skip
    assert "每月5日前报送" in lines[1]
    assert any("2022-12-31 到期" in line for line in lines)


def test_what_only_a_person_can_write_is_left_for_them(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "月报.xlsx"
    write_monthly_report(database, BEIJING, "2026-03", path)
    left = [row[0] for row in sheets(path)["月报"] if TO_FILL in str(row[0])]
    assert left == [f"{heading}：{TO_FILL}" for heading in BEIJING.report_headings]


def test_a_plan_with_one_heading_takes_every_figure_under_it(database: Database) -> None:
    report = the_report(database, pack=load_pack("zaoyang"))
    assert [section.heading for section in report.sections] == ["目标任务落实进度"]
    assert len(report.sections[0].figures) == len(the_report(database).figures)
    assert report.report_day == 24
    assert "本年招聘活动（年目标30场）" in totals(report)


def test_a_month_without_data_is_all_zeros_and_still_a_report(database: Database, tmp_path: Path) -> None:
    report, _ = write_monthly_report(database, BEIJING, "2025-07", tmp_path / "a.xlsx")
    assert set(totals(report).values()) == {0}
    assert len(sheets(tmp_path / "a.xlsx")) == 1 + len(report.figures)


@pytest.mark.parametrize("month", ["2026-04", "2026-13", "三月", "", "2026-3-1"])
def test_a_month_that_is_to_come_or_cannot_be_read_is_refused(database: Database, month: str) -> None:
    with pytest.raises(InvalidInput, match="月"):
        the_report(database, month)


def test_every_figure_equals_the_rows_of_its_sheet(database: Database, batch: int, tmp_path: Path) -> None:
    log_contact(database, BEIJING, Contact("w3", QueueKind.UNDELIVERED, FollowUpMode.VISIT, True))
    day = date(2026, 3, 1)
    record_outcomes(database, [Statement("w1", OutcomeFact.STARTED, True, Evidence.CONTRACT, "p1", on=day)])
    path = tmp_path / "月报.xlsx"
    report, _ = write_monthly_report(database, BEIJING, "2026-03", path)
    found = sheets(path)
    cover = [row for row in found.pop("月报") if len(row) > 3 and str(row[3]).startswith("见“")]
    assert len(cover) == len(found) == len(report.figures)
    for row in cover:
        assert row[1] == len(found[row[3][2:-2]]) - 1, row[0]
    assert formulas(path) == []
    assert totals(report) == {
        "收到岗位推送的人数": 2,
        "收到2个以上岗位的人数": 1,
        "送达岗位信息": 3,
        "回访联系": 1,
        "就业帮扶服务": 0,
        "本年招聘活动": 0,
        "面试": 0,
        "录用": 0,
        "上岗": 1,
        "在岗满7天": 0,
        "在岗满30天": 0,
        "在岗满6个月": 0,
        "零就业家庭清零": 0,
        "尚未清零的零就业家庭（截至制表）": 0,
        "岗位不足的人次": 1,
        "没有送到的推送": 1,
    }


def test_a_month_counts_its_own_days_in_the_offices_time(database: Database) -> None:
    add_worker(database)
    add_posting(database, 1)
    add_posting(database, 2)
    with database.writing() as session:
        batch = add_batch(session)
        last_minute = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
        add_pushes(session, batch, "w1", ["p1"], at=last_minute)
        add_pushes(session, add_batch(session), "w1", ["p2"], at=last_minute + timedelta(minutes=1))
    months = [
        totals(the_report(database, month))["送达岗位信息"] for month in ("2026-01", "2026-02", "2026-03")
    ]
    assert months == [0, 1, 1]
    with database.reading() as session:
        february = monthly_report(session, BEIJING, "2026-02")
    (row,) = next(figure for figure in february.figures if figure.label == "送达岗位信息").rows
    assert row[3] == "样例1岗"


def test_an_outcome_told_by_two_sides_counts_in_one_month(database: Database) -> None:
    add_worker(database)
    add_posting(database)
    february, march = date(2026, 2, 20), date(2026, 3, 1)
    record_outcomes(
        database,
        [
            Statement("w1", OutcomeFact.IN_POST_7D, True, Evidence.WORKER, "p1", on=february),
            Statement("w1", OutcomeFact.IN_POST_7D, True, Evidence.EMPLOYER, "p1", on=march),
        ],
    )
    assert totals(the_report(database, "2026-02"))["在岗满7天"] == 1
    assert totals(the_report(database, "2026-03"))["在岗满7天"] == 0


def test_nobody_is_named_in_full_in_a_report(database: Database, batch: int, tmp_path: Path) -> None:
    write_monthly_report(database, BEIJING, "2026-03", tmp_path / "a.xlsx")
    write_coverage_report(database, batch, tmp_path / "b.xlsx")
    for name in ("a.xlsx", "b.xlsx"):
        text = str(sheets(tmp_path / name))
        assert "样**号" in text
        assert not [word for word in ("样例1号", "139000000") if word in text]
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
