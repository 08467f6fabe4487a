"""Everything a plan stands on, frozen at one moment (方案底稿): people, postings, places, earlier pushes, versions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.allocation.problem import AllocationProblem
from matcher.domain.worker_terms import WorkerCategory
from matcher.lexicon import version as lexicon_version
from matcher.ranking.eligibility import rules
from matcher.regions.pack import RegionPack
from matcher.retrieval.bulk import FrozenPostings, FrozenWorkers
from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.planning.push_capacity import capacities
from matcher.services.planning.push_rounds import POINT, Terms
from matcher.services.runtime import Runtime
from matcher.store.repositories.employer_contacts import EmployerContactRepository
from matcher.store.repositories.index_changes import IndexChangeRepository
from matcher.store.repositories.overrides import OverrideRepository
from matcher.store.repositories.populations import PopulationRepository
from matcher.store.repositories.push_plans import Pair, PushPlanRepository
from matcher.store.session import StoreSession

NOT_INDEXED = "档案正在更新"

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Frame:
    """People and postings by row, and what bounds their pushes.

    regions, categories: by person. barred: (b, 2) person and posting rows sent lately or ruled out by a
    caseworker, every posting of the same offer with them. mark: last index change seen. left_out: people of the
    population who could not be read.
    """

    people: FrozenWorkers
    postings: FrozenPostings
    regions: Sequence[str | None]
    categories: dict[str, tuple[WorkerCategory, ...]]
    barred: Ints
    terms: Terms
    mark: int
    now: datetime
    left_out: int = 0


def freeze(
    runtime: Runtime,
    people: Sequence[tuple[str, str | None]],
    settings: PlanSettings,
    pack: RegionPack,
    now: datetime,
    *,
    before_batch: int | None = None,
) -> Frame:
    """The frame of a population. before_batch: only what earlier batches did counts, for a replay."""
    runtime.index.refresh()
    with runtime.index.reading() as (postings, workers), runtime.database.reading() as session:
        mark = IndexChangeRepository(session).high_water_mark()
        known = [(one, region) for one, region in people if one in workers]
        ids = [one for one, _ in known]
        frozen_postings = FrozenPostings.of(postings)
        frozen_people = FrozenWorkers.of(workers, ids, postings)
        categories = PopulationRepository(session).categories(ids)
        plans = PushPlanRepository(session, before_batch=before_batch)
        recent = plans.recent_pairs(ids, days=settings.repeat_days)
        recent += OverrideRepository(session).banned_pairs(ids, until=now)
        terms = _terms(session, plans, frozen_postings, ids, categories, settings, pack)
    return Frame(
        people=frozen_people,
        postings=frozen_postings,
        regions=[region for _, region in known],
        categories=categories,
        barred=_barred(recent, ids, frozen_postings),
        terms=terms,
        mark=mark,
        now=now,
        left_out=len(people) - len(known),
    )


def versions(runtime: Runtime, pack: RegionPack) -> dict[str, str]:
    """What decided, so that the same can be asked again."""
    return {
        "lexicon": lexicon_version(),
        "rules": _rules_version(),
        "encoder": runtime.encoder.model_id,
        "ranker": runtime.scorer.model_id,
        "region": pack.version,
    }


def input_digest(problem: AllocationProblem, worker_ids: Sequence[str], posting_ids: Sequence[str]) -> str:
    """SHA-256 of an allocation problem by ids, whatever the order of its rows."""
    digest = hashlib.sha256()
    worker_order = np.argsort(np.array(worker_ids, dtype=str), kind="stable")
    used = np.unique(problem.pj)
    posting_order = used[np.argsort(np.array([posting_ids[row] for row in used], dtype=str), kind="stable")]
    worker_place = np.empty(len(worker_ids), np.int64)
    worker_place[worker_order] = np.arange(len(worker_ids))
    posting_place = np.full(len(posting_ids), -1, np.int64)
    posting_place[posting_order] = np.arange(len(posting_order))
    for ids, order in ((worker_ids, worker_order), (posting_ids, posting_order)):
        digest.update("\n".join(ids[row] for row in order).encode())
        digest.update(b"\0")
    pairs = np.lexsort((posting_place[problem.pj], worker_place[problem.wi]))
    for values in (
        worker_place[problem.wi[pairs]],
        posting_place[problem.pj[pairs]],
        np.rint(problem.score[pairs] * POINT).astype(np.int64),
        problem.kept[pairs].astype(np.int64),
        problem.capacity[posting_order],
        problem.openings[posting_order],
        problem.need[worker_order],
        problem.room[worker_order],
        np.rint(problem.priority[worker_order] * POINT).astype(np.int64),
    ):
        digest.update(np.ascontiguousarray(values, np.int64).tobytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _rules_version() -> str:
    listed = "\n".join(f"{rule.bit},{rule.id},{rule.version}" for rule in rules())
    return hashlib.sha256(listed.encode()).hexdigest()[:12]


def _terms(
    session: StoreSession,
    plans: PushPlanRepository,
    postings: FrozenPostings,
    ids: Sequence[str],
    categories: dict[str, tuple[WorkerCategory, ...]],
    settings: PlanSettings,
    pack: RegionPack,
) -> Terms:
    contacts_left = EmployerContactRepository(session).left()
    capacity, openings = capacities(postings.ids, plans.places(postings.ids), contacts_left, settings)
    kept = _numbered(plans.kept_pairs(ids), ids, postings.ids)
    return Terms(
        capacity=capacity,
        openings=openings,
        need=np.full(len(ids), settings.floor, np.int64),
        room=np.full(len(ids), settings.ceiling, np.int64),
        priority=np.array([pack.priority_of(categories.get(one, ())) for one in ids], np.float64),
        kept=np.sort(kept[:, 0] * len(postings) + kept[:, 1]),
        policy=settings.policy,
        waive_wishes=settings.waive_wishes,
    )


def _barred(recent: Sequence[Pair], ids: Sequence[str], postings: FrozenPostings) -> Ints:
    """The pairs that are out, and the other postings of the same offers."""
    sent = _numbered(recent, ids, postings.ids)
    order = np.argsort(postings.groups, kind="stable")
    ordered = postings.groups[order]
    wanted = postings.groups[sent[:, 1]]
    first, last = np.searchsorted(ordered, wanted), np.searchsorted(ordered, wanted, side="right")
    twins = [order[a:b] for a, b in zip(first, last, strict=True)]
    who = np.repeat(sent[:, 0], last - first)
    barred: Ints = np.column_stack([who, np.concatenate(twins or [np.zeros(0, np.int64)])])
    return barred


def _numbered(pairs: Sequence[Pair], ids: Sequence[str], posting_ids: Sequence[str]) -> Ints:
    """(k, 2) rows of the pairs of which both sides are known."""
    person = {one: row for row, one in enumerate(ids)}
    posting = {one: row for row, one in enumerate(posting_ids)}
    rows = [(person[a], posting[b]) for a, b in pairs if a in person and b in posting]
    return np.array(rows, np.int64).reshape(-1, 2)
