"""Read one raw row into canonical values, with every problem named (校验).

INVARIANTS
- A row is never dropped: it is a Record, set aside or not, with its cells as in the file.
- A value with a problem is absent from `values`; nothing is put in its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from matcher.errors import InvalidInput
from matcher.imports.cells import LOST, Fault, digits_lost, is_cell_error, text_of
from matcher.imports.checksums import IdNumber, parse_id_number
from matcher.imports.columns import ColumnPlan, SortedCells
from matcher.imports.field_checks import (
    EXCEL_DATE,
    FATAL_WHEN_WRONG,
    KEPT_AS_TEXT,
    LONGEST_TEXT_CHARS,
    Check,
    check_age,
    checks,
    is_spoilt_by_excel,
)
from matcher.imports.mapping import MANDATORY, RECORD_KEY, Kind, Placement, synonyms_of
from matcher.imports.problems import Problem
from matcher.imports.rows import RAW_LINE, SURPLUS, CellValue, RawRow

LISTS = frozenset(
    {"tags", "skills", "certificates", "shifts", "needs", "constraints", "kinds", "friendly_to"}
)
LOWEST_MONTHLY_PAY_YUAN = 300.0
_BARE_AMOUNTS = re.compile(r"[\d.,\s]+(?:[-~～—–至到]+[\d.,\s]+)?(?:元|以上|左右|起)*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNIT_SUFFIX = {
    "hour": "元/小时", "day": "元/天", "week": "元/周", "month": "元/月", "year": "元/年",
    "piece": "元/件", "order": "元/单", "square_metre": "元/平米", "trip": "元/趟",
}  # fmt: skip


@dataclass(slots=True)
class Record:
    """One row of the file, read.

    values: canonical key → value, what could be read; raw: the row as in the file; problems: what could not.
    headers: canonical key → header in the file; record_key: the key that an earlier import gave to this row, from a correction workbook.
    """

    number: int
    values: dict[str, object]
    raw: RawRow
    problems: list[Problem] = field(default_factory=list)
    extra: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    record_key: str = ""

    @property
    def set_aside(self) -> bool:
        """Whether the row must wait for a correction."""
        return any(problem.fatal for problem in self.problems)


class RowReader:
    """Reads rows of one file by its column plan; plain data, so that it travels to other processes."""

    def __init__(self, plan: ColumnPlan, source: str, today: date) -> None:
        """source: of rows that name none themselves; today: for dates that cannot lie ahead."""
        self.plan = plan
        self.source = source
        self.today = today
        self._checks: dict[str, Check] | None = None

    def __getstate__(self) -> dict[str, object]:
        return {"plan": self.plan, "source": self.source, "today": self.today, "_checks": None}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)

    def read(self, raw: RawRow) -> Record:
        """The record of one row."""
        record = Record(raw.number, {}, raw)
        error = raw.error or _left_over(raw)
        if error:
            record.problems.append(
                Problem(
                    raw.number,
                    "",
                    "raw",
                    _first_text(raw),
                    "unreadable_row",
                    error,
                    "把内容填到各列，再清空多出来的一格",
                    fatal=True,
                )
            )
            return record
        cells = self.plan.sort_out(raw.values)
        record.headers = cells.headers
        record.extra = {header: _plain(cell) for header, cell in cells.extra.items()}
        for key, cell in cells.cells.items():
            self._read_cell(record, cells, key, cell)
        record.record_key = str(record.values.pop(RECORD_KEY, ""))
        self._read_pay(record, cells)
        self._compare_fields(record, cells)
        if record.values:
            record.values.setdefault("source", self.source)
        self._require_mandatory(record)
        return record

    def _read_cell(self, record: Record, cells: SortedCells, key: str, cell: CellValue) -> None:
        if key in LISTS and isinstance(cell, list):
            record.values[key] = [text for item in cell if (text := text_of(_plain_cell(item)))]
            return
        if key in KEPT_AS_TEXT and digits_lost(cell):
            self._report(record, cells, key, LOST)
            return
        text = text_of(cell)
        if not text:
            return
        if is_cell_error(text):
            self._report(record, cells, key, Fault("cell_error", "公式出错，没有结果", "改成实际的值"))
            return
        if is_spoilt_by_excel(key, text):
            self._report(record, cells, key, EXCEL_DATE)
            return
        text = self.plan.mapping.values.get(key, {}).get(text, text)
        if self._checks is None:
            self._checks = checks(self.today)
        check = self._field_check(key)
        value = check(text) if check is not None else text
        if isinstance(value, str) and len(value) > LONGEST_TEXT_CHARS:
            value = Fault("long_text", f"文字超过 {LONGEST_TEXT_CHARS} 个", "删减后重新导入")
        if isinstance(value, Fault):
            self._report(record, cells, key, value)
        elif value is not None:
            record.values[key] = value

    def _field_check(self, key: str) -> Check | None:
        assert self._checks is not None
        if key == "age" and self.plan.kind is Kind.WORKERS:
            return check_age
        if self.plan.kind is Kind.WORKERS and key in ("settlement", "kind"):
            return None  # a wish may name several; the worker parser reads it
        return self._checks.get(key)

    def _report(self, record: Record, cells: SortedCells, key: str, fault: Fault) -> None:
        header = cells.headers.get(key, "")
        fatal = key in FATAL_WHEN_WRONG
        value = text_of(cells.cells.get(key))
        record.values.pop(key, None)
        record.problems.append(
            Problem(record.number, header, key, value, fault.code, fault.reason, fault.fix, fatal)
        )

    def _read_pay(self, record: Record, cells: SortedCells) -> None:
        """Put the unit and scale that the header states to the numbers under it."""
        for key in ("pay_text", "pay_floor", "pay_min_yuan", "pay_max_yuan"):
            value, header = record.values.get(key), cells.headers.get(key)
            place = self.plan.placement(header) if header else None
            if value is None or place is None or not (place.pay_unit or place.scale != 1):
                continue
            if isinstance(value, str) and not _BARE_AMOUNTS.fullmatch(value):
                continue
            amounts = [float(n) * place.scale for n in _NUMBER.findall(str(value).replace(",", ""))]
            if place.pay_unit == "month" and any(0 < amount < LOWEST_MONTHLY_PAY_YUAN for amount in amounts):
                fault = Fault("bad_pay", "月工资太低，单位可能不是元/月", "写明金额和单位，如 5000元/月")
                self._report(record, cells, key, fault)
            elif isinstance(value, float):
                record.values[key] = value * place.scale
            else:
                record.values[key] = _with_unit(str(value), place)
            if place.pay_unit and key in record.values:
                record.values.setdefault("pay_unit", place.pay_unit)

    def _compare_fields(self, record: Record, cells: SortedCells) -> None:
        """Faults that only two fields together show."""
        values = record.values
        low, high = values.get("pay_min_yuan"), values.get("pay_max_yuan")
        if isinstance(low, float) and isinstance(high, float) and low > high:
            fault = Fault("pay_order", "最低工资高于最高工资", "核对两列是否写反")
            self._report(record, cells, "pay_min_yuan", fault)
            self._report(record, cells, "pay_max_yuan", fault)
        start, end = values.get("valid_from"), values.get("valid_to")
        if isinstance(start, str) and isinstance(end, str) and end[:10] < start[:10]:
            self._report(
                record, cells, "valid_to", Fault("date_order", "截止日期早于开始日期", "核对两个日期")
            )
        if ("lat" in values) != ("lng" in values):
            left = "lat" if "lat" in values else "lng"
            reported = any(problem.key in ("lat", "lng") for problem in record.problems)
            values.pop(left)
            if not reported:
                fault = Fault("half_a_point", "经度、纬度只有一个", "两个都填，或都留空")
                self._report(record, cells, left, fault)
        self._compare_with_id(record, cells)

    def _compare_with_id(self, record: Record, cells: SortedCells) -> None:
        if self.plan.kind is Kind.WORKERS:
            own = record.values.get("external_id")
            if isinstance(own, str) and isinstance(parse_id_number(own, today=self.today), IdNumber):
                # a key shows in logs and addresses, so an ID number may not serve as one
                record.values.setdefault("id_number", record.values.pop("external_id"))
        number = record.values.get("id_number")
        if not isinstance(number, str):
            return
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14])).isoformat()
        stated = record.values.get("birth_date")
        if isinstance(stated, str) and stated[:7] != born[:7]:
            fault = Fault("birth_date_differs", "出生日期与身份证号不符，已按身份证号", "核对")
            self._report(record, cells, "birth_date", fault)
        record.values["birth_date"] = born
        sex = "男" if int(number[16]) % 2 else "女"
        stated_sex = str(record.values.get("gender", ""))
        if {"男", "女"} - {sex} & set(stated_sex):
            self._report(record, cells, "gender", Fault("gender_differs", "性别与身份证号不符", "核对"))

    def _require_mandatory(self, record: Record) -> None:
        kind = self.plan.kind
        if record.set_aside or any(record.values.get(key) for key in MANDATORY[kind]):
            return
        key = MANDATORY[kind][0]
        name = synonyms_of(kind, key)[0]
        reason = f"缺少{name}" if kind is Kind.POSTINGS else "姓名、身份证号、编号和求职意愿都没有，无法建档"
        record.problems.append(Problem(record.number, "", key, "", "missing", reason, f"填写{name}", True))


def _with_unit(amounts: str, place: Placement) -> str:
    """ "5-6" under 月薪(千元) → "5000-6000元/月"."""

    def scaled(match: re.Match[str]) -> str:
        yuan = float(match.group()) * place.scale
        return str(int(yuan)) if yuan.is_integer() else str(round(yuan, 4))

    text = _NUMBER.sub(scaled, amounts.replace(",", ""))
    return text.removesuffix("元") + _UNIT_SUFFIX.get(place.pay_unit, "元")


def _left_over(raw: RawRow) -> str:
    """Why a row of a correction workbook is still unreadable: its stray text has not been sorted in."""
    for header in (RAW_LINE, SURPLUS):
        if text_of(raw.values.get(header)):
            return f"“{header}”一格里的内容还没有填到各列"
    return ""


def _first_text(raw: RawRow) -> str:
    return text_of(next(iter(raw.values.values()), ""))[:1000]


def _plain(cell: CellValue) -> object:
    return text_of(cell) if isinstance(cell, (str, float)) else cell


def _plain_cell(item: object) -> CellValue:
    if isinstance(item, (str, int, float, list, dict)) or item is None:
        return item
    raise InvalidInput(f"不认识的值类型 {type(item).__name__}")
