"""Read a file of graded pushes and refuse what cannot be trusted, with row and reason (训练样本检查).

The file is what `matcher outcomes export` writes; see `training_examples` for its schema.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.service_terms import Channel
from matcher.errors import InvalidInput
from matcher.outcome.grades import Grade
from matcher.services.learning.training_examples import SCHEMA, GradedExample

COLUMNS = tuple(field.name for field in fields(GradedExample))
MOST_LINE_CHARS = 10_000
_CHANNELS = frozenset(channel.value for channel in Channel)
_GRADES = {grade.ordinal: grade.value for grade in Grade}


def read_examples(path: Path, *, today: date) -> Iterator[GradedExample]:
    """The examples of the file in order.

    Raises InvalidInput that names the row, the field and what should stand there.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _example(line, number, today)
    except OSError as error:
        raise InvalidInput(f"样本文件打不开：{path}", detail=str(error)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"样本文件不是 UTF-8 编码：{path}；请用 matcher outcomes export 重新导出") from error


def _example(line: str, number: int, today: date) -> GradedExample:
    try:
        row = json.loads(line) if len(line) <= MOST_LINE_CHARS else None
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise InvalidInput(f"第{number}行不是一个 JSON 对象；请用 matcher outcomes export 重新导出")
    if row.get("schema") != SCHEMA:
        raise InvalidInput(f"第{number}行 schema 应为 {SCHEMA}，收到 {row.get('schema')!r:.40}")
    given = set(row) - {"schema"}
    if given != set(COLUMNS):
        missing, unknown = sorted(set(COLUMNS) - given), sorted(given - set(COLUMNS))
        told = [f"缺 {'、'.join(missing)}"] * bool(missing) + [f"多出 {'、'.join(unknown)[:80]}"] * bool(unknown)
        raise InvalidInput(f"第{number}行列不对：{'；'.join(told)}")
    for field, (holds, should) in _CHECKS.items():
        if not holds(row[field]):
            raise InvalidInput(f"第{number}行 {field} 应为{should}，收到 {row[field]!r:.40}")
    _check_together(row, number, today)
    return GradedExample(**{name: row[name] for name in COLUMNS})


def _check_together(row: Mapping[str, Any], number: int, today: date) -> None:
    if row["outcome"] != _GRADES.get(row["grade"]):
        raise InvalidInput(f"第{number}行 outcome 与 grade 不一致：{row['outcome']!r:.40} 和 {row['grade']!r}")
    if date.fromisoformat(row["delivered"]) > today:
        raise InvalidInput(f"第{number}行 delivered 在今天之后：{row['delivered']}；请核对日期")


def _text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 100


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6


def _share(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value) and 0 <= value <= 1


def _day(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _or_none(holds: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or holds(value)


_CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "person": (_text, "人员代号"),
    "posting": (_text, "岗位编号"),
    "batch": (_or_none(_count), "批次号或 null"),
    "grade": (_or_none(lambda value: type(value) is int and value in _GRADES), "0 到 4 或 null"),
    "outcome": (_or_none(_text), "结果名或 null"),
    "reason": (_or_none(_text), "原因或 null"),
    "channel": (lambda value: value in _CHANNELS, "渠道代码（sms、phone 等）"),
    "position": (_count, "从 0 起的整数"),
    "score": (_share, "0 到 1 的数"),
    "rank": (_count, "不小于 0 的整数"),
    "in_post_7d": (_or_none(lambda value: isinstance(value, bool)), "true、false 或 null"),
    "in_post_30d": (_or_none(lambda value: isinstance(value, bool)), "true、false 或 null"),
    "confidence": (_or_none(_share), "0 到 1 的数或 null"),
    "delivered": (_day, "日期，如 2026-03-02"),
}
