"""Each fault of a cell is named, and its field left unknown; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_samples import credit_code, id_number, records_of, written

from matcher.imports.validate import Record


def posting(tmp_path: Path, header: str, cell: str) -> Record:
    """A posting with one more column."""
    return records_of(written(tmp_path / "a.csv", f'岗位名称,{header}\n焊工,"{cell}"\n'))[0]


def worker(tmp_path: Path, header: str, cell: str) -> Record:
    """A person with one more column."""
    return records_of(written(tmp_path / "a.csv", f'姓名,求职意向,{header}\n样例,焊工,"{cell}"\n'))[0]


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("招聘人数", "很多人哦", "bad_count"),
        ("招聘人数", "0", "bad_count"),
        ("招聘人数", "2000000", "bad_count"),
        ("统一社会信用代码", "91130600MA0000001Z", "bad_credit_code"),
        ("联系电话", "1380000", "bad_phone"),
        ("联系电话", "138****1234", "masked_phone"),
        ("有效期至", "明天或者后天", "bad_date"),
        ("有效期至", "2026-02-30", "bad_date"),
        ("结算方式", "看老板心情", "unknown_code"),
        ("岗位类别", "XYZ", "unknown_code"),
        ("最低工资", "-5", "bad_pay"),
        ("最低工资", "99999999999", "bad_pay"),
        ("月薪", "5", "bad_pay"),
        ("日工时", "30", "out_of_range"),
        ("工资", "2026-03-05", "excel_date"),
        ("工资", "#REF!", "cell_error"),
    ],
)
def test_a_fault_of_a_posting_leaves_the_field_unknown(
    tmp_path: Path, header: str, cell: str, code: str
) -> None:
    record = posting(tmp_path, header, cell)
    assert [p.code for p in record.problems] == [code]
    assert record.problems[0].column == header
    assert record.problems[0].value == cell
    assert not record.set_aside
    assert set(record.values) == {"title", "source"}


def test_an_unknown_code_lists_the_allowed_ones(tmp_path: Path) -> None:
    fix = posting(tmp_path, "结算方式", "看老板心情").problems[0].fix
    assert "daily(日结)" in fix
    assert "on_completion(完工结)" in fix


@pytest.mark.parametrize(
    ("header", "cell", "key", "value"),
    [
        ("招聘人数", "5人", "headcount", 5),
        ("招聘人数", "5-10", "headcount", 5),
        ("结算方式", "当日结", "settlement", "daily"),
        ("结算方式", "weekly", "settlement", "weekly"),
        ("有效期至", "2026年7月", "valid_to", "2026-07-31"),
        ("有效期至", "46204", "valid_to", "2026-07-01"),
        ("有效期至", "20260701", "valid_to", "2026-07-01"),
        ("发布时间", "2026/5/1 8:05", "published_at", "2026-05-01T08:05:00+08:00"),
        ("联系电话", "+86 138-0000-1234", "contact_phone", "13800001234"),
        ("联系电话", "0312-5551234/13800001234", "contact_phone", "0312-5551234、13800001234"),
        ("统一社会信用代码", credit_code(9).lower(), "credit_code", credit_code(9)),
        ("编号", '=""00012""', "external_id", "00012"),
        ("学历要求", "大专及以上", "education", "大专及以上"),
    ],
)
def test_usual_spellings_are_understood(
    tmp_path: Path, header: str, cell: str, key: str, value: object
) -> None:
    header = "岗位编号" if header == "编号" else header
    record = posting(tmp_path, header, cell)
    assert record.problems == []
    assert record.values[key] == value


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("招聘人数", "若干"),
        ("有效期至", "长期有效"),
        ("工资", "/"),
        ("工资", "暂无"),
        ("学历要求", "不限"),
        ("最低工资", "0"),
    ],
)
def test_what_says_nothing_is_unknown_without_a_problem(tmp_path: Path, header: str, cell: str) -> None:
    record = posting(tmp_path, header, cell)
    assert record.problems == []
    assert set(record.values) == {"title", "source"}


def test_a_lower_bound_above_the_upper_leaves_both_unknown(tmp_path: Path) -> None:
    record = records_of(written(tmp_path / "a.csv", "岗位名称,最低工资,最高工资\n焊工,8000,5000\n"))[0]
    assert {p.column for p in record.problems} == {"最低工资", "最高工资"}
    assert "pay_min_yuan" not in record.values
    assert "pay_max_yuan" not in record.values


@pytest.mark.parametrize("cells", ["115.9,39.0", "39.0,215", "39.0,", "x,115.9"])
def test_a_point_outside_china_or_half_a_point_is_no_point(tmp_path: Path, cells: str) -> None:
    record = records_of(written(tmp_path / "a.csv", f"岗位名称,纬度,经度\n焊工,{cells}\n"))[0]
    assert record.problems
    assert "lat" not in record.values
    assert "lng" not in record.values


def test_a_posting_without_title_is_set_aside_and_kept(tmp_path: Path) -> None:
    record = records_of(written(tmp_path / "a.csv", "岗位名称,工资\n,6000\n"))[0]
    assert record.set_aside
    assert record.raw.values == {"工资": "6000"}


def test_a_wrong_id_number_sets_the_person_aside(tmp_path: Path) -> None:
    number = id_number(1)
    wrong = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
    record = worker(tmp_path, "身份证号", wrong)
    assert record.set_aside
    assert wrong not in record.problems[0].line()
    assert record.problems[0].value == wrong


def test_an_id_number_gives_the_birth_date_and_contradictions_are_named(tmp_path: Path) -> None:
    number = id_number(3, born="19800305")
    path = written(tmp_path / "a.csv", f"姓名,身份证号,出生日期,性别\n样例,{number},1981-01-01,女\n")
    record = records_of(path)[0]
    assert record.values["birth_date"] == "1980-03-05"
    assert {p.code for p in record.problems} == {"birth_date_differs", "gender_differs"}


def test_an_id_number_never_serves_as_the_key_of_a_person(tmp_path: Path) -> None:
    number = id_number(5)
    record = records_of(written(tmp_path / "a.csv", f"编号,姓名\n{number},样例\n"))[0]
    assert record.values["id_number"] == number
    assert "external_id" not in record.values


def test_categories_are_read_by_their_usual_names(tmp_path: Path) -> None:
    assert worker(tmp_path, "人员类别", "低保户、4050人员").values["categories"] == [
        "minimum_living",
        "older",
    ]
    assert worker(tmp_path, "人员类别", "土豪").problems[0].code == "unknown_code"


@pytest.mark.parametrize(
    ("cell", "purposes"),
    [("是", ["matching"]), ("否", []), ("岗位匹配与推送、向用人单位展示", ["matching", "show_to_employer"])],
)
def test_consent_is_read_per_purpose(tmp_path: Path, cell: str, purposes: list[str]) -> None:
    assert worker(tmp_path, "是否同意", cell).values["consent"] == purposes


def test_two_different_rows_with_one_number_are_not_merged(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位编号,岗位名称\nA1,焊工\nA1,电工\nA1,焊工\n")
    first, second = records_of(path)
    assert not first.set_aside
    assert second.set_aside
    assert "第 2 行" in second.problems[0].reason
    assert second.problems[0].column == "岗位编号"


@pytest.mark.parametrize(
    ("key_header", "value"),
    [("身份证号", "110105194912310021"), ("联系电话", "138000012345"), ("姓名", "样例甲乙丙")],
)
def test_console_lines_never_show_personal_values(tmp_path: Path, key_header: str, value: str) -> None:
    path = written(tmp_path / "a.csv", f"求职意向,{key_header}\n焊工,{value}\n")
    for problem in records_of(path)[0].problems:
        assert value not in problem.line()
