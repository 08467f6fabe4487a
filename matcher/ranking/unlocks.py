"""What one change would open for a person (解锁): "若愿意多走 10 分钟，可多 9 个岗位".

INVARIANTS
- Each claim is a count before and a count after one change, by the same rules as every offer.
- Only what a person can decide or learn is suggested: never a limit of health, never the child or the parent they
  must be home for, never more than one step at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import Shift
from matcher.domain.worker_terms import Constraint
from matcher.ranking.eligibility import ADULT_AGE, lacking_any, vetoes
from matcher.ranking.masks import has
from matcher.ranking.pairs import Pairs, one_against_all
from matcher.ranking.travel import travel
from matcher.ranking.widening import Area, areas_of, has_place, wish_contradictions
from matcher.retrieval.codebook import Codebook, lexicon_codebook
from matcher.retrieval.columns import PostingColumns, WorkerColumns

REACH_STEPS = (10, 20)  # minutes
PAY_SHARE = 0.9
MOST_CERTIFICATES = 6  # the certificates that the most postings ask for
KEPT_FREE = Constraint.mask((Constraint.NO_NIGHT, Constraint.CHILD_PICKUP, Constraint.ELDER_CARE))

Mask = NDArray[np.bool_]


class UnlockKind(Labelled):
    """What has to change (哪一类改变)."""

    WISH = "wish", "调整意向"
    TRAINING = "training", "培训"


@dataclass(frozen=True, slots=True)
class Unlock:
    """One change and what it opens.

    code: "reach_10", "night", "settlement", "pay", "out_of_town", "certificate:<code>" or "renewal:<code>".
    text: for a person, with the count. count: postings that open. rows: these, rows of the table asked about.
    """

    code: str
    kind: UnlockKind
    text: str
    count: int
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class _Change:
    """The person after one change, and how far from home it may lead."""

    code: str
    kind: UnlockKind
    words: str
    person: WorkerColumns
    widest: Area = Area.CITY


def openable(lined_up: Pairs, *, widest: Area = Area.CITY) -> Mask:
    """(pairs,) postings with a known place, within `widest`, that every rule and the person's own words allow."""
    trips = travel(lined_up)
    placed = has_place(lined_up) | ~np.isnan(lined_up.of_posting(lined_up.postings.lat))
    mask: Mask = (vetoes(lined_up, trips=trips) == 0) & placed
    mask &= areas_of(lined_up, trips) <= widest
    for contradicted in wish_contradictions(lined_up).values():
        mask &= ~contradicted
    return mask


def unlocks(person: WorkerColumns, postings: PostingColumns, *, now: datetime) -> list[Unlock]:
    """Every honest change that opens at least one posting, the most first.

    person: one row. postings: those that count, say of the wished trade with places left and not offered yet.
    """
    codes = lexicon_codebook()
    lined_up = one_against_all(person, postings, now=now, codes=codes)
    open_now = {widest: openable(lined_up, widest=widest) for widest in (Area.CITY, Area.PROVINCE)}
    found = []
    for change in _changes(person, lined_up, codes):
        after = openable(replace(lined_up, workers=change.person), widest=change.widest)
        rows = np.flatnonzero(after & ~open_now[change.widest])
        if len(rows):
            text = f"{change.words}，可多 {len(rows)} 个岗位"
            found.append(Unlock(change.code, change.kind, text, len(rows), tuple(rows.tolist())))
    return sorted(found, key=lambda unlock: (-unlock.count, unlock.code))


def _changes(person: WorkerColumns, lined_up: Pairs, codes: Codebook) -> Iterator[_Change]:
    wish = UnlockKind.WISH
    if not np.isnan(person.max_minutes[0]):
        for minutes in REACH_STEPS:
            farther = replace(person, max_minutes=person.max_minutes + np.float32(minutes))
            yield _Change(f"reach_{minutes}", wish, f"若愿意多走 {minutes} 分钟", farther)
    night = np.uint16(Shift.NIGHT.bit)
    minor = 0 <= person.age[0] < ADULT_AGE
    if person.refused_shifts[0] & night and not minor and not has(person.constraints, KEPT_FREE)[0]:
        by_night = replace(person, refused_shifts=person.refused_shifts & ~night)
        yield _Change("night", wish, "若愿意上夜班", by_night)
    if person.settlements[0]:
        any_time = replace(person, settlements=np.zeros_like(person.settlements))
        yield _Change("settlement", wish, "若接受别的结算方式", any_time)
    if not np.isnan(person.pay_floor_yuan[0]):
        lower = replace(person, pay_floor_yuan=person.pay_floor_yuan * np.float32(PAY_SHARE))
        yield _Change("pay", wish, "若工资要求低一成", lower)
    if person.out_of_town[0] == 0:
        away = replace(person, out_of_town=np.ones_like(person.out_of_town))
        yield _Change("out_of_town", wish, "若愿意去省内外地", away, Area.PROVINCE)
    yield from _papers(person, lined_up, codes)


def _papers(person: WorkerColumns, lined_up: Pairs, codes: Codebook) -> Iterator[_Change]:
    """Each certificate that the law asks for here and the person is known to lack."""
    postings, held = lined_up.postings, person.certs_held[0]
    lacking = postings.certs_statutory & ~held
    lacking |= np.where(postings.certs_any_statutory, lacking_any(lined_up), 0).astype(np.uint64)
    expired = person.certs_expired[0]
    known = lacking if person.certs_listed[0] else lacking & expired
    counts = {
        code: int(np.count_nonzero(known >> np.uint64(bit) & np.uint64(1)))
        for code, bit in codes.certificate_bits.items()
    }
    wanted = sorted((code for code, count in counts.items() if count), key=lambda code: (-counts[code], code))
    for code in wanted[:MOST_CERTIFICATES]:
        gained = np.uint64(codes.held_mask(code))
        after = replace(
            person, certs_held=person.certs_held | gained, certs_expired=person.certs_expired & ~gained
        )
        name = codes.certificate_names[codes.certificate_bits[code]]
        if expired & np.uint64(codes.certificate_mask(code)):
            yield _Change(f"renewal:{code}", UnlockKind.TRAINING, f"若{name}复审通过", after)
        else:
            yield _Change(f"certificate:{code}", UnlockKind.TRAINING, f"若考取{name}", after)
