"""The life of a push over random histories, and what counts towards the floor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.delivery.states import (
    TRANSITIONS,
    Actor,
    DeliveredPush,
    NotCounted,
    PushLife,
    contested,
    counted,
    counts_toward_quota,
    moved,
    not_counted,
)
from matcher.domain.service_terms import PushState
from matcher.errors import Conflict, Forbidden, InvalidInput, MatcherError

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
S = PushState
GOOD = DeliveredPush("P-1", "G-1", AT, live=True, eligible=True)

steps = st.lists(
    st.tuples(
        st.sampled_from(PushState),
        st.sampled_from(Actor),
        st.sampled_from(["", " ", "3月2日电话，本人不去"]),
        st.booleans(),
    ),
    max_size=25,
)


def _played(history: list[tuple[PushState, Actor, str, bool]]) -> list[tuple[PushLife, Actor, PushLife]]:
    """The moves that were allowed, as (before, actor, after); True in a step contests before moving."""
    life, made = PushLife(), []
    for to, actor, note, contest in history:
        try:
            if contest:
                life = contested(life, actor, AT)
            after = moved(life, to, actor, note=note)
        except MatcherError:
            continue
        if after.state is not life.state:
            made.append((life, actor, after))
        life = after
    return made


@given(steps)
def test_only_a_caseworker_ever_enters_a_refusal_and_always_with_a_note(
    history: list[tuple[PushState, Actor, str, bool]],
) -> None:
    for _, actor, after in _played(history):
        if after.state is S.DECLINED:
            assert actor is Actor.CASEWORKER
            assert after.note.strip()
            assert after.contested_at is None


@given(steps)
def test_a_refusal_is_left_only_after_an_objection(history: list[tuple[PushState, Actor, str, bool]]) -> None:
    for before, actor, after in _played(history):
        if before.state is S.DECLINED:
            assert before.contested_at is not None
            assert actor is Actor.CASEWORKER
            assert after.state in {S.UNANSWERED, S.INTERESTED, S.UNSUITABLE}


@given(steps)
def test_an_employer_moves_nothing_and_void_is_the_end(
    history: list[tuple[PushState, Actor, str, bool]],
) -> None:
    for before, actor, _ in _played(history):
        assert actor is not Actor.EMPLOYER
        assert before.state is not S.VOID


@given(steps)
def test_an_answer_is_given_by_the_person_or_noted_down_for_them(
    history: list[tuple[PushState, Actor, str, bool]],
) -> None:
    for _, actor, after in _played(history):
        if after.state in {S.INTERESTED, S.UNSUITABLE}:
            assert actor in {Actor.WORKER, Actor.CASEWORKER}


def test_random_histories_reach_every_state_and_every_transition_has_an_actor() -> None:
    reached, waiting = {S.PENDING}, [S.PENDING]
    while waiting:
        here = waiting.pop()
        for start, end in TRANSITIONS:
            if start is here and end not in reached:
                reached.add(end)
                waiting.append(end)
    assert reached == set(PushState)
    assert all(TRANSITIONS.values())
    assert not any(start is end for start, end in TRANSITIONS)


@pytest.mark.parametrize("state", [S.UNANSWERED, S.FAILED, S.UNSUITABLE, S.DELIVERED, S.READ])
@pytest.mark.parametrize("actor", [Actor.SYSTEM, Actor.WORKER, Actor.EMPLOYER])
def test_silence_failure_and_unsuitable_never_become_a_refusal(state: PushState, actor: Actor) -> None:
    with pytest.raises((Conflict, Forbidden)):
        moved(PushLife(state), S.DECLINED, actor, note="系统判定")


def test_what_was_never_delivered_cannot_have_been_declined() -> None:
    for state in (S.PENDING, S.SENT, S.FAILED, S.VOID):
        with pytest.raises(Conflict):
            moved(PushLife(state), S.DECLINED, Actor.CASEWORKER, note="本人说不去")


def test_a_refusal_without_a_note_is_refused_and_says_what_to_write() -> None:
    with pytest.raises(InvalidInput, match="写明经过"):
        moved(PushLife(S.READ), S.DECLINED, Actor.CASEWORKER, note="  ")


def test_the_person_contests_and_the_refusal_is_reopened_with_its_history_kept() -> None:
    refused = moved(PushLife(S.READ), S.DECLINED, Actor.CASEWORKER, note="电话说不去")
    with pytest.raises(Conflict, match="异议"):
        moved(refused, S.UNANSWERED, Actor.CASEWORKER)
    objected = contested(refused, Actor.WORKER, AT)
    assert objected.contested_at == AT
    assert contested(objected, Actor.WORKER, AT + timedelta(days=1)) == objected
    reopened = moved(objected, S.INTERESTED, Actor.CASEWORKER)
    assert reopened == PushLife(S.INTERESTED, "电话说不去", AT)
    with pytest.raises(Forbidden):
        contested(refused, Actor.EMPLOYER, AT)
    with pytest.raises(Conflict):
        contested(PushLife(S.READ), Actor.WORKER, AT)


def test_the_same_receipt_twice_changes_nothing() -> None:
    sent = moved(PushLife(), S.SENT, Actor.SYSTEM)
    delivered = moved(sent, S.DELIVERED, Actor.SYSTEM)
    assert moved(delivered, S.DELIVERED, Actor.SYSTEM) == delivered
    with pytest.raises(Conflict):
        moved(moved(delivered, S.INTERESTED, Actor.WORKER), S.DELIVERED, Actor.SYSTEM)


@pytest.mark.parametrize(
    ("push", "why"),
    [
        (replace(GOOD, delivered_at=None), NotCounted.NOT_DELIVERED),
        (replace(GOOD, live=False), NotCounted.NOT_LIVE),
        (replace(GOOD, live=None), NotCounted.NOT_LIVE),
        (replace(GOOD, eligible=False), NotCounted.NOT_ELIGIBLE),
        (replace(GOOD, eligible=None), NotCounted.NOT_ELIGIBLE),
        (GOOD, None),
    ],
)
def test_only_what_is_known_to_be_delivered_live_and_eligible_counts(
    push: DeliveredPush, why: NotCounted | None
) -> None:
    assert not_counted(push, [], repeat_days=30) is why


def test_a_repeated_posting_or_its_duplicate_counts_again_only_after_the_days() -> None:
    other = replace(GOOD, posting_id="P-2")
    for days, counts in ((0, False), (30, False), (31, True)):
        earlier = [replace(GOOD, delivered_at=AT - timedelta(days=days))]
        assert counts_toward_quota(GOOD, earlier, repeat_days=30) is counts
        assert counts_toward_quota(other, earlier, repeat_days=30) is counts
    assert not_counted(GOOD, [GOOD], repeat_days=30) is NotCounted.REPEATED
    assert not_counted(other, [GOOD], repeat_days=30) is NotCounted.DUPLICATE
    assert counts_toward_quota(replace(other, group=""), [replace(GOOD, group="")], repeat_days=30)


pushes = st.builds(
    DeliveredPush,
    st.sampled_from(["P-1", "P-2", "P-3"]),
    st.sampled_from(["", "G-1", "G-2"]),
    st.one_of(st.none(), st.integers(0, 90).map(lambda days: AT + timedelta(days=days))),
    st.sampled_from([True, True, False, None]),
    st.sampled_from([True, True, False, None]),
)


@given(st.lists(pushes, max_size=12), st.integers(0, 40))
def test_no_two_counted_pushes_are_the_same_posting_or_group_within_the_days(
    history: list[DeliveredPush], days: int
) -> None:
    kept = counted(history, repeat_days=days)
    assert all(push.delivered_at and push.live and push.eligible for push in kept)
    for first, second in pairwise(kept):
        assert first.delivered_at is not None
        assert second.delivered_at is not None
        assert first.delivered_at <= second.delivered_at
    for position, push in enumerate(kept):
        for other in kept[:position]:
            assert push.delivered_at is not None
            assert other.delivered_at is not None
            if push.delivered_at - other.delivered_at <= timedelta(days=days):
                assert push.posting_id != other.posting_id
                assert not push.group or push.group != other.group


@given(st.lists(pushes, max_size=8), st.integers(0, 40), st.randoms())
def test_the_count_does_not_hang_on_the_order_of_the_rows(
    history: list[DeliveredPush], days: int, random: object
) -> None:
    once = counted(history, repeat_days=days)
    random.shuffle(history)  # type: ignore[attr-defined]
    assert len(counted(history, repeat_days=days)) == len(once)
