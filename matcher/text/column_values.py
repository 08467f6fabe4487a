"""Read single cells of an imported table: numbers, dates, coordinates, coded values (单元格取值)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar

from matcher.clock import SHANGHAI
from matcher.domain.labelled import Labelled
from matcher.errors import InvalidInput
from matcher.text.normalise import fold
from matcher.text.numerals import read_number

L = TypeVar("L", bound=Labelled)
_SPLIT = re.compile(r"[、,;/|\n]+|\s{1,4}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DATE = re.compile(
    r"(?P<y>20\d{2}|19\d{2})\s?[-./年]\s?(?P<m>\d{1,2})\s?[-./月]\s?(?P<d>\d{1,2})\s?[日号]?(?:[ t]{0,2}(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?)?$"
)
_COMPACT_DATE = re.compile(r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})$")
UNKNOWN_WORDS = frozenset(
    {
        "",
        "-",
        "--",
        "/",
        "无",
        "不限",
        "若干",
        "null",
        "none",
        "nan",
        "面议",
        "暂无",
        "未填",
        "待定",
        "其他",
        "不详",
    }
)
_LAT_BOUNDS = (3.0, 54.0)
_LNG_BOUNDS = (73.0, 136.0)
_END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that could not be understood; the field then stays unknown."""

    field: str
    value: str
    reason: str
    fix: str


class Cells:
    """One row read cell by cell; what cannot be understood is noted, or raised when strict."""

    def __init__(
        self, row: Mapping[str, object], problems: list[Problem] | None, *, strict: bool = False
    ) -> None:
        """problems: receives the cells not understood; strict: raise InvalidInput on the first instead."""
        self._row = row
        self._problems = problems
        self._strict = strict

    def raw(self, *names: str) -> object:
        """The first of `names` with a value, None when none has."""
        for name in names:
            value = self._row.get(name)
            if value is not None and value != "" and value == value:  # NaN is not itself
                return value
        return None

    def text(self, *names: str) -> str:
        """The cell as text, lists joined with 、."""
        value = self.raw(*names)
        if value is None:
            return ""
        if isinstance(value, (list, tuple, set)):
            return "、".join(str(v) for v in value if v is not None)
        return str(value).strip()

    def words(self, *names: str) -> list[str]:
        """The cell as a list of words."""
        value = self.raw(*names)
        if value is None:
            return []
        if isinstance(value, (list, tuple, set)):
            return [str(v).strip() for v in value if v is not None and str(v).strip()]
        return [w for w in _SPLIT.split(fold(str(value))) if w]

    def note(self, field: str, value: object, reason: str, fix: str) -> None:
        """Record a problem; raises InvalidInput in strict mode."""
        shown = str(value)[:60]
        if self._strict:
            raise InvalidInput(f"{field} 的值“{shown}”{reason}；{fix}")
        if self._problems is not None:
            self._problems.append(Problem(field, shown, reason, fix))

    def number(self, *names: str, low: float, high: float) -> float | None:
        """A number within bounds; 若干 and the like are unknown without a problem."""
        value = self.raw(*names)
        if value is None:
            return None
        if isinstance(value, bool):
            self.note(names[0], value, "不是数字", "填写数字")
            return None
        if isinstance(value, (int, float)):
            number: float | None = float(value)
        else:
            text = fold(str(value)).strip().lower()
            if text in UNKNOWN_WORDS:
                return None
            match = _NUMBER.search(text.replace(",", ""))
            number = read_number(text) or (float(match.group()) if match else None)
            if text.startswith("-"):
                number = None
        if number is None or not low <= number <= high:
            self.note(
                names[0], value, "看不懂或超出范围", f"填写 {low:g} 到 {high:g} 之间的数字，不知道就留空"
            )
            return None
        return number

    def moment(self, *names: str, end_of_day: bool = False) -> datetime | None:
        """A date or time as aware UTC; a bare day is its first second in Shanghai, or its last."""
        value = self.raw(*names)
        if value is None:
            return None
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(UTC)
        clock = _END_OF_DAY if end_of_day else time()
        if isinstance(value, date):
            return datetime.combine(value, clock, SHANGHAI).astimezone(UTC)
        text = fold(str(value)).strip().lower()
        if text in UNKNOWN_WORDS or text in ("长期", "长期有效"):
            return None
        moment = _read_moment(text, clock)
        if moment is None:
            self.note(names[0], value, "不是日期", "写成 2026-01-31 或 2026-01-31 08:00")
        return moment

    def coordinates(self) -> tuple[float | None, float | None]:
        """(lat, lng) in degrees when both lie in China, else (None, None)."""
        lat = self.number("lat", low=-180, high=180)
        lng = self.number("lng", low=-180, high=180)
        if lat is None or lng is None:
            return None, None
        if not (_LAT_BOUNDS[0] <= lat <= _LAT_BOUNDS[1] and _LNG_BOUNDS[0] <= lng <= _LNG_BOUNDS[1]):
            self.note("lat", f"{lat},{lng}", "不在中国境内", "核对经纬度是否写反，lat 是纬度")
            return None, None
        return lat, lng

    def member(self, kind: type[L], *names: str) -> L | None:
        """A coded value by code or Chinese label."""
        text = self.text(*names)
        if not text or (text.lower() in UNKNOWN_WORDS and not _is_member(kind, text)):
            return None
        try:
            return kind.read(text, field=names[0])
        except InvalidInput as error:
            self.note(names[0], text, "不在允许范围内", error.message)
            return None


def _is_member(kind: type[L], text: str) -> bool:
    return any(text in (m.value, m.label) for m in kind)


def _read_moment(text: str, clock: time) -> datetime | None:
    match = _DATE.match(text) or _COMPACT_DATE.match(text)
    try:
        if match is not None:
            day = date(int(match["y"]), int(match["m"]), int(match["d"]))
            parts = match.groupdict()
            if parts.get("H"):
                clock = time(int(parts["H"]), int(parts["M"]), int(parts["S"] or 0))
            return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
