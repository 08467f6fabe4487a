"""Read candidates and postings for an allocation from two files of JSON lines (分配输入).

Every readable row counts, every other row is reported with its line, field, reason and fix.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput
from matcher.imports.limits import MIB, Limits
from matcher.imports.readers.json_records import JsonTable
from matcher.imports.readers.source_file import SourceFile
from matcher.imports.rows import CellValue, RawRow

LIMITS = Limits(file_bytes=4096 * MIB, unpacked_bytes=8192 * MIB, line_bytes=64 * 1024)
MOST_COUNTED = 1_000_000
MOST_ERRORS_KEPT = 10_000
PROGRESS_EVERY = 5_000

ReadShare = Callable[[int, float], None]
"""Progress: rows read, share of the file from 0 to 1."""


class _BadField(Exception):
    """A cell that cannot be used. args: field, reason, fix."""


@dataclass(slots=True)
class RowErrors:
    """What was wrong with rows; the first MOST_ERRORS_KEPT in words, the rest only counted."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def add(self, path: Path, line: int, name: str, reason: str, fix: str) -> None:
        """Note one row that is left out."""
        self.count += 1
        if len(self.rows) < MOST_ERRORS_KEPT:
            self.rows.append(
                {"file": path.name, "line": line, "field": name, "reason": reason, "fix": fix}
            )


@dataclass(frozen=True, slots=True)
class PostingRows:
    """Postings in the order of their ids. cap: as stated, -1 = not stated; employer: -1 = not stated."""

    ids: list[str]
    openings: NDArray[np.int64]
    employer: NDArray[np.int64]
    cap: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CandidateRows:
    """People in the order of their ids, and their pairs by person, then posting.

    priority: (n,) the largest one stated for the person, 1 without.
    """

    worker_ids: list[str]
    priority: NDArray[np.float64]
    wi: NDArray[np.int64]
    pj: NDArray[np.int64]
    score: NDArray[np.float64]


def read_posting_rows(path: Path, errors: RowErrors, progress: ReadShare) -> PostingRows:
    """Rows {"posting_id", "openings"[, "employer_id", "cap"]}; raises InvalidInput when none can be used."""
    found: dict[str, tuple[int, str, int]] = {}
    for raw in _rows(path, errors, progress):
        try:
            name = _id(raw.values, "posting_id")
            if name in found:
                raise _BadField("posting_id", "这个岗位前面已经有一行", "每个岗位只留一行")
            employer = _id(raw.values, "employer_id") if "employer_id" in raw.values else ""
            cap = _count(raw.values, "cap") if "cap" in raw.values else -1
            found[name] = (_count(raw.values, "openings"), employer, cap)
        except _BadField as bad:
            errors.add(path, raw.number, *bad.args)
    if not found:
        raise InvalidInput(f"岗位文件 {path.name} 里没有一行能用；{_first(path, errors)}")
    ids = sorted(found)
    employers = {name: row for row, name in enumerate(sorted({found[one][1] for one in ids} - {""}))}
    return PostingRows(
        ids=ids,
        openings=np.array([found[name][0] for name in ids], np.int64),
        employer=np.array([employers.get(found[name][1], -1) for name in ids], np.int64),
        cap=np.array([found[name][2] for name in ids], np.int64),
    )


def read_candidate_rows(
    path: Path, posting_ids: list[str], errors: RowErrors, progress: ReadShare
) -> CandidateRows:
    """Rows {"worker_id", "posting_id", "score"[, "priority"]}; raises InvalidInput when none can be used.

    A person whose rows are all unusable still counts, as somebody without candidates.
    """
    posting_row = {name: row for row, name in enumerate(posting_ids)}
    people: dict[str, int] = {}
    priority = array("d")
    pair_worker, pair_posting, pair_score = array("q"), array("q"), array("d")
    seen: set[int] = set()
    for raw in _rows(path, errors, progress):
        try:
            name = _id(raw.values, "worker_id")
            worker = people.setdefault(name, len(people))
            if worker == len(priority):
                priority.append(1.0)
            posting = _known_posting(raw.values, posting_row)
            score = _number(raw.values, "score", 0.0, 1.0)
            weight = _number(raw.values, "priority", 1.0, 1000.0) if "priority" in raw.values else 1.0
            if (pair := worker * len(posting_ids) + posting) in seen:
                raise _BadField("posting_id", "同一人和同一岗位前面已经有一行", "每对只留一行")
        except _BadField as bad:
            errors.add(path, raw.number, *bad.args)
            continue
        seen.add(pair)
        priority[worker] = max(priority[worker], weight)
        pair_worker.append(worker)
        pair_posting.append(posting)
        pair_score.append(score)
    if not people:
        raise InvalidInput(f"候选文件 {path.name} 里没有一行能用；{_first(path, errors)}")
    return _in_order(people, priority, pair_worker, pair_posting, pair_score)


def _in_order(
    people: dict[str, int], priority: array[float], wi: array[int], pj: array[int], score: array[float]
) -> CandidateRows:
    ids = sorted(people)
    read_as = np.array([people[name] for name in ids], np.int64)
    place = np.empty(len(ids), np.int64)
    place[read_as] = np.arange(len(ids))
    worker, posting = place[np.array(wi, np.int64)], np.array(pj, np.int64)
    order = np.lexsort((posting, worker))
    return CandidateRows(
        worker_ids=ids,
        priority=np.array(priority, np.float64)[read_as],
        wi=worker[order],
        pj=posting[order],
        score=np.array(score, np.float64)[order],
    )


def _rows(path: Path, errors: RowErrors, progress: ReadShare) -> Iterator[RawRow]:
    with closing(JsonTable(SourceFile(path, LIMITS), LIMITS)) as table:
        for number, raw in enumerate(table.rows()):
            if raw.error:
                errors.add(path, raw.number, "", raw.error, '每行写一个 JSON 对象，如 {"posting_id": "P1", …}')
            else:
                yield raw
            if number % PROGRESS_EVERY == 0:
                progress(number, table.fraction_read())
        progress(number + 1, 1.0)


def _id(values: Any, name: str) -> str:
    value: CellValue = values.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise _BadField(name, "没有编号，或编号不是文字", f"补上 {name}")
    return str(value).strip()


def _known_posting(values: Any, rows: dict[str, int]) -> int:
    row = rows.get(_id(values, "posting_id"))
    if row is None:
        raise _BadField("posting_id", "岗位文件里没有这个岗位，或它那一行有错", "在岗位文件里补上或改正")
    return row


def _count(values: Any, name: str) -> int:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _BadField(name, "不是数", f"把 {name} 写成 0 到 {MOST_COUNTED} 之间的整数")
    if not math.isfinite(value) or value != math.floor(value):
        raise _BadField(name, "不是整数", f"把 {name} 写成 0 以上的整数")
    if not 0 <= value <= MOST_COUNTED:
        raise _BadField(name, "是负数或太大", f"把 {name} 写成 0 到 {MOST_COUNTED} 之间的整数")
    return int(value)


def _number(values: Any, name: str, low: float, high: float) -> float:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _BadField(name, "不是数", f"把 {name} 写成 {low:g} 到 {high:g} 之间的数")
    if not low <= value <= high:
        raise _BadField(name, "超出范围", f"把 {name} 写成 {low:g} 到 {high:g} 之间的数")
    return float(value)


def _first(path: Path, errors: RowErrors) -> str:
    for row in errors.rows:
        if row["file"] == path.name:
            return f"例如第 {row['line']} 行{row['field']}{row['reason']}，{row['fix']}"
    return "请检查文件内容"
