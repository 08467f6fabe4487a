"""Whom a batch is for: a question about workers that can be saved and frozen (服务对象)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from matcher.domain.worker_terms import RESTRICTED_CATEGORIES, JobStatus, WorkerCategory
from matcher.errors import InvalidInput

REGION_DIGITS = 12


@dataclass(frozen=True, slots=True)
class PopulationQuery:
    """Everybody who meets all of these; the default is every willing relocated worker (有就业意愿的征迁群众).

    categories:      any of these assistance categories, not cancelled; empty = anybody.
    statuses:        any of these; people whose status is unknown are asked for by `unknown_status`.
    regions:         leading digits (2 to 12) of 行政区划代码; empty = everywhere.
    not_pushed_days: leave out people who got a push within so many days; 0 = whoever.
    zero_employment: only members of zero-employment households (零就业家庭).
    worker_ids:      only these people; empty = no such limit.
    """

    categories: tuple[WorkerCategory, ...] = (WorkerCategory.RELOCATED,)
    statuses: tuple[JobStatus, ...] = (JobStatus.SEEKING,)
    unknown_status: bool = False
    regions: tuple[str, ...] = ()
    not_pushed_days: int = 0
    zero_employment: bool = False
    worker_ids: tuple[str, ...] = ()

    def checked(self) -> PopulationQuery:
        """Itself, or InvalidInput that names the field and the fix."""
        for region in self.regions:
            if not region.isdigit() or not 2 <= len(region) <= REGION_DIGITS:
                raise InvalidInput(f"区划代码应为 2 至 12 位数字，收到“{region}”")
        if self.not_pushed_days < 0:
            raise InvalidInput(f"“最近未推送天数”不能小于 0，收到 {self.not_pushed_days}")
        barred = RESTRICTED_CATEGORIES & set(self.categories)
        if barred:
            names = "、".join(sorted(one.label for one in barred))
            raise InvalidInput(f"不能按这些人员类别成批推送：{names}")
        return self

    def to_json(self) -> dict[str, Any]:
        """Plain values for storing; `from_json` gives the same query back."""
        plain = asdict(self)
        plain["categories"] = [one.value for one in self.categories]
        plain["statuses"] = [one.value for one in self.statuses]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> PopulationQuery:
        """Read what `to_json` wrote, or what a caller sends. Raises InvalidInput for unknown fields or codes."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(plain) - known)
        if unknown:
            raise InvalidInput(f"服务对象查询没有这些条件：{'、'.join(unknown)}；可用：{'、'.join(sorted(known))}")
        values = dict(plain)
        if "categories" in values:
            values["categories"] = tuple(
                WorkerCategory.read(one, field="categories") for one in values["categories"]
            )
        if "statuses" in values:
            values["statuses"] = tuple(JobStatus.read(one, field="statuses") for one in values["statuses"])
        for name in ("regions", "worker_ids"):
            if name in values:
                values[name] = tuple(str(one) for one in values[name])
        return cls(**values).checked()
