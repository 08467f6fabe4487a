"""What a caseworker's word does to plans and recommendations, and whom a plan of the desk is for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from matcher.clock import FixedClock
from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import Role
from matcher.errors import InvalidInput, NotFound
from matcher.services.accounts.sight import Sight
from matcher.services.desk.batch_desk import PlanAsked, plan_at_desk
from matcher.services.desk.overriding import override_posting
from matcher.services.desk.recommendations import PRESELECTED, chosen_of, recommendations
from matcher.services.planning.plan_batch import plan_batch
from matcher.services.planning.replay_batch import replay_batch
from matcher.services.runtime import Runtime
from matcher.services.sending.push_terms import PushTerms
from matcher.store.repositories.overrides import OverrideKind, OverrideReason
from matcher.store.tables.accounts import AccountRow
from matcher.store.tables.push_batches import PushBatchPersonRow
from matcher.store.tables.pushes import PushRow
from tests.plan_world import PLANNER, county, live_postings, open_runtime
from tests.unit.services.desk_samples import MINE, give

EVERYBODY = Sight(everyone=True)
TERMS = PushTerms("样例县就业服务中心", "0312-0000000")
PEOPLE = 12


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path, county().workers[:PEOPLE], live_postings())
    yield opened
    opened.close(save=False)


def planned_pairs(runtime: Runtime, batch_id: int) -> list[tuple[str, str]]:
    with runtime.database.reading() as session:
        query = select(PushRow.worker_id, PushRow.posting_id).where(PushRow.batch_id == batch_id)
        return [(one, posting) for one, posting in session.execute(query.order_by(PushRow.id))]


def ruled(runtime: Runtime, worker_id: str, posting_id: str, kind: OverrideKind) -> None:
    override_posting(
        runtime.database, EVERYBODY, worker_id, posting_id, kind, OverrideReason.SPOKEN, actor=MINE
    )


def later(runtime: Runtime) -> None:
    assert isinstance(runtime.database.clock, FixedClock)
    runtime.database.clock.at += timedelta(minutes=5)


def test_a_banned_posting_is_in_no_later_plan_and_an_earlier_plan_still_replays(runtime: Runtime) -> None:
    first = plan_batch(runtime, PopulationQuery(), name="样例一", actor=PLANNER)
    worker_id, posting_id = planned_pairs(runtime, first.batch_id)[0]
    later(runtime)
    ruled(runtime, worker_id, posting_id, OverrideKind.BAN)
    later(runtime)
    second = plan_batch(runtime, PopulationQuery(), name="样例二", actor=PLANNER)
    assert (worker_id, posting_id) not in planned_pairs(runtime, second.batch_id)
    assert replay_batch(runtime, first.batch_id).same
    ruled(runtime, worker_id, posting_id, OverrideKind.LIFTED)
    later(runtime)
    third = plan_batch(runtime, PopulationQuery(), name="样例三", actor=PLANNER)
    assert (worker_id, posting_id) in planned_pairs(runtime, third.batch_id)


def test_a_pin_comes_first_and_a_ban_is_listed_apart(runtime: Runtime) -> None:
    worker_id = county().workers[0].worker_id
    plain = recommendations(runtime, TERMS, EVERYBODY, worker_id)
    first, last = plain.items[0].card.posting_id, plain.items[-1].card.posting_id
    ruled(runtime, worker_id, last, OverrideKind.PIN)
    ruled(runtime, worker_id, first, OverrideKind.BAN)
    found = recommendations(runtime, TERMS, EVERYBODY, worker_id)
    assert found.items[0].card.posting_id == last
    assert found.items[0].pin is not None
    assert first not in {one.card.posting_id for one in found.items}
    assert [card.posting_id for card, _ in found.banned] == [first]


def test_two_postings_of_two_employers_are_picked_beforehand(runtime: Runtime) -> None:
    for worker in county().workers[:4]:
        found = recommendations(runtime, TERMS, EVERYBODY, worker.worker_id)
        picked = [one for one in found.items if one.picked]
        assert len(picked) == PRESELECTED
        assert len({one.card.employer for one in picked}) == PRESELECTED
        assert not any(one.barred for one in picked)
        chosen = chosen_of(found, [one.card.posting_id for one in picked])
        assert [one.reasons for one in chosen] == [one.reasons for one in picked]


def test_a_crowded_posting_is_shown_and_cannot_be_picked(runtime: Runtime) -> None:
    worker_id = county().workers[0].worker_id
    crowded = PushTerms("样例", "0312", referral_ratio=0.0001)
    found = recommendations(runtime, crowded, EVERYBODY, worker_id)
    assert {one.barred for one in found.items} == {"名额已推满"}
    assert not any(one.picked for one in found.items)


def test_nobody_out_of_sight_is_recommended_to(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        recommendations(runtime, TERMS, Sight(), county().workers[0].worker_id)


def test_a_plan_of_the_desk_is_for_the_people_in_sight_alone(runtime: Runtime) -> None:
    mine = [worker.worker_id for worker in county().workers[:3]]
    with runtime.database.writing("样例") as session:
        account = AccountRow(login=MINE, role=Role.CASEWORKER)
        session.add(account)
        session.flush()
        sight = Sight.of(Role.CASEWORKER, account.id)
    with pytest.raises(InvalidInput, match="名册里还没有人"):
        plan_at_desk(runtime, sight, PlanAsked("样例"), lambda *_: None, actor=MINE)
    give(runtime.database, sight, *mine)
    batch_id = int(plan_at_desk(runtime, sight, PlanAsked("样例"), lambda *_: None, actor=MINE))
    with runtime.database.reading() as session:
        people = select(PushBatchPersonRow.worker_id).where(PushBatchPersonRow.batch_id == batch_id)
        assert set(session.scalars(people)) == set(mine)
