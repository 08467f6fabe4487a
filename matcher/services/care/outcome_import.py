"""Outcomes from a caseworker's or employer's file, row by row (结果导入).

Every row ends as recorded, unchanged, unknown or a problem with its field and fix; a row with a problem keeps
no other out. A file may be imported again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from matcher.delivery.sheets import write_workbook
from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.service_terms import EndReason, Evidence
from matcher.errors import InvalidInput, MatcherError
from matcher.imports.cells import Fault, read_moment, text_of
from matcher.imports.problems import Problem
from matcher.imports.readers import open_table
from matcher.services.care.outcomes import Recorded, Statement, record_outcome
from matcher.store.database import SYSTEM_ACTOR, Database
from matcher.store.session import StoreSession

PUSH, WORKER, POSTING = "推送编号", "劳动者编号", "岗位编号"
FACT, SAID, ON, SIDE, REASON = "结果", "是否", "日期", "佐证", "离岗原因"
COLUMNS = (PUSH, WORKER, POSTING, FACT, SAID, ON, SIDE, REASON)
REQUIRED = (FACT, SAID, SIDE)
PROBLEM, FIX = "问题", "修改建议"
_WIDTHS = (10, 20, 20, 12, 8, 12, 12, 12, 50, 50)

_SAID = {"是": True, "有": True, "在岗": True, "否": False, "没有": False, "不在岗": False}
_NOT_KNOWN = frozenset({"", "不清楚", "不知道", "未知", "联系不上", "没问到"})
_OTHER_WORDS = {
    "入职": OutcomeFact.STARTED,
    "到岗": OutcomeFact.STARTED,
    "7天": OutcomeFact.IN_POST_7D,
    "30天": OutcomeFact.IN_POST_30D,
    "6个月": OutcomeFact.IN_POST_6M,
    "离职": OutcomeFact.ENDED,
}


@dataclass(frozen=True, slots=True)
class RowNotice:
    """Something to know about a recorded row."""

    row: int
    text: str


@dataclass(slots=True)
class OutcomeImport:
    """What became of the rows. unknown: 是否 says that nobody knows, so nothing was recorded."""

    rows: int = 0
    recorded: int = 0
    unchanged: int = 0
    unknown: int = 0
    problems: list[Problem] = field(default_factory=list)
    notices: list[RowNotice] = field(default_factory=list)
    corrections: Path | None = None


class RowFault(InvalidInput):
    """What is wrong with one field of a row."""

    def __init__(self, column: str, reason: str, fix: str) -> None:
        super().__init__(f"{column}：{reason}；{fix}")
        self.column, self.reason, self.fix = column, reason, fix


def import_outcomes(
    database: Database, path: Path, *, corrections: Path | None = None, actor: str = SYSTEM_ACTOR
) -> OutcomeImport:
    """Record a file of outcomes (.xlsx, .csv, .jsonl). corrections: where rows with a problem are written.

    Raises InvalidInput when the file as a whole cannot be read or a required column is missing.
    """
    wanted = frozenset(COLUMNS)
    result = OutcomeImport()
    faulty: list[tuple[Mapping[str, str], Problem]] = []
    table = open_table(path, lambda name: name.strip() in wanted)
    try:
        headers = {name.strip() for name in table.headers}
        missing = [name for name in REQUIRED if name not in headers]
        if not headers & {PUSH, WORKER}:
            missing.append(f"{PUSH}或{WORKER}")
        if missing:
            raise InvalidInput(f"文件缺少列：{'、'.join(missing)}；可用的列：{'、'.join(COLUMNS)}")
        with database.writing(actor) as session:
            for raw in table.rows():
                cells = {name.strip(): text_of(value) for name, value in raw.values.items()}
                problem = _record_row(session, raw.number, cells, raw.error, result)
                if problem is not None:
                    faulty.append((cells, problem))
    finally:
        table.close()
    result.problems = [problem for _, problem in faulty]
    if faulty and corrections is not None:
        rows = [_correction(cells, problem) for cells, problem in faulty]
        write_workbook(corrections, "待更正", (*COLUMNS, PROBLEM, FIX), _WIDTHS, rows)
        result.corrections = corrections
    return result


def statement_of(cells: Mapping[str, str]) -> Statement | None:
    """A row as a statement, None when it says that nobody knows. Raises RowFault."""
    said = cells.get(SAID, "")
    if said in _NOT_KNOWN:
        return None
    if said not in _SAID:
        raise RowFault(SAID, f"看不懂“{said[:20]}”", "填 是、否 或 不清楚")
    push = cells.get(PUSH, "")
    if push and not (push.isascii() and push.isdigit() and len(push) <= 18):
        raise RowFault(PUSH, "不是编号", "填推送单上的数字编号")
    if not push and not cells.get(WORKER):
        raise RowFault(WORKER, "没有说是谁", f"填{PUSH}或{WORKER}")
    return Statement(
        worker_id=cells.get(WORKER, ""),
        fact=_fact(cells.get(FACT, "")),
        said=_SAID[said],
        evidence=_side(cells.get(SIDE, "")),
        posting_id=cells.get(POSTING) or None,
        push_id=int(push) if push else None,
        on=_day(cells.get(ON, "")),
        reason=_reason(cells.get(REASON, "")),
    )


def _record_row(
    session: StoreSession, number: int, cells: Mapping[str, str], error: str, result: OutcomeImport
) -> Problem | None:
    """Record one row inside a savepoint; the problem when it cannot be."""
    result.rows += 1
    try:
        if error:
            raise RowFault("", error, "核对这一行")
        statement = statement_of(cells)
        if statement is None:
            result.unknown += 1
            return None
        with session.begin_nested():
            _count(result, number, record_outcome(session, statement))
    except RowFault as fault:
        value = cells.get(fault.column, "")
        return Problem(number, fault.column, "", value, fault.code, fault.reason, fault.fix, fatal=True)
    except MatcherError as fault:
        reason, _, fix = fault.message.partition("；")
        return Problem(
            number, FACT, "", cells.get(FACT, ""), fault.code, reason, fix or "核对这一行", fatal=True
        )
    return None


def _count(result: OutcomeImport, number: int, recorded: Recorded) -> None:
    result.recorded += recorded.changed
    result.unchanged += not recorded.changed
    result.notices += [RowNotice(number, text) for text in recorded.notices]


def _correction(cells: Mapping[str, str], problem: Problem) -> list[str]:
    where = f"{problem.column}：" if problem.column else ""
    return [*(cells.get(name, "") for name in COLUMNS), where + problem.reason, problem.fix]


def _fact(text: str) -> OutcomeFact:
    if text in _OTHER_WORDS:
        return _OTHER_WORDS[text]
    try:
        return OutcomeFact.read(text, field=FACT)
    except InvalidInput:
        raise RowFault(FACT, f"看不懂“{text[:20]}”", f"填 {_labels(OutcomeFact)}") from None


def _side(text: str) -> Evidence:
    try:
        return Evidence.read(text, field=SIDE)
    except InvalidInput:
        raise RowFault(SIDE, f"看不懂“{text[:20]}”", f"填 {_labels(Evidence)}") from None


def _reason(text: str) -> EndReason | None:
    if not text:
        return None
    try:
        return EndReason.read(text, field=REASON)
    except InvalidInput:
        raise RowFault(REASON, f"看不懂“{text[:20]}”", f"填 {_labels(EndReason)}") from None


def _labels(kind: type[OutcomeFact] | type[Evidence] | type[EndReason]) -> str:
    return "、".join(one.label for one in kind)


def _day(text: str) -> date | None:
    if not text:
        return None
    moment = read_moment(text)
    if moment is None or isinstance(moment, Fault):
        raise RowFault(ON, f"“{text[:20]}”不是日期", "写成 2026-03-05 这样的日期")
    return moment.date() if isinstance(moment, datetime) else moment
