"""What stands in a workbook reaches the record unchanged, or is reported."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from import_samples import SHEET_HEAD, SHEET_TAIL, id_number, inline, raw_workbook, records_of, workbook

from matcher.errors import InvalidInput
from matcher.imports.plan import read_records


def test_id_numbers_and_phones_survive_as_text(tmp_path: Path) -> None:
    numbers = [id_number(n) for n in range(1, 60)]
    rows = [["姓名", "身份证号", "手机号"], *([f"样例{n}", n, "013800000000"[1:]] for n in numbers)]
    records = records_of(workbook(tmp_path / "a.xlsx", rows))
    assert [r.values["id_number"] for r in records] == numbers
    assert records[0].values["phone"] == "13800000000"


def test_a_phone_that_excel_keeps_as_a_number_is_whole(tmp_path: Path) -> None:
    record = records_of(workbook(tmp_path / "a.xlsx", [["姓名", "手机号"], ["样例", 13800001234]]))[0]
    assert record.values["phone"] == "13800001234"


def test_an_id_number_kept_as_a_number_is_reported_and_never_guessed(tmp_path: Path) -> None:
    number = int(id_number(1)) if id_number(1).isdigit() else int(id_number(2))
    record = records_of(workbook(tmp_path / "a.xlsx", [["姓名", "身份证号"], ["样例", number]]))[0]
    assert record.set_aside
    assert record.problems[0].code == "digits_lost"
    assert "id_number" not in record.values


def test_formula_cells_give_their_kept_result(tmp_path: Path) -> None:
    cells = inline("A1", "岗位名称") + inline("B1", "招聘人数")
    row = inline("A2", "焊工") + '<c r="B2"><f>2+3</f><v>5</v></c>'
    sheet = f"{SHEET_HEAD}<row r='1'>{cells}</row><row r='2'>{row}</row>{SHEET_TAIL}"
    record = records_of(raw_workbook(tmp_path / "a.xlsx", sheet))[0]
    assert record.values["headcount"] == 5


def test_an_error_value_is_reported_and_the_row_imported(tmp_path: Path) -> None:
    cells = inline("A1", "岗位名称") + inline("B1", "工资")
    row = inline("A2", "焊工") + '<c r="B2" t="e"><v>#N/A</v></c>'
    sheet = f"{SHEET_HEAD}<row r='1'>{cells}</row><row r='2'>{row}</row>{SHEET_TAIL}"
    record = records_of(raw_workbook(tmp_path / "a.xlsx", sheet))[0]
    assert "pay_text" not in record.values
    assert not record.set_aside


def test_dates_come_as_iso_text(tmp_path: Path) -> None:
    rows = [["岗位名称", "有效期至", "上工时间"], ["焊工", date(2026, 7, 1), datetime(2026, 6, 2, 6, 30)]]
    record = records_of(workbook(tmp_path / "a.xlsx", rows))[0]
    assert record.values["valid_to"] == "2026-07-01"
    assert record.values["start_at"] == "2026-06-02T06:30:00+08:00"


def test_a_pay_that_excel_made_a_date_is_reported(tmp_path: Path) -> None:
    record = records_of(workbook(tmp_path / "a.xlsx", [["岗位名称", "工资"], ["焊工", date(2026, 3, 5)]]))[0]
    assert [p.code for p in record.problems] == ["excel_date"]


def test_a_cell_merged_downwards_counts_for_each_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["单位名称", "岗位名称"], ["样例甲厂", "焊工"], [None, "电工"], ["样例乙厂", "瓦工"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    assert [r.values["employer_name"] for r in records_of(tmp_path / "a.xlsx")] == [
        "样例甲厂",
        "样例甲厂",
        "样例乙厂",
    ]


def test_a_table_that_starts_in_the_middle_keeps_its_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C4"], book.active["D4"] = "岗位名称", "工资"
    book.active["C6"], book.active["D6"] = "焊工", 6000
    book.save(tmp_path / "a.xlsx")
    record = records_of(tmp_path / "a.xlsx")[0]
    assert record.number == 6
    assert record.values["title"] == "焊工"


def test_the_first_filled_sheet_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("岗位表", "去年"):
        sheet = book.create_sheet(name)
        sheet.append(["岗位名称", "工资"])
        sheet.append([f"{name}焊工", 6000])
    book.save(tmp_path / "a.xlsx")
    with read_records(tmp_path / "a.xlsx") as reading:
        assert next(iter(reading)).values["title"] == "岗位表焊工"
        assert any("去年" in notice for notice in reading.notices)
    assert records_of(tmp_path / "a.xlsx", sheet="去年")[0].values["title"] == "去年焊工"
    with pytest.raises(InvalidInput, match="岗位表"):
        records_of(tmp_path / "a.xlsx", sheet="没有")


def test_a_hidden_sheet_is_not_taken_for_the_first(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["岗位名称", "工资"])
    book.active.append(["隐藏", 1])
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("表")
    shown.append(["岗位名称", "工资"])
    shown.append(["焊工", 6000])
    book.save(tmp_path / "a.xlsx")
    assert records_of(tmp_path / "a.xlsx")[0].values["title"] == "焊工"
