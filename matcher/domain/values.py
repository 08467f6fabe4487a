"""Value types shared by postings and workers: pay, place, certificate, occupation (值类型)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matcher.domain.posting_terms import Basis, PayUnit
from matcher.domain.worker_terms import SkillLevel

DEFAULT_HOURS_PER_DAY = 8.0
DEFAULT_DAYS_PER_MONTH = 26.0  # 做六休一; used only to compare pay of different units
WEEKS_PER_MONTH = 52 / 12
MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay as stated (劳动报酬). Money in 分 (1/100 yuan); None = not stated, never imputed.

    min_fen / max_fen: lower and upper bound for one `unit`; a single amount sets both.
    months:       salaries a year when stated (13薪 → 13).
    negotiable:   面议; amounts are then None unless also stated.
    commission:   提成 on top.
    base_fen:     底薪 when stated apart from the total.
    """

    min_fen: int | None = None
    max_fen: int | None = None
    unit: PayUnit = PayUnit.MONTH
    months: float | None = None
    negotiable: bool = False
    commission: bool = False
    base_fen: int | None = None

    def monthly_fen(
        self,
        *,
        hours_per_day: float = DEFAULT_HOURS_PER_DAY,
        days_per_month: float = DEFAULT_DAYS_PER_MONTH,
    ) -> tuple[int | None, int | None]:
        """Lower and upper bound as 分 a month, for comparing units; (None, None) for piece rates."""
        factor = _month_factor(self.unit, hours_per_day, days_per_month)
        if factor is None:
            return None, None
        low = None if self.min_fen is None else round(self.min_fen * factor)
        high = None if self.max_fen is None else round(self.max_fen * factor)
        return low, high


def _month_factor(unit: PayUnit, hours_per_day: float, days_per_month: float) -> float | None:
    return {
        PayUnit.HOUR: hours_per_day * days_per_month,
        PayUnit.DAY: days_per_month,
        PayUnit.WEEK: WEEKS_PER_MONTH,
        PayUnit.MONTH: 1.0,
        PayUnit.YEAR: 1 / MONTHS_PER_YEAR,
    }.get(unit)


@dataclass(frozen=True, slots=True)
class Place:
    """A named place (地点). region_code: 12-digit 行政区划代码; lat/lng in degrees, GCJ-02."""

    name: str
    region_code: str | None = None
    lat: float | None = None
    lng: float | None = None


@dataclass(frozen=True, slots=True)
class CertificateRequirement:
    """A certificate a posting asks for (证书要求). code: as in the certificate lexicon."""

    code: str
    required: bool = True
    basis: Basis = Basis.EMPLOYER
    level: SkillLevel = SkillLevel.NONE


@dataclass(frozen=True, slots=True)
class HeldCertificate:
    """A certificate a person says they hold (持有证书)."""

    code: str
    valid_to: date | None = None
    checked: bool = False
    level: SkillLevel = SkillLevel.NONE

    def valid_on(self, day: date) -> bool:
        """False only when it is known to have expired."""
        return self.valid_to is None or self.valid_to >= day


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation guess (职业). code: 职业分类大典 2022, eight digits with dashes; confidence in [0, 1]."""

    code: str
    name: str
    confidence: float = 1.0
