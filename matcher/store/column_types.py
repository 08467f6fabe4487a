"""Column types: enum codes, lists of them, UTC times, region codes (列类型)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, ColumnElement, DateTime, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import Basis
from matcher.domain.values import CertificateRequirement, Occupation
from matcher.domain.worker_terms import SkillLevel
from matcher.errors import InvalidInput

CODE_CHARS = 40
REGION_DIGITS = 12
T = TypeVar("T")
_BASES = {one.value: one for one in Basis}
_LEVELS = {one.value: one for one in SkillLevel}


def checked_code(kind: type[Labelled], value: object) -> str:
    """The stored code of an enum member or code. Raises InvalidInput that lists the allowed codes."""
    if isinstance(value, kind):
        return value.value
    if isinstance(value, str) and value in kind.__members__.values():
        return str(value)
    allowed = "、".join(f"{m.value}({m.label})" for m in kind)
    raise InvalidInput(f"{kind.__name__} 没有代码“{str(value)[:CODE_CHARS]}”；可用：{allowed}")


class Code(TypeDecorator[Any]):
    """One member of a `Labelled` enum, stored as its ASCII code."""

    impl = String(CODE_CHARS)
    cache_ok = True

    def __init__(self, kind: type[Labelled]) -> None:
        super().__init__()
        self.kind = kind
        self._members: dict[str, Labelled] = {m.value: m for m in kind}

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else checked_code(self.kind, value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Labelled | None:
        if value is None:
            return None
        member = self._members.get(value)
        return member if member is not None else self.kind.read(value, field=self.kind.__name__)


class _JsonTuple(TypeDecorator[tuple[T, ...]], Generic[T]):
    """A tuple kept as a JSON list; the empty tuple is stored as NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True
    dump_one: Callable[[Any], Any]
    load_one: Callable[[Any], T]

    def process_bind_param(self, value: Sequence[T] | None, dialect: Dialect) -> Any:
        return [self.dump_one(item) for item in value] if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[T, ...]:
        return tuple(map(self.load_one, value)) if value else ()


class Codes(_JsonTuple[Any]):
    """Several members of a `Labelled` enum, stored as a JSON list of ASCII codes."""

    cache_ok = True

    def __init__(self, kind: type[Labelled]) -> None:
        super().__init__()
        self.kind = kind
        self._members: dict[str, Labelled] = {m.value: m for m in kind}

    def dump_one(self, item: object) -> str:
        return checked_code(self.kind, item)

    def load_one(self, item: str) -> Labelled:
        member = self._members.get(item)
        return member if member is not None else self.kind.read(item, field=self.kind.__name__)


class Words(_JsonTuple[str]):
    """Several short texts, stored as a JSON list."""

    cache_ok = True
    dump_one = staticmethod(str)
    load_one = staticmethod(str)


class Occupations(_JsonTuple[Occupation]):
    """Occupations with confidence, best first, stored as [[code, name, confidence], …]."""

    cache_ok = True

    def dump_one(self, item: Occupation) -> list[object]:
        return [item.code, item.name, item.confidence]

    def load_one(self, item: Sequence[Any]) -> Occupation:
        return Occupation(item[0], item[1], item[2])


class CertificateRequirements(_JsonTuple[CertificateRequirement]):
    """Certificates asked for, stored as [[code, required, basis, level], …]."""

    cache_ok = True

    def dump_one(self, item: CertificateRequirement) -> list[object]:
        return [item.code, item.required, item.basis.value, item.level.value]

    def load_one(self, item: Sequence[Any]) -> CertificateRequirement:
        return CertificateRequirement(item[0], item[1], _BASES[item[2]], _LEVELS[item[3]])


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A time without a zone is refused: it would be read wrongly."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise InvalidInput(f"时间“{value}”没有时区；请带上 +08:00")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def checked_region_code(value: object) -> str:
    """A 12-digit 行政区划代码. Raises InvalidInput otherwise."""
    if isinstance(value, str) and len(value) == REGION_DIGITS and value.isascii() and value.isdigit():
        return value
    raise InvalidInput(f"行政区划代码“{str(value)[:20]}”不是12位数字；县级请在6位代码后补6个0")


def inside_region(column: Any, digits: str) -> ColumnElement[bool]:
    """Condition that a region code begins with `digits` (2 to 12). Raises InvalidInput for anything else."""
    if not 2 <= len(digits) <= REGION_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise InvalidInput(f"区划代码应为 2 至 12 位数字，收到“{digits[:20]}”")
    inside: ColumnElement[bool] = column.between(digits.ljust(REGION_DIGITS, "0"), digits.ljust(REGION_DIGITS, "9"))
    return inside


class RegionCode(TypeDecorator[str]):
    """行政区划代码, 12 digits down to the village."""

    impl = String(REGION_DIGITS)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else checked_region_code(value)
