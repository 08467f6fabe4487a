"""CSV as offices really write it."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from import_samples import records_of, written

from matcher.errors import InvalidInput, NotFound
from matcher.imports.limits import DEFAULT_LIMITS
from matcher.imports.plan import read_records


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["岗位名称", "工资", "工作内容"], ["焊工", "6000", "焊接,打磨;清理|装配"]]
    quoted = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    record = records_of(written(tmp_path / "a.csv", quoted))[0]
    assert record.values["duties"] == "焊接,打磨;清理|装配"


def test_a_line_break_within_quotes_belongs_to_the_cell(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", '岗位名称,工作内容\r\n焊工,"一、焊接\r\n二、打磨"\r\n电工,接线\r\n')
    first, second = records_of(path)
    assert first.values["duties"] == "一、焊接\r\n二、打磨"
    assert (first.number, second.number) == (2, 4)


def test_title_rows_above_the_header_are_skipped_and_said(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv", "某县岗位汇总表,,\n填报单位：某乡,,\n\n岗位名称,工资,招聘人数\n焊工,6000,3\n"
    )
    with read_records(path) as reading:
        records = list(reading)
        assert "第 4 行" in reading.notices[0]
    assert records[0].values["headcount"] == 3
    assert records[0].number == 5


@pytest.mark.parametrize("content", ["", "\n\n \n", ",,,\n,,,\n"])
def test_an_empty_file_is_refused_with_a_reason(tmp_path: Path, content: str) -> None:
    with pytest.raises(InvalidInput, match="空"):
        records_of(written(tmp_path / "a.csv", content))


def test_a_header_alone_gives_no_rows(tmp_path: Path) -> None:
    assert records_of(written(tmp_path / "a.csv", "岗位名称,工资\n")) == []


def test_an_unclosed_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    rows = "".join(f"岗位{n},{n}000\n" for n in range(1, 1000))
    path = written(tmp_path / "a.csv", "岗位名称,工资\n" + '"焊工,6000\n' + rows)
    bad, *good = records_of(path)
    assert bad.set_aside
    assert bad.number == 2
    assert len(good) == 999
    assert good[-1].number == 1001


def test_an_unclosed_quote_on_the_last_line_is_set_aside(tmp_path: Path) -> None:
    good, bad = records_of(written(tmp_path / "a.csv", '岗位名称,工资\n电工,5000\n"焊工,6000'))
    assert good.values["title"] == "电工"
    assert bad.set_aside


def test_an_inch_mark_inside_a_cell_is_not_a_quote(tmp_path: Path) -> None:
    records = records_of(written(tmp_path / "a.csv", '岗位名称,工作内容\n管工,装 5" 管\n电工,接线\n'))
    assert [r.values["duties"] for r in records] == ['装 5" 管', "接线"]


def test_a_file_full_of_unclosed_quotes_is_refused(tmp_path: Path) -> None:
    limits = replace(DEFAULT_LIMITS, quoted_lines=1, unclosed_quotes=5)
    path = written(tmp_path / "a.csv", "岗位名称,工资\n" + '"焊工,1\n' * 50)
    with pytest.raises(InvalidInput, match="引号"):
        records_of(path, limits=limits)


def test_a_row_with_too_many_cells_is_set_aside_whole(tmp_path: Path) -> None:
    shifted, good = records_of(written(tmp_path / "a.csv", "岗位名称,工资\n焊工,电工,6000\n瓦工,7000\n"))
    assert shifted.set_aside
    assert "6000" in str(shifted.raw.values)
    assert not good.set_aside


def test_a_huge_line_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位名称,工资\n" + "焊" * 2_000_000 + ",1\n")
    with pytest.raises(InvalidInput, match="KB"):
        records_of(path)


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位名称," + "," * 900_000 + "x\n焊工\n")
    with pytest.raises(InvalidInput, match="列"):
        records_of(path)


def test_a_repeated_column_is_named_and_kept_aside(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位名称,工资,工资\n焊工,6000,7000\n")
    with read_records(path) as reading:
        record = next(iter(reading))
        assert any("不止一次" in notice for notice in reading.notices)
    assert record.values["pay_text"] == "6000"
    assert record.extra == {"工资#3": "7000"}


def test_a_packed_csv_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv.gz", gzip.compress("岗位名称,工资\n焊工,6000\n".encode()))
    assert records_of(path)[0].values["title"] == "焊工"


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv.gz", gzip.compress(b"a" * 60_000_000))
    with pytest.raises(InvalidInput, match="炸弹"):
        records_of(path)


def test_a_cut_off_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress("岗位名称,工资\n焊工,6000\n".encode() * 1000)
    with pytest.raises(InvalidInput, match="损坏"):
        records_of(written(tmp_path / "a.csv.gz", packed[: len(packed) // 2]))


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "岗位名称,工资\n焊工,6000\n")
    with pytest.raises(InvalidInput, match="上限"):
        records_of(path, limits=replace(DEFAULT_LIMITS, file_bytes=10))


def test_a_missing_file_and_a_strange_type_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"a\.csv"):
        records_of(tmp_path / "a.csv")
    with pytest.raises(InvalidInput, match=r"\.pdf"):
        records_of(written(tmp_path / "a.pdf", b"%PDF"))


def test_progress_ends_at_the_whole_file(tmp_path: Path) -> None:
    seen: list[tuple[int, float]] = []
    path = written(tmp_path / "a.csv", "岗位名称,工资\n" + "焊工,6000\n" * 1000)
    with read_records(path, progress=lambda rows, share: seen.append((rows, share))) as reading:
        list(reading)
    assert seen[-1] == (1000, 1.0)
    assert [share for _, share in seen] == sorted(share for _, share in seen)
