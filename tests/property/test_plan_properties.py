"""Whatever the population, the terms and the earlier pushes: a plan keeps every limit and loses nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from matcher.domain.population import PopulationQuery
from matcher.domain.service_terms import PushState
from matcher.ranking.eligibility import vetoes
from matcher.ranking.pairs import pairs
from matcher.retrieval.codebook import lexicon_codebook
from matcher.services.planning.plan_batch import plan_batch
from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.runtime import Runtime
from matcher.store.repositories.postings import PostingRepository
from matcher.store.tables.push_batches import PushBatchPersonRow, PushShortfallRow
from matcher.store.tables.pushes import PushRow
from tests.plan_world import NOW, PLANNER, county, live_postings, open_runtime

PEOPLE = 40


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    opened = open_runtime(tmp_path_factory.mktemp("plans"), county().workers[:PEOPLE], live_postings())
    yield opened
    opened.close(save=False)


@given(
    chosen=st.sets(st.integers(0, PEOPLE - 1), min_size=1, max_size=PEOPLE),
    floor=st.integers(1, 3),
    spare=st.integers(0, 1),
    ratio=st.sampled_from([0.2, 0.5, 1.0, 3.0]),
    seed=st.integers(0, 5),
    answered=st.sampled_from([PushState.SENT, PushState.UNANSWERED, PushState.VOID]),
)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_plan_keeps_every_limit_and_loses_nobody(
    runtime: Runtime,
    chosen: set[int],
    floor: int,
    spare: int,
    ratio: float,
    seed: int,
    answered: PushState,
) -> None:
    ids = tuple(county().workers[place].worker_id for place in sorted(chosen))
    terms = PlanSettings(floor=floor, ceiling=floor + spare, referral_ratio=ratio)
    batch = plan_batch(
        runtime, PopulationQuery(worker_ids=ids), name="样例", actor=PLANNER, settings=terms, seed=seed
    )
    with runtime.database.reading() as session:
        made = session.scalars(select(PushRow).where(PushRow.batch_id == batch.batch_id)).all()
        people = session.scalars(
            select(PushBatchPersonRow).where(PushBatchPersonRow.batch_id == batch.batch_id)
        ).all()
        short = session.scalars(
            select(PushShortfallRow).where(PushShortfallRow.batch_id == batch.batch_id)
        ).all()
        repository = PostingRepository(session)
        live = repository.live_ids([one.posting_id for one in made])
        postings = repository.get_many([one.posting_id for one in made])
    per_person = Counter(one.worker_id for one in made)
    assert sorted(one.worker_id for one in people) == sorted(ids)
    assert {one.worker_id: one.found for one in people} == {one: per_person[one] for one in ids}
    assert {one.worker_id: one.missing for one in short} == {
        one: floor - per_person[one] for one in ids if per_person[one] < floor
    }
    assert batch.satisfied + batch.short == len(ids)
    assert max(per_person.values(), default=0) <= floor + spare
    assert all(one.posting_id in live for one in made)
    employers = Counter((one.worker_id, postings[one.posting_id].employer_name) for one in made)
    assert max(employers.values(), default=1) == 1
    for posting_id, count in Counter(one.posting_id for one in made).items():
        posting = postings[posting_id]
        places = posting.headcount if posting.headcount_left is None else posting.headcount_left
        assert count <= int((1 if places is None else places) * ratio)
    assert _against_a_rule(runtime, made) == 0
    with runtime.database.writing("sender") as session:
        sent = update(PushRow).where(PushRow.batch_id == batch.batch_id)
        session.execute(sent.values(state=answered, sent_at=NOW if answered is PushState.SENT else None))


def _against_a_rule(runtime: Runtime, made: list[PushRow]) -> int:
    with runtime.index.reading() as (postings, workers):
        lined_up = pairs(
            workers.columns,
            np.array([workers.row(one.worker_id) for one in made], np.int64),
            postings.columns,
            np.array([postings.row(one.posting_id) for one in made], np.int64),
            now=NOW,
            codes=lexicon_codebook(),
        )
        return int(np.count_nonzero(vetoes(lined_up)))
