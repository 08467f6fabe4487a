"""The correction workbook: nothing lost, nothing executable, and it can be imported again."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import openpyxl
import pytest
from import_samples import id_number, records_of, written

from matcher.imports.corrections import write_corrections
from matcher.imports.plan import read_records

PAYLOADS = [
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")', "=IMPORTXML(1)", "-2+3+cmd|'x'!A0", "'=1",
]  # fmt: skip


def corrections_of(path: Path, target: Path) -> Path:
    """The correction workbook of a file."""
    with read_records(path) as reading:
        write_corrections(target, reading.headers, list(reading), key_of=lambda r: f"auto-{r.number}")
    return target


def test_a_corrected_workbook_is_imported_whole(tmp_path: Path) -> None:
    good = id_number(8)
    wrong = good[:17] + ("1" if good[17] != "1" else "2")
    path = written(
        tmp_path / "a.csv", f"姓名,身份证号,联系电话,备注\n样例,{wrong},13800001234,甲\n样例二,,138,乙\n"
    )
    book = openpyxl.load_workbook(corrections_of(path, tmp_path / "c.xlsx"))
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, header.index("原行号") + 1).value == "2"
    assert sheet.cell(2, header.index("导入状态") + 1).value == "未导入"
    assert sheet.cell(3, header.index("导入状态") + 1).value == "已导入"
    bad = sheet.cell(2, header.index("身份证号") + 1)
    assert bad.value == wrong
    assert bad.comment is not None
    assert "校验位" in bad.comment.text
    assert bad.fill.fgColor.rgb.endswith("FFF2CC")
    bad.value = good
    sheet.cell(3, header.index("联系电话") + 1).value = "13900001234"
    book.save(tmp_path / "c.xlsx")
    first, second = records_of(tmp_path / "c.xlsx")
    assert first.problems == second.problems == []
    assert first.values["id_number"] == good
    assert first.extra == {"备注": "甲"}
    assert first.record_key == "auto-2"
    assert second.values["phone"] == "13900001234"


def test_an_uncorrected_workbook_gives_the_same_problems_again(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv", '岗位名称,工资\n"没闭合,1\n,6000\n焊工,1,2,3\n电工,2026-03-05\n瓦工,5000\n'
    )
    before = [r for r in records_of(path) if r.problems]
    again = records_of(corrections_of(path, tmp_path / "c.xlsx"))
    assert len(before) == 4
    assert [r.set_aside for r in again] == [r.set_aside for r in before] == [True, True, True, False]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_looks_like_a_formula_stays_text_and_comes_back(tmp_path: Path, payload: str) -> None:
    quoted = payload.replace('"', '""')
    path = written(tmp_path / "a.csv", f'岗位名称,工资,工作内容\n焊工,#REF!,"{quoted}"\n')
    target = corrections_of(path, tmp_path / "c.xlsx")
    for sheet in openpyxl.load_workbook(target).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix
    assert records_of(target)[0].values.get("duties") == records_of(path)[0].values.get("duties")


def test_headers_and_sources_that_look_like_formulas_are_text_too(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位名称,=1+1,来源系统\n,x,@evil\n")
    for sheet in openpyxl.load_workbook(corrections_of(path, tmp_path / "c.xlsx")).worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_second_sheet_lists_each_problem_and_the_third_explains(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位名称,招聘人数,结算方式\n焊工,很多,随缘\n")
    book = openpyxl.load_workbook(corrections_of(path, tmp_path / "c.xlsx"))
    rows = list(book["问题清单"].iter_rows(values_only=True))
    assert rows[0] == ("行号", "列", "值", "原因", "建议")
    assert [(row[0], row[1], row[2]) for row in rows[1:]] == [
        ("2", "招聘人数", "很多"),
        ("2", "结算方式", "随缘"),
    ]
    assert book["怎么改"].max_row >= 5


def test_the_workbook_is_private_and_leaves_no_half_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位名称,工资\n,6000\n")
    target = corrections_of(path, tmp_path / "out" / "c.xlsx")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [p.name for p in target.parent.iterdir()] == ["c.xlsx"]


def test_control_characters_and_long_texts_do_not_break_the_workbook(tmp_path: Path) -> None:
    line = json.dumps({"title": "", "duties": "a\x01\ufffeb", "requirements": "长" * 40_000})
    path = written(tmp_path / "a.jsonl", line)
    sheet = openpyxl.load_workbook(corrections_of(path, tmp_path / "c.xlsx")).worksheets[0]
    header = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, header.index("duties") + 1).value == "ab"
    assert "40000" in sheet.cell(2, header.index("requirements") + 1).comment.text
