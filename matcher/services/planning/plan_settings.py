"""What the office decides about a batch before it is planned (批次设定)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from matcher.allocation.policy import AllocationPolicy
from matcher.errors import InvalidInput
from matcher.regions.pack import RegionPack

MOST_PUSHES = 20
LARGEST_RATIO = 100.0


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How a batch is planned; the defaults are those of the region pack.

    floor, ceiling: postings a person gets at least and at most. referral_ratio: pushes per open place.
    unknown_headcount: places where a posting does not say. repeat_days: days before a posting may come again.
    wave_size: people of one sending wave. waive_wishes: also push what is farther or paid less than the person
    said; a reach or a wage in their own words is otherwise kept. policy: weights of the allocation, crowding and
    stability as shares of a usual score.
    """

    floor: int = 2
    ceiling: int = 2
    referral_ratio: float = 3.0
    unknown_headcount: int = 1
    repeat_days: int = 30
    wave_size: int = 500
    waive_wishes: bool = False
    policy: AllocationPolicy = field(default_factory=AllocationPolicy)

    @classmethod
    def of(cls, pack: RegionPack, **changes: Any) -> PlanSettings:
        """The pack's settings with some changed; a higher floor lifts the ceiling with it.

        Raises InvalidInput that names the setting and the fix.
        """
        own = cls(
            floor=pack.floor,
            ceiling=pack.ceiling,
            referral_ratio=pack.referral_ratio,
            unknown_headcount=pack.unknown_headcount,
            repeat_days=pack.repeat_days,
            wave_size=pack.wave_size,
        )
        unknown = sorted(set(changes) - {one.name for one in fields(cls)})
        if unknown:
            raise InvalidInput(f"批次设定没有这些项：{'、'.join(unknown)}")
        if "floor" in changes and "ceiling" not in changes:
            changes["ceiling"] = max(changes["floor"], own.ceiling)
        return replace(own, **changes).checked()

    def checked(self) -> PlanSettings:
        """Itself; raises InvalidInput that names the setting and the fix."""
        if not 1 <= self.floor <= MOST_PUSHES:
            raise InvalidInput(f"每人至少的条数 floor 须在 1 到 {MOST_PUSHES} 之间，现在是 {self.floor}")
        if not self.floor <= self.ceiling <= MOST_PUSHES:
            raise InvalidInput(f"每人至多的条数 ceiling 须在 {self.floor} 到 {MOST_PUSHES} 之间，现在是 {self.ceiling}")
        if not 0 < self.referral_ratio <= LARGEST_RATIO:
            raise InvalidInput(f"推荐比例 referral_ratio 须大于 0、不超过 {LARGEST_RATIO:g}")
        for name, least in (("unknown_headcount", 0), ("repeat_days", 0), ("wave_size", 1)):
            if getattr(self, name) < least:
                raise InvalidInput(f"批次设定 {name} 不能小于 {least}")
        self.policy.checked()
        return self

    def to_json(self) -> dict[str, Any]:
        """Plain values for storing; `from_json` gives the same settings back."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> PlanSettings:
        """Read what `to_json` wrote."""
        return cls(**{**plain, "policy": AllocationPolicy(**plain["policy"])}).checked()
