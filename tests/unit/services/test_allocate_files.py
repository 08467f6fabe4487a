"""Allocating from two files: whole results, every bad row named, and a clear refusal of what cannot be used."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from matcher.allocation.certificate import Certificate
from matcher.allocation.policy import AllocationPolicy
from matcher.cli import main
from matcher.errors import InvalidInput, Unavailable
from matcher.services import allocate_files as service
from matcher.services.allocate_files import AllocateOptions, AllocateReport, allocate_files

Row = dict[str, Any]
POSTINGS: list[Row] = [
    {"posting_id": "P1", "openings": 1, "employer_id": "E1"},
    {"posting_id": "P2", "openings": 1, "employer_id": "E1"},
    {"posting_id": "P3", "openings": 1, "employer_id": "E2"},
    {"posting_id": "P4", "openings": 0},
]
CANDIDATES: list[Row] = [
    {"worker_id": "B", "posting_id": "P1", "score": 0.9},
    {"worker_id": "B", "posting_id": "P2", "score": 0.8},
    {"worker_id": "B", "posting_id": "P3", "score": 0.7},
    {"worker_id": "A", "posting_id": "P3", "score": 0.6},
    {"worker_id": "A", "posting_id": "P4", "score": 0.5},
]


class Files:
    """A folder with two input files and room for results."""

    def __init__(self, folder: Path) -> None:
        self.candidates = folder / "C.jsonl"
        self.postings = folder / "P.jsonl"
        self.out = folder / "O.jsonl"

    def write(self, candidates: list[Row | str], postings: list[Row | str]) -> None:
        for path, rows in ((self.candidates, candidates), (self.postings, postings)):
            lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
            path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")

    def run(self, **options: Any) -> AllocateReport:
        return allocate_files(
            self.candidates,
            self.postings,
            self.out,
            options=AllocateOptions(**options),
            policy=AllocationPolicy(),
        )

    def rows(self, ending: str = "") -> list[Row]:
        path = self.out.with_name(f"O{ending}.jsonl")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path)
    found.write(list(CANDIDATES), list(POSTINGS))
    return found


def test_pushes_are_written_by_person_then_rank(files: Files) -> None:
    report = files.run()
    assert files.rows() == [
        {"worker_id": "A", "posting_id": "P3", "rank": 1, "score": 0.6},
        {"worker_id": "B", "posting_id": "P1", "rank": 1, "score": 0.9},
        {"worker_id": "B", "posting_id": "P3", "rank": 2, "score": 0.7},
    ]
    assert (report.workers, report.postings, report.pushes, report.short) == (2, 4, 3, 1)
    assert report.errors_path is None


def test_the_shortfall_file_names_cause_and_numbers(files: Files) -> None:
    files.run()
    (row,) = files.rows(".shortfall")
    assert row["worker_id"] == "A"
    assert row["cause_text"] == "名额不够"
    assert (row["rivals"], row["places"], row["wanted"]) == (1, 0, 1)
    assert row["postings"] == ["P4"]


def test_the_summary_holds_the_certificate_the_fairness_and_the_gap(files: Files) -> None:
    files.run()
    summary = json.loads(files.out.with_name("O.summary.json").read_text(encoding="utf-8"))
    assert summary["certificate"]["holds"] is True
    assert summary["counts"]["pushes"] == 3
    assert summary["fairness"]["coverage"] > 0
    assert summary["gap"]["cuts"][0]["places_to_add"] == {"P4": 1}


def test_a_stated_cap_wins_over_the_ratio(files: Files) -> None:
    files.write(list(CANDIDATES), [*POSTINGS[:2], POSTINGS[2] | {"cap": 1}, POSTINGS[3] | {"cap": 1}])
    report = files.run()
    assert [row["posting_id"] for row in files.rows()] == ["P4", "P1", "P3"]
    assert report.short == 1


def test_the_order_of_rows_changes_nothing(files: Files) -> None:
    files.run()
    before = files.out.read_bytes()
    files.write(CANDIDATES[::-1], POSTINGS[::-1])
    files.run()
    assert files.out.read_bytes() == before


def test_packed_files_are_read(files: Files) -> None:
    packed = files.candidates.with_suffix(".jsonl.gz")
    packed.write_bytes(gzip.compress(files.candidates.read_bytes()))
    files.candidates = packed
    assert files.run().pushes == 3


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"worker_id": "A", "posting_id": "NONE", "score": 0.5}, "posting_id", "没有这个岗位"),
        ({"worker_id": "A", "posting_id": "P3", "score": 0.5}, "posting_id", "前面已经有一行"),
        ({"worker_id": "A", "posting_id": "P1", "score": 1.5}, "score", "超出范围"),
        ({"worker_id": "A", "posting_id": "P1", "score": "0.5"}, "score", "不是数"),
        ({"worker_id": "A", "posting_id": "P1", "score": True}, "score", "不是数"),
        ({"worker_id": "A", "posting_id": "P1", "score": 0.5, "priority": 0}, "priority", "超出范围"),
        ({"posting_id": "P1", "score": 0.5}, "worker_id", "没有编号"),
        ('{"worker_id": "A", "posting_id": "P1", "score": NaN}', "", "JSON"),
        ('{"worker_id": "A", "posting_id": "P1", "score": 1e999}', "score", "超出范围"),
        ("乱写的一行", "", "JSON"),
        ("[1, 2]", "", "不是 JSON 对象"),
    ],
)
def test_a_bad_candidate_row_is_left_out_and_named(
    files: Files, row: Row | str, field: str, reason: str
) -> None:
    files.write([*CANDIDATES, row], list(POSTINGS))
    report = files.run()
    (error,) = files.rows(".errors")
    assert (error["file"], error["line"], error["field"]) == ("C.jsonl", 6, field)
    assert reason in error["reason"]
    assert error["fix"]
    assert report.pushes == 3


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"posting_id": "P9", "openings": -1}, "openings"),
        ({"posting_id": "P9", "openings": 1.5}, "openings"),
        ('{"posting_id": "P9", "openings": 1e999}', "openings"),
        ({"posting_id": "P9"}, "openings"),
        ({"posting_id": "P9", "openings": 1, "cap": -3}, "cap"),
        ({"posting_id": "P9", "openings": 1, "employer_id": []}, "employer_id"),
        ({"posting_id": " ", "openings": 1}, "posting_id"),
        ({"posting_id": "P1", "openings": 1}, "posting_id"),
    ],
)
def test_a_bad_posting_row_is_left_out_and_named(files: Files, row: Row | str, field: str) -> None:
    files.write(list(CANDIDATES), [*POSTINGS, row])
    files.run()
    (error,) = files.rows(".errors")
    assert (error["file"], error["line"], error["field"]) == ("P.jsonl", 5, field)


def test_a_person_without_a_usable_row_is_still_counted_as_short(files: Files) -> None:
    files.write([*CANDIDATES, {"worker_id": "Z", "posting_id": "NONE", "score": 0.5}], list(POSTINGS))
    report = files.run()
    assert report.workers == 3
    assert files.rows(".shortfall")[-1]["cause_text"] == "没有可推荐岗位"


def test_zero_openings_everywhere_is_an_answer_not_an_error(files: Files) -> None:
    files.write(list(CANDIDATES), [row | {"openings": 0} for row in POSTINGS])
    report = files.run()
    assert (report.pushes, report.without) == (0, 2)
    assert files.rows() == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("candidates", b"", "是空的"),
        ("postings", b"", "是空的"),
        ("candidates", b"\n\n", "只有空行"),
        ("candidates", b"junk\n" * 20, "没有一行能用.*第 1 行"),
        ("postings", b"junk\n" * 20, "岗位文件 P.jsonl 里没有一行能用"),
        ("candidates", b"{" + b"a" * 10_000_000, "第 1 行超过"),
        ("candidates", bytes(range(256)) * 40_000, "无法识别"),
    ],
)
def test_a_file_of_junk_is_a_clear_refusal(files: Files, name: str, content: bytes, message: str) -> None:
    getattr(files, name).write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        files.run()
    assert not files.out.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"floor": 0}, "--floor"),
        ({"floor": 3, "ceiling": 2}, "--ceiling"),
        ({"ratio": 0.0}, "--ratio"),
        ({"ratio": float("nan")}, "--ratio"),
    ],
)
def test_a_bad_option_is_named(files: Files, options: Row, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        files.run(**options)


def test_a_failed_certificate_leaves_the_earlier_result_alone(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.run()
    before = files.out.read_bytes()
    monkeypatch.setattr(Certificate, "holds", property(lambda _: False))
    files.write(CANDIDATES[:1], list(POSTINGS))
    with pytest.raises(Unavailable, match="没有通过验证"):
        files.run()
    assert files.out.read_bytes() == before


def test_a_crash_while_writing_leaves_no_half_file(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    files.run()
    before = files.out.read_bytes()

    def broken(*_: object) -> Any:
        yield {"worker_id": "A"}
        raise OSError("disk full")

    monkeypatch.setattr(service, "_push_rows", broken)
    with pytest.raises(OSError, match="disk full"):
        files.run()
    assert files.out.read_bytes() == before
    assert sorted(path.name for path in files.out.parent.iterdir()) == [
        "C.jsonl",
        "O.jsonl",
        "O.shortfall.jsonl",
        "O.summary.json",
        "P.jsonl",
    ]


def test_an_old_error_file_goes_away_when_all_rows_are_good(files: Files) -> None:
    files.write([*CANDIDATES, "junk"], list(POSTINGS))
    assert files.run().errors_path is not None
    files.write(list(CANDIDATES), list(POSTINGS))
    files.run()
    assert not files.out.with_name("O.errors.jsonl").exists()


def test_the_command_shows_the_certificate_in_chinese(
    files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--candidates", files.candidates, "--postings", files.postings, "--out", files.out]
    monkeypatch.setattr("sys.argv", ["matcher", "allocate", *map(str, arguments)])
    main()
    shown = capsys.readouterr().err
    assert "没有可以避免的缺口" in shown
    assert "超名额 0" in shown
    assert "不足的 1 人" in shown
