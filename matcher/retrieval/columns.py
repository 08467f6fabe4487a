"""Postings and workers as columns (列式数据): what filters, eligibility and features read, one row each.

Unknown values, the same in both tables:
  float32 → nan;   int8 / int16 / int32 codes and counts → -1;   masks → 0;   region (int64) → 0;
  times (int64 epoch seconds, UTC) → `NEVER` for an end, `ALWAYS` for a beginning.
Codes are the `ordinal` of the domain enum, masks its `bit`s. Money is yuan a month (`Pay.monthly_fen`), nan
for piece rates and 面议: pay is never imputed. Positions are degrees, GCJ-02.
Sex, ethnicity, hukou, marital status, disability and poverty have no column, because the domain types that
these tables are built from do not hold them. Age is held for the legal age rules alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.clock import SHANGHAI, local_date
from matcher.domain.labelled import Labelled
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Basis
from matcher.domain.values import HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.retrieval.codebook import Codebook, lexicon_codebook
from matcher.retrieval.table import Names, Table, skill_id

NEVER = np.iinfo(np.int64).max
ALWAYS = np.iinfo(np.int64).min
OCCUPATIONS_KEPT = 3
SKILLS_KEPT = 8
FEN_PER_YUAN = 100

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class PostingColumns(Table):
    """(n,) arrays unless noted; the unknown values are those of the module."""

    region: NDArray[np.int64]  # 12-digit 行政区划代码
    lat: NDArray[np.float32]
    lng: NDArray[np.float32]
    centre: NDArray[np.bool_]  # the point only stands for its county or city
    pay_low_yuan: NDArray[np.float32]  # a month
    pay_high_yuan: NDArray[np.float32]  # a month
    pay_open: NDArray[np.bool_]  # 提成 or 面议 beside the amount: pay_high_yuan bounds nothing
    pay_unit: NDArray[np.int8]  # PayUnit as stated
    pay_scale: NDArray[np.float32]  # pay_*_yuan × pay_scale: as if 8 hours × 26 days
    settlement: NDArray[np.int8]  # Settlement
    shifts: NDArray[np.uint16]  # Shift mask
    hours: NDArray[np.float32]  # hours a day
    kind: NDArray[np.int8]  # PostingKind, always known
    form: NDArray[np.int8]  # EmploymentForm
    edu_min: NDArray[np.int8]  # Education, ascending
    exp_years: NDArray[np.float32]
    certs_required: NDArray[np.uint64]  # Codebook bits, whatever the basis
    certs_statutory: NDArray[np.uint64]  # the part of certs_required that the law demands
    certs_any: NDArray[np.uint64]  # alternatives (several driving classes): any one of them is required
    certs_any_statutory: NDArray[np.bool_]  # whether the law demands one of certs_any
    certs_preferred: NDArray[np.uint64]
    occ: NDArray[np.int32]  # (n, 3) Codebook rows, best first
    occ_conf: NDArray[np.float32]  # (n, 3) in [0, 1], 0 where occ is -1
    skills: NDArray[np.int32]  # (n, 8) `skill_id`s, 0 pads
    benefits: NDArray[np.uint16]  # Benefit mask
    transport: NDArray[np.uint16]  # Transport mask
    insurance: NDArray[np.uint16]  # Insurance mask
    load: NDArray[np.uint16]  # PhysicalLoad mask
    friendly: NDArray[np.uint16]  # FriendlyTo mask
    headcount_left: NDArray[np.int32]  # left if stated, else the headcount
    start: NDArray[np.int64]  # first working moment; NEVER unknown
    valid_from: NDArray[np.int64]  # ALWAYS unknown
    valid_to: NDArray[np.int64]  # the earlier of valid_to and need_by; NEVER unknown
    verified: NDArray[np.int64]  # last check, else publication; ALWAYS unknown
    age_min: NDArray[np.int16]  # years; only where Basis.STATUTORY, every other limit is quarantined
    age_max: NDArray[np.int16]
    employer: NDArray[np.int32]  # number in employer_names
    employer_names: Names  # employer id, else name
    skill_names: Names  # every skill seen, for explanations

    @classmethod
    def of(cls, postings: Sequence[Posting], *, codes: Codebook | None = None) -> Self:
        """Columns of the postings in their order; `codes` defaults to the lexicon's."""
        book = codes or lexicon_codebook()
        employers, skills = Names(), Names()
        pays = [_monthly_yuan(p) for p in postings]
        certs = [_certificate_masks(p, book) for p in postings]
        ages = [_lawful_age(p) for p in postings]
        return cls(
            region=_column(postings, lambda p: _region(p.place), np.int64),
            lat=_column(postings, lambda p: _number(p.place.lat if p.place else None), np.float32),
            lng=_column(postings, lambda p: _number(p.place.lng if p.place else None), np.float32),
            centre=_column(postings, lambda p: _is_centre(p.place, book), np.bool_),
            pay_low_yuan=np.array([low for low, _ in pays], np.float32),
            pay_high_yuan=np.array([high for _, high in pays], np.float32),
            pay_open=_column(postings, lambda p: _is_open(p.pay), np.bool_),
            pay_unit=_column(postings, lambda p: _unit(p.pay), np.int8),
            pay_scale=np.array([_usual_month_scale(p) for p in postings], np.float32),
            settlement=_column(postings, lambda p: _ordinal(p.settlement), np.int8),
            shifts=_column(postings, lambda p: _mask(p.shifts), np.uint16),
            hours=_column(postings, lambda p: _number(p.hours_per_day), np.float32),
            kind=_column(postings, lambda p: p.kind.ordinal, np.int8),
            form=_column(postings, lambda p: _ordinal(p.form), np.int8),
            edu_min=_column(postings, lambda p: _ordinal(p.education), np.int8),
            exp_years=_column(postings, lambda p: _number(p.experience_years), np.float32),
            certs_required=np.array([c[0] for c in certs], np.uint64),
            certs_statutory=np.array([c[1] for c in certs], np.uint64),
            certs_any=np.array([c[2] for c in certs], np.uint64),
            certs_any_statutory=np.array([c[3] for c in certs], np.bool_),
            certs_preferred=np.array([c[4] for c in certs], np.uint64),
            occ=_occupation_rows([p.occupations for p in postings], book),
            occ_conf=_occupation_confidence([p.occupations for p in postings], book),
            skills=_skill_rows([p.skills for p in postings], skills),
            benefits=_column(postings, lambda p: _mask(p.benefits), np.uint16),
            transport=_column(postings, lambda p: _mask(p.transport), np.uint16),
            insurance=_column(postings, lambda p: _mask(p.insurance), np.uint16),
            load=_column(postings, lambda p: _mask(p.load), np.uint16),
            friendly=_column(postings, lambda p: _mask(p.friendly_to), np.uint16),
            headcount_left=_column(postings, _openings, np.int32),
            start=_column(postings, lambda p: _seconds(p.start_at, NEVER), np.int64),
            valid_from=_column(postings, lambda p: _seconds(p.valid_from, ALWAYS), np.int64),
            valid_to=_column(
                postings, lambda p: min(_seconds(p.valid_to, NEVER), _seconds(p.need_by, NEVER)), np.int64
            ),
            verified=_column(postings, lambda p: _seconds(p.verified_at or p.valid_from, ALWAYS), np.int64),
            age_min=np.array([low for low, _ in ages], np.int16),
            age_max=np.array([high for _, high in ages], np.int16),
            employer=_column(postings, lambda p: employers.add(p.employer_id or p.employer_name), np.int32),
            employer_names=employers,
            skill_names=skills,
        )


