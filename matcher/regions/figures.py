"""The keys of a region pack's file and how each value is read (区域包的键)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from matcher.domain.worker_terms import RESTRICTED_CATEGORIES, WorkerCategory
from matcher.errors import InvalidInput
from matcher.regions.pack import Internship, NoContactDays, Office, OlderAges, Reach

Reader = Callable[[Any], Any]
LONGEST_TEXT = 100
HIGHEST_WEIGHT = 4.0


def integer(low: int, high: int) -> Reader:
    """Reads a whole number between two bounds."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise InvalidInput(f"应为 {low} 到 {high} 的整数，收到 {_shown(value)}")
        return value

    return read


def decimal(low: float, high: float) -> Reader:
    """Reads a number between two bounds."""

    def read(value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise InvalidInput(f"应为 {low:g} 到 {high:g} 的数，收到 {_shown(value)}")
        return float(value)

    return read


def text(value: Any) -> str:
    """Reads a short text that is not empty."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise InvalidInput(f"应为 1 到 {LONGEST_TEXT} 个字的文字，收到 {_shown(value)}")
    return value.strip()


def headings(value: Any) -> tuple[str, ...]:
    """Reads the headings of the monthly report: at least one, none twice."""
    read = tuple(map(text, _listed(value)))
    if not read or len(set(read)) < len(read):
        raise InvalidInput("应为不重复的标题列表，至少一个")
    return read


def prefixes(value: Any) -> tuple[str, ...]:
    """Reads leading digits of region codes."""
    read = tuple(_listed(value))
    wrong = next((one for one in read if not _is_region(one)), None)
    if wrong is not None:
        raise InvalidInput(f"行政区划代码应为 2 到 12 位数字的文字，收到 {_shown(wrong)}")
    return read


def _is_region(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and 2 <= len(value) <= 12


def categories(value: Any) -> frozenset[WorkerCategory]:
    """Reads assistance categories by code or label; the restricted ones have no place in a file."""
    return frozenset(_category(one) for one in _listed(value))


def weights(value: Any) -> dict[WorkerCategory, float]:
    """Reads a weight of 1 to 4 for each category."""
    if not isinstance(value, dict):
        raise InvalidInput(f"应为“类别 = 权重”的表，收到 {_shown(value)}")
    return {_category(key): decimal(1, HIGHEST_WEIGHT)(weight) for key, weight in value.items()}


def _category(value: Any) -> WorkerCategory:
    category = WorkerCategory.read(str(value), field="人员类别")
    if category in RESTRICTED_CATEGORIES:
        raise InvalidInput(f"“{category.label}”不能写进区域包")
    return category


def parts(kind: type, readers: Mapping[str, Reader]) -> Reader:
    """Reads a table whose keys are the fields of a dataclass, all of them and no other."""

    def read(value: Any) -> Any:
        wanted = [field.name for field in fields(kind)]
        if not isinstance(value, dict) or set(value) != set(wanted):
            raise InvalidInput(f"应有且只有这些项：{'、'.join(wanted)}")
        found = {}
        for name in wanted:
            try:
                found[name] = readers[name](value[name])
            except InvalidInput as error:
                raise InvalidInput(f"{name} {error.message}") from None
        return kind(**found)

    return read


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidInput(f"应为列表，收到 {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    return f"“{str(value)[:40]}”"


_DAYS = integer(1, 3_660)
FIGURES: dict[str, Reader] = {
    "region_prefixes": prefixes,
    "floor": integer(1, 9),
    "ceiling": integer(1, 9),
    "referral_ratio": decimal(0.1, 50),
    "unknown_headcount": integer(1, 1_000),
    "repeat_days": integer(0, 3_660),
    "contacts_per_week": integer(1, 50),
    "priority": weights,
    "welfare_categories": categories,
    "long_term_months": integer(1, 120),
    "older_ages": parts(OlderAges, {"female": integer(16, 100), "male": integer(16, 100)}),
    "reach": parts(Reach, {"town_walk_minutes": integer(1, 600), "rural_km": decimal(0.1, 1_000)}),
    "report_day": integer(1, 28),
    "report_headings": headings,
    "events_per_year": integer(0, 10_000),
    "zero_family_sla_days": integer(1, 250),
    "no_contact_days": parts(
        NoContactDays, {"push": _DAYS, "guidance": _DAYS, "help": _DAYS, "handover": _DAYS}
    ),
    "link_days": integer(1, 366),
    "answer_days": _DAYS,
    "interest_days": _DAYS,
    "willingness_days": _DAYS,
    "internship": parts(
        Internship,
        {"age_low": integer(14, 100), "age_high": integer(14, 100), "graduate_years": integer(0, 50)},
    ),
    "wave_size": integer(1, 1_000_000),
    "office": parts(Office, {"name": text, "phone": text}),
}
"""Every key that a pack may set, with its reader."""
