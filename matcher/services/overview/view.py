"""Which month and which place the head of an office looks at (查看范围)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

from matcher.clock import SHANGHAI
from matcher.domain.labelled import Labelled
from matcher.errors import Forbidden, InvalidInput
from matcher.services.reports.monthly_figures import Month

REGION_DIGITS = 12
LONGEST_PART = 120


class Dimension(Labelled):
    """By what a figure can be split (分组)."""

    TOWN = "town", "乡镇"
    VILLAGE = "village", "村(社区)"
    CAUSE = "cause", "原因"
    TRADE = "trade", "职业小类"
    GROUP = "group", "人员类别"
    KIND = "kind", "活动类型"
    EMPLOYER = "employer", "用人单位"
    POSTING = "posting", "岗位"


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at.

    region: leading digits (2 to 12) of a 行政区划代码; "" = everywhere. parts: one value of some dimensions, "" being
    a value too (未登记).
    """

    month: Month
    region: str = ""
    parts: Mapping[Dimension, str] = field(default_factory=dict)

    @classmethod
    def read(cls, query: Mapping[str, str], today: date, *, own_region: str | None = None) -> View:
        """The view of an address: month=2026-03, region=130629, town=…, cause=….

        own_region: 行政区划代码 of the person who looks; None = the whole office.
        Raises InvalidInput for what cannot be read, Forbidden for a place outside the person's own.
        """
        month = Month.read(query.get("month") or f"{today:%Y-%m}", today)
        own = _digits(own_region or "")
        region = _region(query.get("region", "")) or own
        if not region.startswith(own):
            raise Forbidden("您只能查看本辖区的数据；请在“区域”里选本辖区")
        named = {one: query[one.value] for one in Dimension if one.value in query}
        if any(len(value) > LONGEST_PART for value in named.values()):
            raise InvalidInput(f"筛选条件太长；请从概览页点数字进入（最多 {LONGEST_PART} 个字）")
        return cls(month, region, named)

    def within(self, dimension: Dimension, value: str) -> View:
        """The same view, narrowed to one value of a dimension."""
        return replace(self, parts={**self.parts, dimension: value})

    def whole(self) -> View:
        """The same month and place, not narrowed."""
        return replace(self, parts={})

    @property
    def year_start(self) -> datetime:
        """First moment of the year of the month, UTC."""
        return datetime.combine(date(self.month.year, 1, 1), time.min, SHANGHAI).astimezone(UTC)

    def query(self) -> str:
        """The view as the query part of an address; `read` gives it back."""
        plain = {"month": f"{self.month.first:%Y-%m}"}
        if self.region:
            plain["region"] = self.region
        return urlencode(plain | {one.value: value for one, value in self.parts.items()})


def _region(text: str) -> str:
    digits = text.strip()
    if digits and (not digits.isascii() or not digits.isdigit() or not 2 <= len(digits) <= REGION_DIGITS):
        raise InvalidInput(f"区域应为 2 到 12 位行政区划代码，收到“{digits[:20]}”")
    return _digits(digits)


def _digits(code: str) -> str:
    """A code without the zeros that only fill it up: of a county six digits, of a town nine."""
    for length in (2, 4, 6, 9):
        if len(code) >= length and not code[length:].strip("0"):
            return code[:length]
    return code