@dataclass(slots=True, eq=False)
class WorkerColumns(Table):
    """(m,) arrays unless noted; the unknown values are those of the module."""

    region: NDArray[np.int64]
    lat: NDArray[np.float32]
    lng: NDArray[np.float32]
    centre: NDArray[np.bool_]  # the point only stands for its county or city
    max_minutes: NDArray[np.float32]  # longest trip one way
    travel_mode: NDArray[np.int8]  # TravelMode
    near_home: NDArray[np.bool_]  # asked for work near home without naming minutes
    pay_floor_yuan: NDArray[np.float32]  # a month
    pay_floor_unit: NDArray[np.int8]  # PayUnit they spoke in
    settlements: NDArray[np.uint16]  # Settlement mask, wanted
    shifts: NDArray[np.uint16]  # Shift mask, wanted
    refused_shifts: NDArray[np.uint16]  # Shift mask, refused
    needs: NDArray[np.uint16]  # Benefit mask
    constraints: NDArray[np.uint16]  # Constraint mask
    kinds: NDArray[np.uint16]  # PostingKind mask, wanted
    forms: NDArray[np.uint16]  # EmploymentForm mask, wanted
    certs_held: NDArray[np.uint64]  # Codebook bits valid on the day, with what they cover
    certs_expired: NDArray[np.uint64]  # known to have run out on the day and not held otherwise
    certs_listed: NDArray[np.bool_]  # they answered the question: certificates named, or said to have none
    occ: NDArray[np.int32]  # (m, 3) wanted, best first
    occ_conf: NDArray[np.float32]  # (m, 3)
    refused_occ: NDArray[np.int32]  # (m, 3)
    skills: NDArray[np.int32]  # (m, 8) `skill_id`s, 0 pads
    edu: NDArray[np.int8]  # Education
    exp_years: NDArray[np.float32]
    age: NDArray[np.int16]  # years on the day; legal age rules only, never a feature
    out_of_town: NDArray[np.int8]  # 1 willing, 0 not
    group_size: NDArray[np.int16]  # 1 = alone
    earliest_start: NDArray[np.int64]  # ALWAYS unknown
    skill_names: Names

    @classmethod
    def of(cls, workers: Sequence[Worker], *, now: datetime, codes: Codebook | None = None) -> Self:
        """Columns of the workers as they stand at `now` (certificates run out, people have birthdays)."""
        book = codes or lexicon_codebook()
        day = local_date(now)
        skills = Names()
        certs = [_held_masks(w.certificates, day, book) for w in workers]
        return cls(
            region=_column(workers, lambda w: _region(w.place), np.int64),
            lat=_column(workers, lambda w: _number(w.place.lat if w.place else None), np.float32),
            lng=_column(workers, lambda w: _number(w.place.lng if w.place else None), np.float32),
            centre=_column(workers, lambda w: _is_centre(w.place, book), np.bool_),
            max_minutes=_column(workers, lambda w: _number(w.max_minutes), np.float32),
            travel_mode=_column(workers, lambda w: _ordinal(w.travel_mode), np.int8),
            near_home=_column(workers, lambda w: w.near_home, np.bool_),
            pay_floor_yuan=_column(workers, lambda w: _floor_yuan(w.pay_floor), np.float32),
            pay_floor_unit=_column(workers, lambda w: _unit(w.pay_floor), np.int8),
            settlements=_column(workers, lambda w: _mask(w.settlements), np.uint16),
            shifts=_column(workers, lambda w: _mask(w.shifts), np.uint16),
            refused_shifts=_column(workers, lambda w: _mask(w.refused_shifts), np.uint16),
            needs=_column(workers, lambda w: _mask(w.needs), np.uint16),
            constraints=_column(workers, lambda w: _mask(w.constraints), np.uint16),
            kinds=_column(workers, lambda w: _mask(w.kinds), np.uint16),
            forms=_column(workers, lambda w: _mask(w.forms), np.uint16),
            certs_held=np.array([c[0] for c in certs], np.uint64),
            certs_expired=np.array([c[1] for c in certs], np.uint64),
            certs_listed=_column(workers, lambda w: bool(w.certificates) or w.no_certificates, np.bool_),
            occ=_occupation_rows([w.occupations for w in workers], book),
            occ_conf=_occupation_confidence([w.occupations for w in workers], book),
            refused_occ=_occupation_rows([w.refused_occupations for w in workers], book),
            skills=_skill_rows([w.skills for w in workers], skills),
            edu=_column(workers, lambda w: _ordinal(w.education), np.int8),
            exp_years=_column(workers, lambda w: _number(w.experience_years), np.float32),
            age=_column(workers, lambda w: _known(w.age_on(day)), np.int16),
            out_of_town=_column(workers, lambda w: _known(w.out_of_town), np.int8),
            group_size=_column(workers, lambda w: max(w.group_size, 1), np.int16),
            earliest_start=_column(workers, lambda w: _midnight(w.earliest_start), np.int64),
            skill_names=skills,
        )


