"""JSON lines and JSON lists."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from import_samples import records_of, written

from matcher.errors import InvalidInput


def test_a_bad_line_is_set_aside_with_its_number_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [
        '{"id": "1", "title": "焊工"}',
        '{"id": "2", "title": ',
        "",
        "[1, 2]",
        '{"id": "3", "title": "电工"}',
    ]
    records = records_of(written(tmp_path / "a.jsonl", "\n".join(lines)))
    assert [(r.number, r.set_aside) for r in records] == [(1, False), (2, True), (4, True), (5, False)]
    assert "JSON" in records[1].problems[0].reason


def test_packed_lines_and_a_list_give_the_same_records(tmp_path: Path) -> None:
    rows = [{"id": str(n), "title": f"岗位{n}", "tags": ["双休", "五险"]} for n in range(5)]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    packed = written(tmp_path / "a.jsonl.gz", gzip.compress(lines.encode()))
    listed = written(tmp_path / "a.json", json.dumps(rows))
    assert [r.values for r in records_of(packed)] == [r.values for r in records_of(listed)]
    assert records_of(packed)[0].values["tags"] == ["双休", "五险"]


def test_a_huge_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="KB"):
        records_of(written(tmp_path / "a.jsonl", '{"title": "' + "焊" * 1_100_000 + '"}'))


def test_deep_nesting_is_set_aside_and_does_not_end_the_process(tmp_path: Path) -> None:
    deep = '{"title": ' + "[" * 100_000 + "]" * 100_000 + "}"
    bad, good = records_of(written(tmp_path / "a.jsonl", deep + '\n{"title": "电工"}\n'))
    assert bad.set_aside
    assert good.values["title"] == "电工"


def test_a_lone_surrogate_is_set_aside(tmp_path: Path) -> None:
    bad, good = records_of(written(tmp_path / "a.jsonl", '{"title": "\\ud800"}\n{"title": "电工"}\n'))
    assert bad.set_aside
    assert not good.set_aside


def test_nan_is_not_json(tmp_path: Path) -> None:
    bad, _ = records_of(written(tmp_path / "a.jsonl", '{"title": "a", "lat": NaN}\n{"title": "电工"}\n'))
    assert bad.set_aside


def test_a_column_first_met_in_a_late_record_is_placed(tmp_path: Path) -> None:
    lines = ['{"title": "焊工"}'] * 80 + ['{"title": "电工", "招聘人数": 4, "怪列": 1}']
    record = records_of(written(tmp_path / "a.jsonl", "\n".join(lines)))[-1]
    assert record.values["headcount"] == 4
    assert record.extra == {"怪列": 1}


def test_a_worker_row_may_be_as_little_as_id_and_text(tmp_path: Path) -> None:
    record = records_of(written(tmp_path / "a.jsonl", '{"id": 7, "text": "会贴砖，想找日结的活"}\n'))[0]
    assert record.values == {"external_id": "7", "text": "会贴砖，想找日结的活", "source": "file"}


def test_the_keys_of_the_shared_posting_file_are_known(tmp_path: Path) -> None:
    row = {
        "source": "s", "id": "x1", "title": "电工", "description": "接线", "salary_raw": "5000-8000元",
        "salary_min": 5000, "salary_max": 8000, "company": "样例公司", "posted": "2026-05-01", "seen": "2026-05-20",
    }  # fmt: skip
    record = records_of(written(tmp_path / "a.jsonl", json.dumps(row)))[0]
    assert record.values["external_id"] == "x1"
    assert record.values["duties"] == "接线"
    assert record.values["pay_text"] == "5000-8000元"
    assert record.values["employer_name"] == "样例公司"
    assert record.values["verified_at"] == "2026-05-20"
    assert record.extra == {}
