"""A posting as the engine matches it (岗位)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from matcher.domain.posting_terms import (
    Basis,
    Benefit,
    Education,
    EmploymentForm,
    FriendlyTo,
    Insurance,
    PhysicalLoad,
    PostingKind,
    Settlement,
    Shift,
    Transport,
)
from matcher.domain.values import CertificateRequirement, Occupation, Pay, Place


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """An age limit and what it rests on; Basis.UNSTATED is quarantined, never matched (年龄要求)."""

    low: int | None = None
    high: int | None = None
    basis: Basis = Basis.UNSTATED


@dataclass(slots=True)
class Posting:
    """Everything about a posting that may decide a match; None or empty means unknown.

    The text fields are as the employer wrote them. Limits on sex, marriage, hukou and the like are
    kept in `quarantined` (name → text as written); no feature or rule reads it.
    """

    posting_id: str
    title: str
    duties: str = ""
    requirements: str = ""
    source: str = ""
    employer_id: str = ""
    employer_name: str = ""
    industry: str = ""
    tags: tuple[str, ...] = ()
    kind: PostingKind = PostingKind.MARKET
    form: EmploymentForm | None = None
    occupations: tuple[Occupation, ...] = ()
    skills: tuple[str, ...] = ()
    pay: Pay | None = None
    settlement: Settlement | None = None
    shifts: tuple[Shift, ...] = ()
    hours_per_day: float | None = None
    days_per_month: float | None = None
    benefits: tuple[Benefit, ...] = ()
    transport: tuple[Transport, ...] = ()
    insurance: tuple[Insurance, ...] = ()
    place: Place | None = None
    education: Education | None = None
    experience_years: float | None = None
    certificates: tuple[CertificateRequirement, ...] = ()
    age: AgeLimit | None = None
    load: tuple[PhysicalLoad, ...] = ()
    friendly_to: tuple[FriendlyTo, ...] = ()
    headcount: int | None = None
    headcount_left: int | None = None
    start_at: datetime | None = None
    need_by: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    verified_at: datetime | None = None
    quarantined: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Title, duties and requirements as one text."""
        return "\n".join(part for part in (self.title, self.duties, self.requirements) if part)

    def monthly_pay_fen(self) -> tuple[int | None, int | None]:
        """Pay bounds in 分 a month using the posting's own hours and days where stated."""
        if self.pay is None:
            return None, None
        options: dict[str, float] = {}
        if self.hours_per_day:
            options["hours_per_day"] = self.hours_per_day
        if self.days_per_month:
            options["days_per_month"] = self.days_per_month
        return self.pay.monthly_fen(**options)
