"""Chinese headers find their field; a mapping file of a source wins over every synonym."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path

import pytest
from import_samples import records_of, written

from matcher.errors import InvalidInput, NotFound
from matcher.imports.mapping import (
    Kind,
    canonical_keys,
    detect_kind,
    header_form,
    load_mapping,
    place_header,
)
from matcher.imports.plan import read_records


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("岗位名称", "title"),
        (" 岗位\n名称 ", "title"),
        ("*岗位名称（必填）", "title"),
        ("工 种：", "title"),
        ("招聘人数(人)", "headcount"),
        ("需求人数", "headcount"),
        ("工资待遇", "pay_text"),
        ("用人单位名称", "employer_name"),
        ("统一社会信用代码", "credit_code"),
        ("工作地点", "address"),
        ("ACB21D", "headcount"),
    ],
)
def test_posting_headers_are_recognised(header: str, key: str) -> None:
    place = place_header(header, Kind.POSTINGS)
    assert place is not None
    assert place.key == key


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("公民身份号码", "id_number"),
        ("身份证号码", "id_number"),
        ("本人电话", "phone"),
        ("求职意向", "wish"),
        ("文化程度", "education"),
    ],
)
def test_worker_headers_are_recognised(header: str, key: str) -> None:
    place = place_header(header, Kind.WORKERS)
    assert place is not None
    assert place.key == key


def test_no_two_synonyms_collide_after_normalising() -> None:
    text = (files("matcher.imports") / "data" / "headers.csv").read_text("utf-8")
    seen: dict[tuple[str, str], str] = {}
    for row in csv.DictReader(text.splitlines()):
        where = (row["kind"], header_form(row["header"]))
        assert seen.setdefault(where, row["key"]) == row["key"], row


@pytest.mark.parametrize(
    ("header", "cell", "pay"),
    [
        ("工资（元/天）", "150-200", "150-200元/天"),
        ("月薪(千元)", "5-8", "5000-8000元/月"),
        ("日薪", "180", "180元/天"),
        ("年薪（万元）", "8-12.5", "80000-125000元/年"),
        ("时薪", "20元", "20元/小时"),
        ("月薪", "面议", "面议"),
        ("月薪", "200元/天", "200元/天"),
    ],
)
def test_the_unit_of_a_header_goes_to_its_numbers(tmp_path: Path, header: str, cell: str, pay: str) -> None:
    path = written(tmp_path / "a.csv", f"岗位名称,{header}\n焊工,{cell}\n")
    assert records_of(path)[0].values["pay_text"] == pay


def test_postings_are_told_from_workers() -> None:
    assert detect_kind(["序号", "单位名称", "岗位名称", "招聘人数", "联系电话"]) is Kind.POSTINGS
    assert detect_kind(["序号", "姓名", "性别", "身份证号", "联系电话"]) is Kind.WORKERS
    assert detect_kind(["id", "text"]) is Kind.WORKERS
    assert detect_kind(["id", "title", "description"]) is Kind.POSTINGS
    with pytest.raises(InvalidInput, match="看不出"):
        detect_kind(["甲", "乙"])


def test_a_missing_title_column_is_named_with_its_synonyms(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "单位名称,工资,招聘人数\n样例厂,6000,3\n")
    with pytest.raises(InvalidInput) as caught:
        records_of(path)
    assert "title" in caught.value.message
    assert "工种" in caught.value.message
    assert "招聘人数" in caught.value.message


def test_an_unknown_column_is_kept_aside_and_reported(tmp_path: Path) -> None:
    with read_records(written(tmp_path / "a.csv", "岗位名称,工资,班组长电话备注\n焊工,6000,无\n")) as reading:
        assert next(iter(reading)).extra == {"班组长电话备注": "无"}
        assert any("班组长电话备注" in notice for notice in reading.notices)


def test_of_two_columns_for_one_field_the_preferred_filled_one_counts(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "工种,岗位名称,工资\n焊工,高级焊工,1\n电工,,2\n")
    first, second = records_of(path)
    assert (first.values["title"], first.extra) == ("高级焊工", {"工种": "焊工"})
    assert second.values["title"] == "电工"


def test_a_mapping_file_overrides_synonyms_and_codes(tmp_path: Path) -> None:
    toml = (
        'source = "county_a"\nkind = "postings"\n[columns]\n"aca111" = "title"\n"岗位名称" = "extra"\n'
        '"工种说明" = "requirements"\n[values.settlement]\n"01" = "daily"\n'
    )
    mapping = load_mapping(written(tmp_path / "m.toml", toml))
    path = written(tmp_path / "a.csv", "aca111,岗位名称,工种说明,结算方式\n焊工,别的,有证,01\n")
    record = records_of(path, mapping=mapping)[0]
    assert record.values == {
        "title": "焊工",
        "requirements": "有证",
        "settlement": "daily",
        "source": "county_a",
    }
    assert record.extra == {"岗位名称": "别的"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"columns": {}}, "source"),
        ({"source": "a", "columns": {"岗位": "titel"}}, "title"),
        ({"source": "a", "values": {"nothing": {}}}, "nothing"),
        ({"source": "a", "kind": "jobs"}, "postings"),
        ({"source": "a", "colums": {}}, "colums"),
        ({"source": "a", "columns": ["x"]}, "columns"),
        ([], "source"),
    ],
)
def test_a_wrong_mapping_file_is_refused_with_what_is_allowed(
    tmp_path: Path, content: object, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        load_mapping(written(tmp_path / "m.json", json.dumps(content)))


def test_a_broken_or_missing_mapping_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"m\.toml"):
        load_mapping(written(tmp_path / "m.toml", "source = "))
    with pytest.raises(NotFound, match=r"x\.toml"):
        load_mapping(tmp_path / "x.toml")


def test_every_posting_key_of_the_contract_has_a_header() -> None:
    assert {"title", "pay_text", "settlement", "verified_at", "region_limit"} <= canonical_keys(Kind.POSTINGS)
    assert {"text", "id_number", "consent", "unemployed_since"} <= canonical_keys(Kind.WORKERS)
