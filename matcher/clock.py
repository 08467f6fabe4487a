"""Time enters the engine here, so that tests can hold it still (时钟)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
GIG_DAY_STARTS_AT = timedelta(hours=5)  # 零工的"一天"从 05:00 起算, 不是 00:00


class Clock(Protocol):
    """Anything that tells the time as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands where it is put."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def local_date(moment: datetime) -> date:
    """Calendar day of `moment` in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def gig_day(moment: datetime) -> date:
    """The 零工 day of `moment`: it rolls over at 05:00 Asia/Shanghai."""
    return (moment.astimezone(SHANGHAI) - GIG_DAY_STARTS_AT).date()
