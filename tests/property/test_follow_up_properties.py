"""For any person: nobody who is owed a contact is missing from the queue, and nobody stands in it twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.clock import local_date
from matcher.domain.outcome_terms import OutcomeFact, QueueKind
from matcher.domain.service_terms import EndReason, Evidence
from matcher.domain.worker_terms import JobStatus
from matcher.outcome.evidence import Claim, fuse_outcome
from matcher.outcome.follow_ups import Done, DueContact, PersonFacts, Placement, due_contacts, rule_of
from matcher.regions.loading import load_pack

PACK = load_pack("xiongan")
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=400)
STAYS = {QueueKind.DAY_7, QueueKind.DAY_30, QueueKind.MONTH_6}

moments = st.integers(0, 400).map(lambda days: START + timedelta(days=days))
maybe = st.none() | moments
days = moments.map(local_date)
placements = st.builds(
    Placement,
    st.integers(1, 9),
    st.none() | days,
    st.none() | days,
    st.frozensets(st.sampled_from(list(OutcomeFact)[3:6])),
)
done = st.dictionaries(
    st.sampled_from(QueueKind),
    st.builds(Done, moments, st.none() | st.integers(0, 500).map(lambda n: START + timedelta(days=n))),
    max_size=4,
)
people = st.builds(
    PersonFacts,
    worker_id=st.just("w1"),
    registered_at=moments,
    status=st.none() | st.sampled_from(JobStatus),
    weight=st.floats(1, 4),
    last_contact=maybe,
    last_push=maybe,
    last_guidance=maybe,
    last_help=maybe,
    last_handover=maybe,
    failed=st.lists(moments, max_size=3),
    interested=st.lists(moments, max_size=3),
    placements=st.lists(placements, max_size=2),
    missing=st.integers(0, 2),
    missing_since=maybe,
    family_since=maybe,
    scheduled=maybe,
    done=done,
)


def at(facts: PersonFacts, now: datetime) -> list[DueContact]:
    return due_contacts(facts, PACK, now)


def kinds(facts: PersonFacts, now: datetime) -> set[QueueKind]:
    return {one.kind for one in at(facts, now)}


@given(people)
@settings(max_examples=300, deadline=None)
def test_nobody_stands_in_the_queue_twice_for_one_reason(facts: PersonFacts) -> None:
    found = [one.kind for one in at(facts, NOW)]
    assert len(found) == len(set(found))
    assert all(one.why and one.worker_id == "w1" for one in at(facts, NOW))


@given(people, st.integers(0, 300))
@settings(max_examples=300, deadline=None)
def test_whoever_is_owed_a_contact_stays_until_something_happens(facts: PersonFacts, later: int) -> None:
    """A stay in post may be asked about under the name of a longer one, never not at all."""
    now, then = kinds(facts, NOW), kinds(facts, NOW + timedelta(days=later))
    assert now - STAYS <= then
    if not facts.done and not any(one.settled for one in facts.placements):
        assert bool(now & STAYS) <= bool(then & STAYS)


@given(people)
@settings(max_examples=300, deadline=None)
def test_each_event_that_nobody_answered_is_in_the_queue(facts: PersonFacts) -> None:
    """Restated from the rules in plain words, without their code."""
    fresh = replace(facts, done={})
    found = kinds(fresh, NOW)
    seeking = facts.status is JobStatus.SEEKING
    assert (QueueKind.SCHEDULED in found) == (facts.scheduled is not None)
    assert (QueueKind.INTERESTED in found) == bool(facts.interested)
    assert (QueueKind.UNDELIVERED in found) == bool(facts.failed)
    assert (QueueKind.SHORTFALL in found) == (facts.missing > 0 and facts.missing_since is not None)
    assert (QueueKind.ZERO_FAMILY in found) == (facts.family_since is not None)
    silent = NOW - (facts.last_push or facts.registered_at) >= timedelta(days=PACK.no_contact_days.push)
    assert (QueueKind.LINE_PUSH in found) == (seeking and silent)
    unasked = NOW - (facts.last_contact or facts.registered_at) >= timedelta(days=PACK.willingness_days)
    wish_unclear = facts.status in (JobStatus.NOT_SEEKING, None)
    assert (QueueKind.WILLINGNESS in found) == (wish_unclear and unasked)


@given(people, st.sampled_from(QueueKind), st.integers(1, 60))
@settings(max_examples=300, deadline=None)
def test_a_contact_that_reached_nobody_only_puts_the_line_off(
    facts: PersonFacts, kind: QueueKind, wait: int
) -> None:
    if kind not in kinds(facts, NOW) or kind is QueueKind.SCHEDULED or kind in STAYS:
        return
    tomorrow = NOW + timedelta(days=wait)
    tried = replace(facts, done={**facts.done, kind: Done(NOW, tomorrow)})
    assert kind not in kinds(tried, NOW)
    assert kind in kinds(tried, tomorrow)


@given(people, st.sampled_from(QueueKind))
@settings(max_examples=300, deadline=None)
def test_a_contact_that_settled_a_line_leaves_the_others(facts: PersonFacts, kind: QueueKind) -> None:
    before = kinds(facts, NOW)
    after = kinds(replace(facts, done={**facts.done, kind: Done(NOW)}), NOW)
    assert after == before - ({kind} if rule_of(kind).once else set()) or after - before <= {kind}
    assert before - after <= {kind}


claims = st.builds(
    Claim,
    st.sampled_from(OutcomeFact),
    st.booleans(),
    st.sampled_from(Evidence),
    st.none() | days,
    st.none() | st.sampled_from(EndReason),
)


@given(st.lists(claims, max_size=8), st.randoms())
@settings(max_examples=300, deadline=None)
def test_the_order_in_which_different_sides_speak_decides_nothing(said: list[Claim], random: object) -> None:
    """Each side's own statements keep their order; the sides are dealt out anew."""
    sides = [one.evidence for one in said]
    random.shuffle(sides)  # type: ignore[attr-defined]
    waiting = {side: iter([one for one in said if one.evidence is side]) for side in set(sides)}
    dealt = [next(waiting[side]) for side in sides]
    assert fuse_outcome(dealt) == fuse_outcome(said)


@given(st.lists(claims, max_size=8))
@settings(max_examples=300, deadline=None)
def test_a_fact_is_known_only_when_some_side_told_it_and_none_denies_it(said: list[Claim]) -> None:
    fused = fuse_outcome(said)
    for fact, found in fused.items():
        assert (found.value is None) == (found.confidence is None)
        assert not (found.conflicting and found.value is not None)
        if not said:
            assert found.value is None, fact
    for one, more in pairwise([said, [*said, *said[-1:]]]):
        assert fuse_outcome(one) == fuse_outcome(more)
