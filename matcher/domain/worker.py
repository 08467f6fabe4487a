"""A worker as the engine matches them (劳动者).

By construction this type holds no name, number, sex, ethnicity, hukou, marital status, disability or
poverty status: what is not here cannot become a feature. Those live in the store, behind their own access.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matcher.domain.posting_terms import (
    Benefit,
    Education,
    EmploymentForm,
    PostingKind,
    Settlement,
    Shift,
)
from matcher.domain.values import HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker_terms import Constraint, TravelMode


@dataclass(slots=True)
class Worker:
    """What a person wants and can do; None or empty means unknown, which never vetoes.

    text:           their own words, one sentence is enough.
    wish_text:      the part of `text` that names work, constraints taken out; this is what is embedded.
    refused_*:      what they said no to ("不干夜班").
    max_minutes:    longest trip one way, by `travel_mode` minutes; None = not said.
    group_size:     people who want to work together, 1 = alone.
    no_certificates: they said that they hold none; an empty `certificates` alone means nobody asked.
    near_home:      asked for work near home without naming minutes; a wish, never a veto.
    """

    worker_id: str
    text: str = ""
    wish_text: str = ""
    occupations: tuple[Occupation, ...] = ()
    refused_occupations: tuple[Occupation, ...] = ()
    skills: tuple[str, ...] = ()
    certificates: tuple[HeldCertificate, ...] = ()
    kinds: tuple[PostingKind, ...] = ()
    forms: tuple[EmploymentForm, ...] = ()
    pay_floor: Pay | None = None
    settlements: tuple[Settlement, ...] = ()
    shifts: tuple[Shift, ...] = ()
    refused_shifts: tuple[Shift, ...] = ()
    needs: tuple[Benefit, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    place: Place | None = None
    max_minutes: int | None = None
    out_of_town: bool | None = None
    education: Education | None = None
    experience_years: float | None = None
    birth_date: date | None = None
    age: int | None = None
    earliest_start: date | None = None
    group_size: int = 1
    no_certificates: bool = False
    travel_mode: TravelMode | None = None
    near_home: bool = False

    def age_on(self, day: date) -> int | None:
        """Completed years on `day` from the birth date, else the age they stated, else None."""
        if self.birth_date is None:
            return self.age
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)
