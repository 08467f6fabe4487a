"""Categories that a person's age or time without work points to, for somebody to look into (可能还属于的类别).

INVARIANTS
- Nothing is decided here: a category is held when it has been approved, never before.
- A category that was cancelled is not brought up again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from matcher.domain.worker_terms import JobStatus, WorkerCategory

DAYS_A_MONTH = 30.44
_WITHOUT_WORK = frozenset({JobStatus.SEEKING, JobStatus.NOT_SEEKING, JobStatus.OUT_OF_CONTACT})


@dataclass(frozen=True, slots=True)
class RegionTerms:
    """What a county's pack says where a rule leaves it open.

    older_women, older_men: age in years from which somebody may be 大龄. long_term_months: months without work that
    make 长期失业. internship_ages: first and last age of 就业见习. graduate_years: years since leaving school.
    """

    older_women: int
    older_men: int
    long_term_months: int
    internship_ages: tuple[int, int]
    graduate_years: int


def likely_categories(
    terms: RegionTerms,
    *,
    age: int | None,
    unemployed_since: date | None,
    status: JobStatus | None,
    settled: Collection[WorkerCategory],
    today: date,
) -> dict[WorkerCategory, str]:
    """Category → what is to be found out. settled: those that are held or were cancelled."""
    found = {}
    if age is not None and age >= min(terms.older_women, terms.older_men):
        found[WorkerCategory.OLDER] = (
            f"是否属于大龄（{age} 岁；本地女满 {terms.older_women}、男满 {terms.older_men} 岁）"
        )
    if unemployed_since is not None and (status is None or status in _WITHOUT_WORK):
        months = months_since(unemployed_since, today)
        if months >= terms.long_term_months:
            found[WorkerCategory.LONG_TERM_UNEMPLOYED] = (
                f"是否属于长期失业（已失业约 {months} 个月；本地满 {terms.long_term_months} 个月）"
            )
    return {category: text for category, text in found.items() if category not in settled}


def months_since(day: date, today: date) -> int:
    """Whole months, counted by their usual length."""
    return int((today - day).days / DAYS_A_MONTH)