def _column(items: Sequence[T], value: Callable[[T], object], dtype: type[Any]) -> NDArray[Any]:
    return np.array([value(item) for item in items], dtype=dtype)


def _ordinal(member: Labelled | None) -> int:
    return -1 if member is None else member.ordinal


def _mask(members: Iterable[Labelled]) -> int:
    bits = 0
    for member in members:
        bits |= member.bit
    return bits


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _known(value: int | None) -> int:
    return -1 if value is None else int(value)


def _region(place: Place | None) -> int:
    code = place.region_code if place else None
    return int(code) if code and code.isdecimal() else 0


def _is_centre(place: Place | None, book: Codebook) -> bool:
    if place is None or place.region_code is None or place.lat is None or place.lng is None:
        return False
    return book.is_centre(place.region_code, place.lat, place.lng)


def _seconds(moment: datetime | None, unknown: int) -> int:
    return int(unknown) if moment is None else int(moment.timestamp())


def _midnight(day: date | None) -> int:
    return int(ALWAYS) if day is None else int(datetime.combine(day, time(), SHANGHAI).timestamp())


def _monthly_yuan(posting: Posting) -> tuple[float, float]:
    low, high = posting.monthly_pay_fen()
    return (
        np.nan if low is None else low / FEN_PER_YUAN,
        np.nan if high is None else high / FEN_PER_YUAN,
    )


