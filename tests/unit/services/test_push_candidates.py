"""Searching everybody at once finds what searching for one person finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.domain.worker import Worker
from matcher.ranking.eligibility import vetoes
from matcher.ranking.pairs import pairs
from matcher.retrieval.bulk import FrozenPostings, FrozenWorkers
from matcher.retrieval.codebook import lexicon_codebook
from matcher.services.planning.push_candidates import CandidatePairs, CandidateSearch
from matcher.services.planning.push_processes import Ground, PushProcesses
from matcher.services.planning.push_search import SearchWishes
from matcher.services.runtime import Runtime
from tests.plan_world import NOW, county, live_postings, open_runtime, twin

TOP = 10
EVERYTHING = 10_000  # climbs the whole ladder
DREAM_PAY = Pay(min_fen=5_000_000, unit=PayUnit.MONTH)
AS_AT_THE_DESK = SearchWishes(waive_wishes=True)


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    postings = live_postings()
    again = [replace(one, posting_id=f"again-{one.posting_id}") for one in postings[::9]]
    opened = open_runtime(tmp_path_factory.mktemp("candidates"), people(), [*postings, *again])
    yield opened
    opened.close(save=False)


def people() -> list[Worker]:
    """The county's people, and some who are hard to place: no home, no wish, far away, choosy."""
    known = county().workers
    hard = [
        Worker("x-nothing"),
        replace(twin(known[0], "x-no-home"), place=None),
        replace(twin(known[1], "x-choosy"), max_minutes=5, out_of_town=False, pay_floor=DREAM_PAY),
        replace(twin(known[2], "x-away"), out_of_town=True),
        replace(twin(known[3], "x-no-trade"), occupations=()),
    ]
    return [*known, *hard]


def searched(
    runtime: Runtime, wishes: SearchWishes, barred: tuple[tuple[int, int], ...] = ()
) -> tuple[CandidatePairs, FrozenPostings, list[str]]:
    with runtime.index.reading() as (postings, workers):
        ids = sorted(one.worker_id for one in people())
        frozen = FrozenPostings.of(postings)
        asked = FrozenWorkers.of(workers, ids, postings)
    with PushProcesses(Ground(frozen, runtime.scorer, NOW), len(ids)) as processes:
        search = CandidateSearch(processes, asked, np.array(barred, np.int64).reshape(-1, 2))
        return search.push_candidates(np.arange(len(ids)), wishes), frozen, ids


def test_everybody_gets_the_postings_of_single_matching_with_the_same_scores(runtime: Runtime) -> None:
    found, postings, ids = searched(runtime, AS_AT_THE_DESK)
    by_id = {one.worker_id: one for one in people()}
    compared = 0
    with runtime.index.reading() as (catalogue, _):
        for row, worker_id in enumerate(ids):
            answer = runtime.matching.jobs_for_worker(by_id[worker_id], catalogue, top=TOP, now=NOW)
            mine = found.part(found.wi == row)
            scores = {postings.ids[j]: s for j, s in zip(mine.pj, mine.score, strict=True)}
            for match in answer.matches:
                assert scores[match.posting_id] == pytest.approx(match.score, abs=1e-5)
                compared += 1
            assert found.widened.get(row, ()) == answer.widened
            assert found.eligible[row] == answer.eligible
    assert compared > 5 * len(ids)


def test_an_offer_posted_twice_counts_once_for_a_person(runtime: Runtime) -> None:
    found, postings, _ = searched(runtime, AS_AT_THE_DESK)
    seen = list(zip(found.wi.tolist(), postings.groups[found.pj].tolist(), strict=True))
    assert len(seen) == len(set(seen))


def test_a_barred_pair_is_not_offered_and_its_place_goes_to_another(runtime: Runtime) -> None:
    before, _, _ = searched(runtime, AS_AT_THE_DESK)
    best = (int(before.wi[0]), int(before.pj[0]))
    after, _, _ = searched(runtime, AS_AT_THE_DESK, barred=(best,))
    pairs = set(zip(after.wi.tolist(), after.pj.tolist(), strict=True))
    assert best not in pairs
    assert sum(one[0] == best[0] for one in pairs) >= np.count_nonzero(before.wi == best[0]) - 1


def test_a_batch_keeps_to_the_reach_and_pay_that_people_named(runtime: Runtime) -> None:
    found, postings, ids = searched(runtime, SearchWishes(want=EVERYTHING))
    loose, _, _ = searched(runtime, SearchWishes(want=EVERYTHING, waive_wishes=True))
    with runtime.index.reading() as (_, workers):
        columns = workers.columns.take(np.array([workers.row(one) for one in ids]))

    def beyond(some: CandidatePairs) -> int:
        lined_up = pairs(columns, some.wi, postings.columns, some.pj, now=NOW, codes=lexicon_codebook())
        return int(np.count_nonzero(vetoes(lined_up)))

    assert beyond(found) == 0
    assert beyond(loose) > 0, "nobody here is widened: the case tests nothing"
