"""What several statements about one placement come to (结果认定).

INVARIANTS
- The order in which statements arrive decides nothing but which of one side's own statements is its latest.
- Two sides that contradict each other leave the fact unknown; unknown never becomes no.
- One side counts once: only independent sides raise the confidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from matcher.domain.outcome_terms import OutcomeFact
from matcher.domain.service_terms import EndReason, Evidence

F = OutcomeFact

RELIABILITY: Mapping[Evidence, float] = {
    Evidence.WORKER: 0.7,
    Evidence.EMPLOYER: 0.7,
    Evidence.ARRIVAL_CODE: 0.9,
    Evidence.CONTRACT: 0.95,
    Evidence.SOCIAL_INSURANCE: 0.95,
}
"""How far one side alone is believed: a paper or a code more than a spoken word. Assumed, not measured."""

STAYS: Mapping[OutcomeFact, int] = {F.IN_POST_7D: 7, F.IN_POST_30D: 30, F.IN_POST_6M: 182}
"""Days in post that each fact stands for; six months is 签订并实际履行6个月以上劳动合同."""

_IMPLIES: Mapping[OutcomeFact, tuple[OutcomeFact, ...]] = {
    F.IN_POST_6M: (F.IN_POST_30D, F.IN_POST_7D, F.STARTED, F.HIRED),
    F.IN_POST_30D: (F.IN_POST_7D, F.STARTED, F.HIRED),
    F.IN_POST_7D: (F.STARTED, F.HIRED),
    F.STARTED: (F.HIRED,),
    F.ENDED: (F.STARTED, F.HIRED),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement by one side. on: the day it happened, where it is known; reason: of an end."""

    fact: OutcomeFact
    said: bool
    evidence: Evidence
    on: date | None = None
    reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class Fused:
    """A fact as it stands. value None = not known; conflicting: because two sides contradict each other."""

    value: bool | None = None
    confidence: float | None = None
    on: date | None = None
    evidence: tuple[Evidence, ...] = ()
    reason: EndReason | None = None
    conflicting: bool = False


UNKNOWN = Fused()


def fuse(claims: Sequence[Claim]) -> Fused:
    """What the claims about one fact, in time order, come to; of each side its latest one counts.

    Confidence: 1 − ∏(1 − reliability) over the sides that agree.
    """
    latest = list(_latest_of_each_side(claims).values())
    if not latest:
        return UNKNOWN
    sides = tuple(sorted((claim.evidence for claim in latest), key=lambda one: one.ordinal))
    if len({claim.said for claim in latest}) > 1:
        return Fused(evidence=sides, conflicting=True)
    doubt = 1.0
    for claim in latest:
        doubt *= 1 - RELIABILITY[claim.evidence]
    best = sorted(latest, key=lambda one: (-RELIABILITY[one.evidence], one.evidence.ordinal))
    return Fused(
        value=latest[0].said,
        confidence=round(1 - doubt, 4),
        on=next((claim.on for claim in best if claim.on), None),
        evidence=sides,
        reason=next((claim.reason for claim in best if claim.reason), None),
    )


def fuse_outcome(claims: Iterable[Claim]) -> dict[OutcomeFact, Fused]:
    """Every fact of a placement, from all statements about it in time order.

    A later stage implies the earlier ones by the same side (在岗30天 → 在岗7天 → 上岗 → 录用), and an end before
    a stay was reached denies that stay.
    """
    stated = list(claims)
    started = fuse([claim for claim in _told(stated, None) if claim.fact is F.STARTED])
    told = list(_told(stated, started.on))
    return {fact: fuse([claim for claim in told if claim.fact is fact]) for fact in F}


def furthest_confidence(fused: Mapping[OutcomeFact, Fused]) -> float | None:
    """Confidence in the furthest stage that is known to have been reached; None when none is."""
    reached = [fused[fact].confidence for fact in F if fact is not F.ENDED and fused[fact].value]
    return reached[-1] if reached else None


def first_told(claims: Iterable[Claim], fact: OutcomeFact) -> date | None:
    """The earliest day of a claim that says or implies `fact`; None when there is none with a day."""
    telling = (one for one in claims if one.said and (one.fact is fact or fact in _IMPLIES.get(one.fact, ())))
    return min((one.on for one in telling if one.on is not None), default=None)


def _latest_of_each_side(claims: Sequence[Claim]) -> dict[Evidence, Claim]:
    """The side's latest claim; one that only repeats an earlier one keeps the day and reason told then."""
    latest: dict[Evidence, Claim] = {}
    for claim in claims:
        earlier = latest.get(claim.evidence)
        if earlier is not None and earlier.said == claim.said:
            claim = replace(claim, on=claim.on or earlier.on, reason=claim.reason or earlier.reason)
        latest[claim.evidence] = claim
    return latest


def _told(claims: Sequence[Claim], started_on: date | None) -> Iterator[Claim]:
    """The claims in time order, each after what it implies; what its own side took back implies nothing."""
    standing = {(claim.fact, claim.evidence): position for position, claim in enumerate(claims)}
    for position, claim in enumerate(claims):
        if claim.said and standing[claim.fact, claim.evidence] == position:
            for fact in _IMPLIES.get(claim.fact, ()):
                yield Claim(fact, True, claim.evidence)
            yield from _denied_stays(claim, started_on)
        yield claim


def _denied_stays(claim: Claim, started_on: date | None) -> Iterator[Claim]:
    if claim.fact is F.ENDED and claim.on is not None and started_on is not None:
        for fact, days in STAYS.items():
            if claim.on < started_on + timedelta(days=days):
                yield Claim(fact, False, claim.evidence)
