"""Plan a batch again from its record, to show that the same comes out (批次重放)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matcher.regions.loading import load_pack
from matcher.services.planning.plan_frame import freeze, input_digest, versions
from matcher.services.planning.plan_settings import PlanSettings
from matcher.services.planning.push_candidates import CandidateSearch
from matcher.services.planning.push_processes import Ground, PushProcesses
from matcher.services.planning.push_rounds import Step, allocate_in_rounds
from matcher.services.runtime import Runtime
from matcher.store.repositories.push_plans import PushPlanRepository

_VERSION_LABELS = {
    "lexicon": "词库",
    "rules": "硬条件规则",
    "encoder": "文本模型",
    "ranker": "排序模型",
    "region": "区域包",
}


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether a plan comes out the same. differs: what has changed since, in words; empty when nothing has."""

    batch_id: int
    same: bool
    differs: tuple[str, ...] = ()


def replay_batch(runtime: Runtime, batch_id: int, progress: Step | None = None) -> Replay:
    """Plan a batch again from its record and compare; nothing is written. Raises NotFound."""
    pack = load_pack(runtime.config.region, runtime.config.home)
    with runtime.database.reading() as session:
        repository = PushPlanRepository(session)
        batch, pushes = repository.plan(batch_id)
        people = [(one, region) for one, region, _, _ in repository.people(batch_id)]
    settings = PlanSettings.from_json(batch.policy)
    now: datetime = batch.run_at or batch.created_at
    frame = freeze(runtime, people, settings, pack, now, before_batch=batch_id)
    differs = [
        f"{_VERSION_LABELS[key]}已变：当时 {batch.versions.get(key)}，现在 {value}"
        for key, value in versions(runtime, pack).items()
        if batch.versions.get(key) != value
    ]
    if frame.mark != batch.snapshot_mark:
        differs.append(f"岗位或人员有变动：当时第 {batch.snapshot_mark} 条，现在第 {frame.mark} 条")
    with PushProcesses(Ground(frame.postings, runtime.scorer, now), len(frame.people)) as processes:
        search = CandidateSearch(processes, frame.people, frame.barred)
        state = allocate_in_rounds(search, frame.postings, frame.terms, progress)
    digest = input_digest(state.problem, frame.people.ids, frame.postings.ids)
    if not differs and digest != batch.input_digest:
        differs.append("分配的输入已变：岗位名额、人员类别或更早的推送在此后有改变")
    chosen = state.candidates.part(state.allocation.chosen)
    again = {
        (frame.people.ids[row], frame.postings.ids[posting])
        for row, posting in zip(chosen.wi.tolist(), chosen.pj.tolist(), strict=True)
    }
    same = again == {(one, posting) for one, posting, _ in pushes}
    return Replay(batch_id, same, tuple(differs))
