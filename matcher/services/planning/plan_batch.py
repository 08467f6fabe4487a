"""Plan a batch of pushes (制定推送批次): whom, what, what is missing and why, proven and written in one transaction.

INVARIANTS
- Nothing is written unless everything is; what is written holds only postings that may be shown at that moment.
- Same population, settings, seed and index → same pushes: `replay_batch` checks it.
- A person's category weighs a missing push and nothing else; it never reaches a score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from matcher.allocation.certificate import Certificate, certify
from matcher.allocation.fairness import fairness
from matcher.allocation.flow import Allocation
from matcher.allocation.gap import gap_summary
from matcher.allocation.problem import AllocationProblem
from matcher.allocation.shortfall import shortfalls
from matcher.domain.population import PopulationQuery
from matcher.domain.record_terms import BatchState
from matcher.errors import Conflict, InvalidInput, Unavailable
from matcher.regions.loading import load_pack
from matcher.regions.pack import RegionPack
from matcher.services.planning.plan_frame import NOT_INDEXED, Frame, freeze, input_digest, versions
from matcher.services.planning.plan_rows import Plan, people_rows, push_rows, shortfall_rows
from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.planning.push_candidates import CandidateSearch
from matcher.services.planning.push_figures import (
    closing_figures,
    coverage_figures,
    employer_figures,
    group_figures,
    place_figures,
    score_figures,
    shortfall_figures,
)
from matcher.services.planning.push_processes import Ground, PushProcesses
from matcher.services.planning.push_rounds import Allocated, Step, allocate_in_rounds, without
from matcher.services.planning.push_shortfalls import Circumstances, PersonShortfall, person_shortfalls
from matcher.services.runtime import Runtime
from matcher.store.repositories.audit import AuditRepository
from matcher.store.repositories.populations import Population, PopulationRepository
from matcher.store.repositories.postings import PostingRepository
from matcher.store.repositories.push_plans import PushPlanRepository
from matcher.store.session import StoreSession
from matcher.store.tables.base import SHORT_CHARS

LARGEST_SEED = 2**31 - 1
MOST_ATTEMPTS = 3  # postings may be withdrawn while a plan is being made

Kept = Callable[[StoreSession, int], None]


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """A plan as it was written. excluded: reason → people left out; note: the same as a sentence.

    problem, allocation: what was decided from what, by row; for figures beyond those that are kept.
    """

    batch_id: int
    name: str
    people: int
    satisfied: int
    short: int
    pushes: int
    certificate: Certificate
    figures: dict[str, Any]
    problem: AllocationProblem = field(repr=False)
    allocation: Allocation = field(repr=False)
    excluded: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


def plan_batch(
    runtime: Runtime,
    query: PopulationQuery,
    *,
    name: str,
    settings: PlanSettings | None = None,
    actor: str,
    seed: int = 0,
    progress: Step | None = None,
    kept: Kept | None = None,
) -> PlannedBatch:
    """Plan and write a draft batch for everybody the query means.

    settings: default those of the region pack. seed: decides between equally good plans. progress: called with
    (step, rows, share done). kept: called with the session and the batch number inside the writing transaction.
    Nobody to serve gives an empty draft that says why. Raises InvalidInput for a bad name, query, seed or setting,
    Conflict when postings keep changing under the plan, Unavailable when a plan fails its own check.
    """
    title = _checked_name(name)
    if not 0 <= seed <= LARGEST_SEED:
        raise InvalidInput(f"随机种子须在 0 到 {LARGEST_SEED} 之间")
    pack = load_pack(runtime.config.region, runtime.config.home)
    settings = (settings or PlanSettings.of(pack)).checked()
    settings = replace(settings, policy=replace(settings.policy, seed=seed))
    now = runtime.database.clock.now()
    with runtime.database.reading() as session:
        population = PopulationRepository(session).population(query)
    tell = progress or (lambda step, rows, share: None)
    tell("锁定服务对象", len(population.people), 1.0)
    frame = freeze(runtime, population.people, settings, pack, now)
    with PushProcesses(Ground(frame.postings, runtime.scorer, now), len(frame.people)) as processes:
        search = CandidateSearch(processes, frame.people, frame.barred)
        state = allocate_in_rounds(search, frame.postings, frame.terms, tell)
        for _ in range(MOST_ATTEMPTS):
            state = _live_only(runtime, frame, state)
            plan = _finished(runtime, frame, state, search, processes, pack, tell)
            record = _record(runtime, title, query, population, plan, settings, pack)
            written = _write(runtime, plan, record, actor=actor, kept=kept)
            if written is not None:
                tell("写入批次", len(plan.chosen), 1.0)
                return _planned(written, record, population, plan)
    raise Conflict("制定方案期间岗位不断变化，方案没有写入；请稍后重试")


def _live_only(runtime: Runtime, frame: Frame, state: Allocated) -> Allocated:
    """The allocation without postings that were withdrawn while it was made."""
    while True:
        rows = np.unique(state.candidates.pj[state.allocation.chosen])
        ids = [frame.postings.ids[row] for row in rows]
        with runtime.database.reading() as session:
            live = PostingRepository(session).live_ids(ids)
        gone = np.zeros(len(frame.postings), np.bool_)
        gone[rows] = [one not in live for one in ids]
        if not gone.any():
            return state
        state = without(state, frame.postings, frame.terms, gone)


def _finished(
    runtime: Runtime,
    frame: Frame,
    state: Allocated,
    search: CandidateSearch,
    processes: PushProcesses,
    pack: RegionPack,
    tell: Step,
) -> Plan:
    policy = state.policy
    certificate = certify(state.problem, policy, state.allocation)
    if not certificate.holds:
        raise Unavailable("方案没有通过自检，未写入；请把批次设定发给技术支持", detail=str(certificate.to_json()))
    tell("核验", len(state.candidates), 1.0)
    found = shortfalls(state.problem, state.allocation, distinct_employers=policy.distinct_employers)
    free = state.problem.capacity > state.allocation.load
    known = _circumstances(runtime, frame, [frame.people.ids[one.worker] for one in found], pack)
    short = person_shortfalls(
        found, frame.people, state.candidates, free, processes, known, frame.terms.need
    )
    tell("分析缺口", len(short), 1.0)
    chosen = state.candidates.part(state.allocation.chosen)
    explained = _Explained(tell, len(chosen))
    explanations = search.explanations(chosen, explained)
    gap = gap_summary(state.problem, state.allocation, found, distinct_employers=policy.distinct_employers)
    figures = _figures(runtime, frame, state, short) | {
        "closing": closing_figures(short, gap, frame.postings),
        "rounds": [[one.searched, one.pairs, one.short, one.missing] for one in state.rounds],
        "widened_people": len(state.candidates.widened),
    }
    digest = input_digest(state.problem, frame.people.ids, frame.postings.ids)
    return Plan(frame, state, chosen, explanations, short, certificate, figures, digest)


def _circumstances(
    runtime: Runtime, frame: Frame, worker_ids: Sequence[str], pack: RegionPack
) -> Circumstances:
    with runtime.database.reading() as session:
        attempts = PushPlanRepository(session).market_attempts(worker_ids)
    welfare = {
        one for one in worker_ids if pack.welfare_categories & set(frame.categories.get(one, ()))
    }
    return Circumstances(frame.regions, frozenset(welfare), attempts)


def _figures(
    runtime: Runtime, frame: Frame, state: Allocated, short: Sequence[PersonShortfall]
) -> dict[str, Any]:
    found, floor = state.allocation.found, int(frame.terms.need.max(initial=0))
    pushed = [frame.postings.ids[row] for row in np.flatnonzero(state.allocation.load).tolist()]
    with runtime.database.reading() as session:
        names = PushPlanRepository(session).employer_names(pushed)
    even = fairness(state.problem, state.allocation).to_json()
    even["lorenz"] = [round(share, 5) for share in even["lorenz"]]
    return {
        "coverage": coverage_figures(found, floor),
        "places": place_figures(frame.regions, found, floor),
        "groups": group_figures(frame.people.ids, frame.categories, found, floor),
        "employers": employer_figures(frame.postings, state, names),
        "scores": score_figures(state),
        "shortfall": shortfall_figures(short),
        "fairness": even,
    }


def _record(
    runtime: Runtime,
    name: str,
    query: PopulationQuery,
    population: Population,
    plan: Plan,
    settings: PlanSettings,
    pack: RegionPack,
) -> dict[str, Any]:
    """The columns of the batch."""
    coverage = plan.figures["coverage"]
    excluded = dict(population.excluded)
    if plan.frame.left_out:
        excluded[NOT_INDEXED] = plan.frame.left_out
    return {
        "name": name,
        "population": query.to_json(),
        "policy": settings.to_json(),
        "versions": versions(runtime, pack),
        "min_per_person": settings.floor,
        "max_per_person": settings.ceiling,
        "seed": settings.policy.seed,
        "snapshot_mark": plan.frame.mark,
        "input_digest": plan.digest,
        "certificate": plan.certificate.to_json(),
        "figures": plan.figures | {"excluded": excluded},
        "run_at": plan.frame.now,
        "people": coverage["people"],
        "satisfied": coverage["enough"],
        "short": len(plan.short),
        "state": BatchState.DRAFT,
        "wave_size": settings.wave_size,
    }


def _write(
    runtime: Runtime, plan: Plan, record: Mapping[str, Any], *, actor: str, kept: Kept | None
) -> int | None:
    """The number of the written batch, or None when a posting has been withdrawn since; then nothing is written."""
    rows = np.unique(plan.chosen.pj)
    ids = [plan.frame.postings.ids[row] for row in rows]
    with runtime.database.writing(actor) as session:
        if len(PostingRepository(session).live_ids(ids)) < len(ids):
            return None
        people = people_rows(plan, record["wave_size"])
        batch_id = PushPlanRepository(session).add(record, people, push_rows(plan), shortfall_rows(plan))
        AuditRepository(session).append(
            action="plan_push_batch",
            entity="push_batch",
            entity_id=str(batch_id),
            reason="制定推送批次",
            details={"people": record["people"], "short": record["short"]},
        )
        if kept is not None:
            kept(session, batch_id)
    return batch_id


def _planned(batch_id: int, record: Mapping[str, Any], population: Population, plan: Plan) -> PlannedBatch:
    figures = record["figures"]
    return PlannedBatch(
        batch_id=batch_id,
        name=record["name"],
        people=record["people"],
        satisfied=record["satisfied"],
        short=record["short"],
        pushes=len(plan.chosen),
        certificate=plan.certificate,
        figures=figures,
        problem=plan.state.problem,
        allocation=plan.state.allocation,
        excluded=figures["excluded"],
        note=replace(population, excluded=figures["excluded"]).sentence(),
    )


def _checked_name(name: str) -> str:
    clean = name.strip()
    if not clean or len(clean) > SHORT_CHARS:
        raise InvalidInput(f"批次名称应为 1 至 {SHORT_CHARS} 个字")
    return clean


class _Explained:
    """Turns "so many more lines" into (step, lines, share)."""

    def __init__(self, tell: Step, total: int) -> None:
        self._tell, self._total, self._done = tell, max(total, 1), 0

    def __call__(self, count: int) -> None:
        self._done += count
        self._tell("写推荐理由", self._done, self._done / self._total)