def _usual_month_scale(posting: Posting) -> float:
    """Two daily rates must compare as daily rates, however many days a month each posting works."""
    if posting.pay is None:
        return 1.0
    (low, high), (own_low, own_high) = posting.pay.monthly_fen(), posting.monthly_pay_fen()
    usual, own = (low, own_low) if own_low else (high, own_high)
    return usual / own if usual and own else 1.0


def _floor_yuan(pay: Pay | None) -> float:
    if pay is None:
        return np.nan
    low, high = pay.monthly_fen()
    stated = low if low is not None else high
    return np.nan if stated is None else stated / FEN_PER_YUAN


def _unit(pay: Pay | None) -> int:
    return _ordinal(pay.unit if pay else None)


def _is_open(pay: Pay | None) -> bool:
    return pay is not None and (pay.commission or pay.negotiable)


def _openings(posting: Posting) -> int:
    return _known(posting.headcount if posting.headcount_left is None else posting.headcount_left)


def _lawful_age(posting: Posting) -> tuple[int, int]:
    if posting.age is None or posting.age.basis is not Basis.STATUTORY:
        return -1, -1
    return _known(posting.age.low), _known(posting.age.high)


def _certificate_masks(posting: Posting, book: Codebook) -> tuple[int, int, int, bool, int]:
    """(required, statutory, any, any_statutory, preferred) as in the columns."""
    if not posting.certificates:
        return 0, 0, 0, False, 0
    required = {c.code for c in posting.certificates if c.required}
    statutory = {c.code for c in posting.certificates if c.required and c.basis is Basis.STATUTORY}
    preferred = {c.code for c in posting.certificates} - required
    alternatives: set[str] = set()
    for family in book.certificate_families:
        named = required & family
        if len(named) > 1:
            alternatives |= named
    masks = (
        _bits(codes, book)
        for codes in (required - alternatives, statutory - alternatives, alternatives, preferred)
    )
    all_of, by_law, any_of, wished = masks
    return all_of, by_law, any_of, bool(alternatives & statutory), wished


def _bits(codes: Iterable[str], book: Codebook) -> int:
    bits = 0
    for code in codes:
        bits |= book.certificate_mask(code)
    return bits


def _held_masks(held: Sequence[HeldCertificate], day: date, book: Codebook) -> tuple[int, int]:
    valid = expired = 0
    for certificate in held:
        if certificate.valid_on(day):
            valid |= book.held_mask(certificate.code)
        else:
            expired |= book.held_mask(certificate.code)
    return valid, expired & ~valid


def _occupation_rows(lists: Sequence[Sequence[Occupation]], book: Codebook) -> NDArray[np.int32]:
    rows = np.full((len(lists), OCCUPATIONS_KEPT), -1, np.int32)
    for i, occupations in enumerate(lists):
        for j, occupation in enumerate(occupations[:OCCUPATIONS_KEPT]):
            rows[i, j] = book.occupation_row(occupation.code)
    return rows


def _occupation_confidence(lists: Sequence[Sequence[Occupation]], book: Codebook) -> NDArray[np.float32]:
    confidence = np.zeros((len(lists), OCCUPATIONS_KEPT), np.float32)
    for i, occupations in enumerate(lists):
        for j, occupation in enumerate(occupations[:OCCUPATIONS_KEPT]):
            if book.occupation_row(occupation.code) >= 0:
                confidence[i, j] = occupation.confidence
    return confidence


def _skill_rows(lists: Sequence[Sequence[str]], names: Names) -> NDArray[np.int32]:
    rows = np.zeros((len(lists), SKILLS_KEPT), np.int32)
    for i, skills in enumerate(lists):
        for j, skill in enumerate(dict.fromkeys(skills[: 4 * SKILLS_KEPT])):
            if j < SKILLS_KEPT and skill:
                rows[i, j] = skill_id(skill)
                names.add(skill)
    return rows
