"""What differs from county to county, with where each figure comes from and until when it holds (区域包).

A pack is an example of how a published plan is followed, never an entitlement: a figure whose plan has ended
stays in use until somebody replaces it, and `expired_on` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from matcher.domain.worker_terms import WorkerCategory

COUNTY_DIGITS, REGION_DIGITS = 6, 12  # of a 行政区划代码


@dataclass(frozen=True, slots=True)
class Note:
    """Where a figure comes from, and the last day its plan runs (None = no end stated)."""

    source: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The service circle (服务圈): minutes on foot in town, kilometres in the country."""

    town_walk_minutes: int
    rural_km: float


@dataclass(frozen=True, slots=True)
class OlderAges:
    """From which age a person counts as 大龄; for the assistance category alone, never for matching."""

    female: int
    male: int


@dataclass(frozen=True, slots=True)
class NoContactDays:
    """Days after which each of the four lines of service counts as broken (四个不断线).

    push 岗位推送, guidance 指导培训, help 重点帮扶, handover 接续服务.
    """

    push: int
    guidance: int
    help: int
    handover: int


@dataclass(frozen=True, slots=True)
class Internship:
    """Who may do an internship (就业见习): ages in years, and years since leaving school."""

    age_low: int
    age_high: int
    graduate_years: int


@dataclass(frozen=True, slots=True)
class Office:
    """The office named on letters and messages; 待填写 until the county fills it in."""

    name: str
    phone: str


@dataclass(frozen=True)
class RegionPack:
    """The rules of one county.

    region_prefixes:      leading digits of the 行政区划代码 of the county's places; empty = anywhere.
    floor, ceiling:       postings a willing person gets at least and at most in one batch.
    referral_ratio:       people pushed to a posting per open place (推荐比例).
    unknown_headcount:    places assumed where a posting does not say.
    repeat_days:          days before the same posting may be pushed to the same person again.
    contacts_per_week:    messages one person gets in seven days at most.
    priority:             weight of a missing push by category, 1 to 4; a category that is absent weighs 1.
    welfare_categories:   who may get a 公益性岗位 once the market has been tried.
    long_term_months:     months without work that make 长期失业.
    report_day:           day of the month by which the monthly report is due.
    report_headings:      headings of the monthly report, as the plan words them.
    events_per_year:      recruitment events aimed at in a year; 0 = no target.
    zero_family_sla_days: weekdays (Monday to Friday, public holidays not taken out) to clear a 零就业家庭.
    link_days:            days an answer link works.
    answer_days:          days without an answer after which a push is 未回应.
    interest_days:        days a person who is interested may wait for a contact.
    willingness_days:     days between two visits to a person who has no wish to work for now (意愿回访).
    wave_size:            people of one sending wave.
    notes:                for each key, where it comes from and until when.
    version:              code and digest of all values; kept with whatever was decided by them.
    """

    code: str
    name: str
    region_prefixes: tuple[str, ...]
    floor: int
    ceiling: int
    referral_ratio: float
    unknown_headcount: int
    repeat_days: int
    contacts_per_week: int
    priority: Mapping[WorkerCategory, float]
    welfare_categories: frozenset[WorkerCategory]
    long_term_months: int
    older_ages: OlderAges
    reach: Reach
    report_day: int
    report_headings: tuple[str, ...]
    events_per_year: int
    zero_family_sla_days: int
    no_contact_days: NoContactDays
    link_days: int
    answer_days: int
    interest_days: int
    willingness_days: int
    internship: Internship
    wave_size: int
    office: Office
    notes: Mapping[str, Note]
    version: str

    def expired_on(self, day: date) -> list[str]:
        """One sentence for each figure whose plan has ended before `day`, by key."""
        return [
            f"“{key}”依据的计划已于 {note.expires:%Y-%m-%d} 到期（{note.source}），请核对是否仍适用"
            for key, note in sorted(self.notes.items())
            if note.expires is not None and note.expires < day
        ]

    def priority_of(self, categories: Iterable[WorkerCategory]) -> float:
        """Weight of a person's missing pushes: the greatest of their approved categories, 1 for none."""
        return max((self.priority.get(one, 1.0) for one in categories), default=1.0)

    @property
    def county(self) -> str:
        """Leading digits of the office's own places, six at most; "" when the pack names none."""
        return next(iter(self.region_prefixes), "")[:COUNTY_DIGITS]

    @property
    def county_code(self) -> str | None:
        """The same as a whole code."""
        return self.county.ljust(REGION_DIGITS, "0") if self.county else None

    def covers(self, region_code: str | None) -> bool:
        """Whether a place lies in the county; an unknown place is not ruled out."""
        return not region_code or not self.region_prefixes or region_code.startswith(self.region_prefixes)
