"""Exported pushes find their people and postings again, with the features that the service sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from matcher.domain.worker import Worker
from matcher.ranking.feature_table import feature_columns
from matcher.ranking.learning import MISSING
from matcher.services.learning.graded_pairs import graded_pairs
from matcher.services.learning.training_examples import PERSON_CHARS, PERSON_HASH, GradedExample
from matcher.services.runtime import Runtime
from tests.plan_world import add_people, county, live_postings, open_runtime, twin


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    people = list(county().workers[:6])
    opened = open_runtime(tmp_path_factory.mktemp("graded"), people, live_postings()[:30])
    with opened.database.writing("样例甲") as session:
        add_people(session, [twin(people[0], "x-withdrawn")], agreed=False)
    yield opened
    opened.close(save=False)


def example(runtime: Runtime, worker_id: str, posting_id: str, **changes: object) -> GradedExample:
    with runtime.database.reading() as session:
        person = session.keyring.lookup_hash(PERSON_HASH, worker_id)[:PERSON_CHARS]
    plain = GradedExample(
        person, posting_id, None, 2, "interested", None, "sms", 0, 0.5, 1, None, None, None, "2026-03-01"
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def joined(runtime: Runtime, examples: list[GradedExample]):  # type: ignore[no-untyped-def]
    with runtime.database.reading() as session:
        return graded_pairs(session, runtime.encoder, examples)


def test_a_push_gets_the_features_of_its_pair_and_keeps_its_log(runtime: Runtime) -> None:
    people, postings = county().workers[:6], live_postings()[:30]
    pushed = [
        example(runtime, people[i].worker_id, postings[j].posting_id, position=i, rank=j, grade=None, outcome=None)
        for i, j in ((1, 5), (0, 3), (0, 29))
    ]
    found = joined(runtime, pushed)
    assert found.left_out == 0
    graded = found.graded
    assert graded.logged.position.tolist() == [1, 0, 0]
    assert (graded.grade == MISSING).all()
    assert len(np.unique(graded.person)) == 2
    dense = graded.x[:, feature_columns()["dense"]]
    assert np.isfinite(dense).all()
    assert len(set(dense.round(5).tolist())) == 3
    assert (graded.x[:, feature_columns()["lexical"]] <= 1 + 1e-6).all()


def test_pushes_come_in_order_of_their_day_and_a_posting_ages_with_it(runtime: Runtime) -> None:
    one, job = county().workers[0].worker_id, live_postings()[0].posting_id
    late, early = (example(runtime, one, job, delivered=day) for day in ("2026-05-01", "2026-04-01"))
    graded = joined(runtime, [late, early]).graded
    assert graded.day[0] < graded.day[1]
    age = graded.x[:, feature_columns()["age_days"]]
    assert age[1] - age[0] == pytest.approx(30, abs=0.01)


def test_people_without_consent_and_unknown_postings_are_left_out_and_counted(runtime: Runtime) -> None:
    known: Worker = county().workers[0]
    job = live_postings()[0].posting_id
    found = joined(
        runtime,
        [
            example(runtime, "x-withdrawn", job),
            example(runtime, known.worker_id, "nowhere:1"),
            example(runtime, known.worker_id, job),
        ],
    )
    assert (len(found.graded), found.left_out) == (1, 2)
    assert joined(runtime, []).graded.x.shape[1] == len(feature_columns())
