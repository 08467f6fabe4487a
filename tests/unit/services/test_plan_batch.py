"""From a population to a written draft: what is pushed, what is missing, what is kept, and that it replays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from matcher.domain.population import PopulationQuery
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import PublishState
from matcher.domain.record_terms import BatchState, PersonProgress
from matcher.domain.service_terms import PushState
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.errors import Conflict, InvalidInput
from matcher.services.planning import plan_batch as planning
from matcher.services.planning.plan_batch import PlannedBatch, plan_batch
from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.planning.replay_batch import replay_batch
from matcher.services.runtime import Runtime
from matcher.store.repositories.populations import NO_CONSENT, PopulationRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.push_batches import PushBatchPersonRow, PushBatchRow, PushShortfallRow
from matcher.store.tables.pushes import PushEventRow, PushRow
from tests.plan_world import (
    NOW,
    PLANNER,
    add_people,
    add_postings,
    approve_category,
    county,
    live_postings,
    open_runtime,
)

EVERYBODY = PopulationQuery()
PEOPLE = 30
SCARCE = PlanSettings(referral_ratio=0.34)  # one push for three places


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path, county().workers[:PEOPLE], live_postings())
    yield opened
    opened.close(save=False)


def planned(runtime: Runtime, settings: PlanSettings | None = None, **options: object) -> PlannedBatch:
    given = {"query": EVERYBODY, "name": "样例批次", "actor": PLANNER, "settings": settings} | options
    return plan_batch(runtime, given.pop("query"), **given)  # type: ignore[arg-type]


def pushes(runtime: Runtime, batch_id: int) -> list[PushRow]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(PushRow).where(PushRow.batch_id == batch_id).order_by(PushRow.id)))


def pairs(runtime: Runtime, batch_id: int) -> set[tuple[str, str]]:
    return {(one.worker_id, one.posting_id) for one in pushes(runtime, batch_id)}


def rows(runtime: Runtime, table: type) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def send_all(runtime: Runtime, batch_id: int) -> None:
    with runtime.database.writing("sender") as session:
        session.execute(
            update(PushRow).where(PushRow.batch_id == batch_id).values(state=PushState.SENT, sent_at=NOW)
        )


def test_a_plan_is_a_draft_with_people_pushes_events_and_proof(runtime: Runtime) -> None:
    batch = planned(runtime)
    assert (batch.people, batch.satisfied, batch.short, batch.pushes) == (PEOPLE, PEOPLE, 0, 2 * PEOPLE)
    assert batch.certificate.holds
    with runtime.database.reading() as session:
        row = session.get(PushBatchRow, batch.batch_id)
        people = session.scalars(select(PushBatchPersonRow)).all()
        events = session.scalars(select(PushEventRow)).all()
    assert row is not None
    assert (row.state, row.created_by, row.people, row.run_at) == (BatchState.DRAFT, PLANNER, PEOPLE, NOW)
    assert row.snapshot_mark
    assert set(row.versions) == {"lexicon", "rules", "encoder", "ranker", "region"}
    assert {one.progress for one in people} == {PersonProgress.WAITING}
    made = pushes(runtime, batch.batch_id)
    assert {one.state for one in made} == {PushState.PENDING}
    assert sorted(one.push_id for one in events) == [one.id for one in made]
    assert all(one.reasons for one in made)
    by_person: dict[str, list[int]] = {}
    for one in made:
        by_person.setdefault(one.worker_id, []).append(one.position)
    assert set(map(tuple, by_person.values())) == {(0, 1)}


def test_nobody_to_serve_is_an_empty_draft_that_says_why(runtime: Runtime) -> None:
    batch = planned(runtime, query=PopulationQuery(regions=("11",)))
    assert (batch.people, batch.pushes, batch.note) == (0, 0, "没有符合条件的人")
    assert batch.certificate.holds


def test_who_is_left_out_is_counted_by_reason(runtime: Runtime) -> None:
    strangers = [replace(one, worker_id=f"s{place}") for place, one in enumerate(county().workers[40:43])]
    with runtime.database.writing("desk") as session:
        add_people(session, strangers[:2], agreed=False)
        add_people(session, strangers[2:], status=JobStatus.NOT_SEEKING)
    batch = planned(runtime)
    assert batch.excluded == {NO_CONSENT: 2, "未就业暂无意愿": 1}
    assert batch.note == "共 30 人；未列入：2 人未同意匹配、1 人未就业暂无意愿"


def test_no_postings_at_all_leaves_everybody_short_and_says_so(tmp_path: Path) -> None:
    runtime = open_runtime(tmp_path, county().workers[:4])
    batch = planned(runtime)
    assert (batch.pushes, batch.short) == (0, 4)
    with runtime.database.reading() as session:
        short = session.scalars(select(PushShortfallRow)).all()
    assert {one.text for one in short} == {"眼下没有符合本人条件的岗位"}
    assert {one.missing for one in short} == {2}
    runtime.close(save=False)


def test_short_and_satisfied_are_everybody_and_texts_are_short_and_free_of_categories(
    runtime: Runtime,
) -> None:
    batch = planned(runtime, SCARCE)
    assert batch.short > 0
    assert batch.satisfied + batch.short == batch.people == PEOPLE
    with runtime.database.reading() as session:
        short = session.scalars(select(PushShortfallRow)).all()
    labels = [one.label for one in WorkerCategory]
    for one in short:
        assert one.text
        assert len(one.text) <= 40
        assert one.action is not None
        assert not any(label in f"{one.text}{one.blocking}" for label in labels)
    figures = batch.figures
    assert figures["coverage"]["enough"] == batch.satisfied
    assert sum(one["people"] for one in figures["shortfall"]["by_cause"].values()) == batch.short
    assert sum(one["people"] for one in figures["shortfall"]["by_action"].values()) == batch.short
    assert all(one["over"] == 0 for one in figures["employers"])


def test_a_pair_that_was_sent_does_not_come_again_within_the_days(runtime: Runtime) -> None:
    first = planned(runtime)
    send_all(runtime, first.batch_id)
    second = planned(runtime)
    assert second.pushes == 2 * PEOPLE
    assert not pairs(runtime, first.batch_id) & pairs(runtime, second.batch_id)
    runtime.database.clock.at = NOW + timedelta(days=31)  # type: ignore[attr-defined]
    with runtime.database.writing("desk") as session:
        session.execute(update(PushRow).values(state=PushState.UNANSWERED))
    third = planned(runtime)
    assert pairs(runtime, third.batch_id) & pairs(runtime, first.batch_id)


def test_pushes_that_are_still_open_take_up_capacity(runtime: Runtime) -> None:
    first = planned(runtime)
    send_all(runtime, first.batch_id)
    second = planned(runtime)
    with runtime.database.reading() as session:
        repository = PostingRepository(session)
        counts = session.execute(
            select(PushRow.posting_id, func.count())
            .where(PushRow.batch_id.in_([first.batch_id, second.batch_id]))
            .group_by(PushRow.posting_id)
        ).all()
        postings = repository.get_many([one for one, _ in counts])
    for posting_id, count in counts:
        left = postings[posting_id].headcount_left or postings[posting_id].headcount
        assert count <= 3 * (1 if left is None else left)


def test_the_pairs_of_an_unsent_draft_are_kept_where_it_costs_nothing(runtime: Runtime) -> None:
    first = planned(runtime, seed=1)
    steady = planned(runtime, seed=2)
    assert steady.problem.kept.sum() == 2 * PEOPLE
    assert not first.problem.kept.any()
    assert len(pairs(runtime, first.batch_id) & pairs(runtime, steady.batch_id)) > 1.9 * PEOPLE


def test_the_same_plan_comes_out_again_until_something_changes(runtime: Runtime) -> None:
    batch = planned(runtime, SCARCE, seed=7)
    assert replay_batch(runtime, batch.batch_id) == replace(
        replay_batch(runtime, batch.batch_id), same=True, differs=()
    )
    gone = pushes(runtime, batch.batch_id)[0].posting_id
    with runtime.database.writing("desk") as session:
        PostingRepository(session).set_states([gone], publish_state=PublishState.WITHDRAWN)
    replayed = replay_batch(runtime, batch.batch_id)
    assert not replayed.same
    assert "岗位或人员有变动" in replayed.differs[0]


def test_a_posting_withdrawn_while_the_plan_was_made_is_not_written(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[str] = []
    proven = planning.certify

    def withdrawing(problem, policy, allocation):  # type: ignore[no-untyped-def]
        if not gone:
            best = int(allocation.load.argmax())
            gone.append(sorted(one.posting_id for one in live_postings())[best])
            with runtime.database.writing("desk") as session:
                PostingRepository(session).set_states(gone, publish_state=PublishState.WITHDRAWN)
        return proven(problem, policy, allocation)

    monkeypatch.setattr(planning, "certify", withdrawing)
    batch = planned(runtime)
    assert gone
    assert gone[0] not in {one.posting_id for one in pushes(runtime, batch.batch_id)}
    assert rows(runtime, PushBatchRow) == 1


def test_nothing_is_written_when_anything_fails(runtime: Runtime) -> None:
    def failing(session: object, batch_id: int) -> None:
        raise Conflict("样例：另一处出错")

    with pytest.raises(Conflict):
        planned(runtime, SCARCE, kept=failing)
    assert [rows(runtime, one) for one in (PushBatchRow, PushBatchPersonRow, PushRow, PushEventRow, PushShortfallRow)] == [0] * 5


def test_priority_orders_the_waves_and_decides_who_is_served_first(runtime: Runtime) -> None:
    chosen = sorted(one.worker_id for one in county().workers[:PEOPLE])[-3:]
    with runtime.database.writing("desk") as session:
        for one in chosen:
            approve_category(session, one, WorkerCategory.DISABLED)
    planned(runtime, replace(SCARCE, wave_size=10))
    with runtime.database.reading() as session:
        people = {one.worker_id: one for one in session.scalars(select(PushBatchPersonRow))}
    assert {people[one].wave for one in chosen} == {0}
    assert {people[one].priority for one in chosen} == {2.0}
    assert sorted({one.wave for one in people.values()}) == [0, 1, 2]


def test_a_category_never_changes_which_postings_are_offered_when_weights_are_equal(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        planning, "load_pack", lambda code, folder: replace(plain_pack(), priority={}), raising=True
    )
    first = planned(runtime, SCARCE)
    with runtime.database.writing("desk") as session:
        for one in county().workers[:PEOPLE:2]:
            approve_category(session, one.worker_id, WorkerCategory.MINIMUM_LIVING)
        session.execute(update(PushRow).values(state=PushState.VOID, sent_at=None))
    second = planned(runtime, SCARCE)
    assert first.short > 0
    assert pairs(runtime, first.batch_id) == pairs(runtime, second.batch_id)
    assert [(one.worker_id, one.score, one.reasons) for one in pushes(runtime, first.batch_id)] == [
        (one.worker_id, one.score, one.reasons) for one in pushes(runtime, second.batch_id)
    ]


def plain_pack():  # type: ignore[no-untyped-def]
    from matcher.regions.loading import load_pack

    return load_pack("default")


def test_a_saved_population_gives_the_same_people(runtime: Runtime) -> None:
    query = PopulationQuery(statuses=(JobStatus.SEEKING,), regions=("99",))
    with runtime.database.writing("desk") as session:
        PopulationRepository(session).save("样例查询", query)
    with runtime.database.reading() as session:
        repository = PopulationRepository(session)
        assert repository.load("样例查询") == query
        assert repository.names() == ["样例查询"]
        assert len(repository.population(query).people) == PEOPLE


def test_somebody_without_home_or_words_is_served_and_not_lost(runtime: Runtime) -> None:
    with runtime.database.writing("desk") as session:
        add_people(session, [Worker("silent")])
    batch = planned(runtime, query=PopulationQuery(worker_ids=("silent", "nobody")))
    assert (batch.people, batch.satisfied) == (1, 1)
    assert batch.excluded == {"编号不存在": 1}


def test_a_new_posting_is_used_by_the_next_plan(runtime: Runtime) -> None:
    person = county().workers[0]
    trade = person.occupations
    wanted = Posting("new", trade[0].name, occupations=trade, place=person.place, headcount=5)
    with runtime.database.writing("desk") as session:
        add_postings(session, [wanted])
    batch = planned(runtime, query=PopulationQuery(worker_ids=(person.worker_id,)))
    assert "new" in {one.posting_id for one in pushes(runtime, batch.batch_id)}


@pytest.mark.parametrize("name", ["", "   ", "长" * 201])
def test_a_batch_needs_a_name(runtime: Runtime, name: str) -> None:
    with pytest.raises(InvalidInput, match="批次名称"):
        planned(runtime, name=name)


@pytest.mark.parametrize(
    "bad",
    [
        {"floor": 0},
        {"floor": 3, "ceiling": 2},
        {"ceiling": 99},
        {"referral_ratio": 0},
        {"wave_size": 0},
        {"repeat_days": -1},
        {"unknown_headcount": -1},
    ],
)
def test_settings_out_of_range_are_refused_by_name(bad: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        PlanSettings(**bad).checked()
