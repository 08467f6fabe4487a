"""Random workers and postings from a seed, every field sometimes unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from matcher.domain.labelled import Labelled
from matcher.domain.posting import AgeLimit, Posting
from matcher.domain.posting_terms import (
    Basis,
    Benefit,
    Education,
    EmploymentForm,
    FriendlyTo,
    Insurance,
    PayUnit,
    PhysicalLoad,
    PostingKind,
    Settlement,
    Shift,
    Transport,
)
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint, TravelMode
from matcher.retrieval.codebook import Codebook

NOW = datetime(2026, 5, 6, 2, 0, tzinfo=UTC)
TRADES = tuple(Occupation(f"o{i}", f"样例工{i}") for i in range(6))
PAPERS = ("forklift", "drive_a1", "drive_a2", "drive_c1", "nurse")
SKILLS = ("贴砖", "抹灰", "砌墙", "做饭", "保洁", "焊接")
_RELATED = np.random.default_rng(5).random((6, 6)).astype(np.float32)
np.fill_diagonal(_RELATED, 1)
BOOK = Codebook(
    occupation_rows={trade.code: i for i, trade in enumerate(TRADES)},
    certificate_bits={code: i for i, code in enumerate(PAPERS)},
    certificate_covers={"drive_a1": ("drive_c1",), "drive_a2": ("drive_c1",)},
    certificate_families=(frozenset({"drive_a1", "drive_a2", "drive_c1"}),),
    occupation_names=tuple(trade.name for trade in TRADES),
    certificate_names=("叉车证", "A1驾照", "A2驾照", "C1驾照", "健康证"),
    relatedness=lambda: _RELATED,
)


class Dice:
    """Draws domain values; about a third of everything is unknown."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def maybe(self, value: Any) -> Any:
        return value if self.rng.random() < 0.67 else None

    def some(self, items: Any, most: int = 3) -> tuple[Any, ...]:
        pool = list(items)
        count = int(self.rng.integers(0, most + 1))
        return tuple(pool[i] for i in self.rng.permutation(len(pool))[:count])

    def one(self, items: type[Labelled] | tuple[Any, ...]) -> Any:
        pool = list(items)
        return pool[int(self.rng.integers(len(pool)))]

    def place(self) -> Place | None:
        point = self.rng.random() < 0.6
        region = self.one(("130629101000", "130629102000", "130629000000", "130632000000", "110105000000"))
        return self.maybe(
            Place(
                "样例地",
                self.maybe(region),
                39 + float(self.rng.normal()) / 4 if point else None,
                116 + float(self.rng.normal()) / 4 if point else None,
            )
        )

    def pay(self) -> Pay | None:
        unit = self.one((PayUnit.MONTH, PayUnit.MONTH, PayUnit.DAY, PayUnit.HOUR, PayUnit.PIECE))
        base = {PayUnit.MONTH: 5000, PayUnit.DAY: 200, PayUnit.HOUR: 22, PayUnit.PIECE: 3}[unit]
        low = int(base * 100 * self.rng.uniform(0.5, 1.5))
        high = int(low * self.rng.uniform(1, 1.6))
        return self.maybe(
            Pay(self.maybe(low), self.maybe(high), unit, commission=bool(self.rng.random() < 0.1))
        )

    def trades(self) -> tuple[Occupation, ...]:
        return tuple(Occupation(t.code, t.name, float(self.rng.random())) for t in self.some(TRADES))

    def worker(self) -> Worker:
        rng = self.rng
        return Worker(
            "w",
            occupations=self.trades(),
            refused_occupations=self.some(TRADES, 1),
            skills=self.some(SKILLS, 4),
            certificates=tuple(
                HeldCertificate(c, self.maybe(date(2026, 5, 6) + timedelta(days=int(rng.integers(-9, 9)))))
                for c in self.some(PAPERS, 2)
            ),
            no_certificates=bool(rng.random() < 0.1),
            kinds=self.some(PostingKind, 2),
            forms=self.some(EmploymentForm, 2),
            pay_floor=self.pay(),
            settlements=self.some(Settlement, 2),
            shifts=self.some(Shift, 2),
            refused_shifts=self.some(Shift, 1),
            needs=self.some(Benefit, 2),
            constraints=self.some(Constraint, 3),
            place=self.place(),
            max_minutes=self.maybe(int(rng.integers(10, 90))),
            out_of_town=self.maybe(bool(rng.random() < 0.5)),
            education=self.maybe(self.one(Education)),
            experience_years=self.maybe(float(rng.integers(0, 10))),
            age=self.maybe(int(rng.integers(15, 70))),
            earliest_start=self.maybe(date(2026, 5, int(rng.integers(1, 20)))),
            group_size=int(rng.integers(1, 4)),
            travel_mode=self.maybe(self.one(TravelMode)),
            near_home=bool(rng.random() < 0.2),
        )

    def posting(self) -> Posting:
        rng = self.rng
        return Posting(
            "p",
            "样例岗位",
            kind=self.one(PostingKind),
            form=self.maybe(self.one(EmploymentForm)),
            occupations=self.trades(),
            skills=self.some(SKILLS, 4),
            pay=self.pay(),
            settlement=self.maybe(self.one(Settlement)),
            shifts=self.some(Shift, 2),
            hours_per_day=self.maybe(float(rng.integers(4, 13))),
            days_per_month=self.maybe(float(rng.integers(10, 31))),
            benefits=self.some(Benefit, 2),
            transport=self.some(Transport, 1),
            insurance=self.some(Insurance, 1),
            place=self.place(),
            education=self.maybe(self.one(Education)),
            experience_years=self.maybe(float(rng.integers(0, 6))),
            certificates=tuple(
                CertificateRequirement(c, bool(rng.random() < 0.7), self.one(Basis))
                for c in self.some(PAPERS, 2)
            ),
            age=self.maybe(AgeLimit(self.maybe(18), self.maybe(60), self.one(Basis))),
            load=self.some(PhysicalLoad, 2),
            friendly_to=self.some(FriendlyTo, 2),
            headcount=self.maybe(int(rng.integers(1, 30))),
            headcount_left=self.maybe(int(rng.integers(0, 9))),
            start_at=self.maybe(NOW + timedelta(days=int(rng.integers(-5, 20)))),
            valid_from=self.maybe(NOW + timedelta(days=int(rng.integers(-90, 2)))),
            valid_to=self.maybe(NOW + timedelta(days=int(rng.integers(-2, 60)))),
            verified_at=self.maybe(NOW - timedelta(days=int(rng.integers(0, 60)))),
        )
