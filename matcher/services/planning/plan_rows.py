"""A plan before it is written, and its rows (方案与落库行)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matcher.allocation.certificate import Certificate
from matcher.domain.record_terms import PersonProgress
from matcher.domain.service_terms import Channel, PushState
from matcher.ranking.explanation import Explanation
from matcher.services.planning.plan_frame import Frame
from matcher.services.planning.push_candidates import CandidatePairs
from matcher.services.planning.push_rounds import Allocated
from matcher.services.planning.push_shortfalls import PersonShortfall

PLANNED_CHANNEL = Channel.SMS  # a placeholder: the way is chosen when the push is sent


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan before it is written."""

    frame: Frame
    state: Allocated
    chosen: CandidatePairs
    explanations: list[Explanation]
    short: list[PersonShortfall]
    certificate: Certificate
    figures: dict[str, Any]
    digest: str


def people_rows(plan: Plan, wave_size: int) -> Iterator[dict[str, Any]]:
    """One row a person; the greatest priority in the first wave, as `PushBatchRepository.assign_waves` has it."""
    ids, priority = plan.frame.people.ids, plan.frame.terms.priority
    order = sorted(range(len(ids)), key=lambda row: (-priority[row], ids[row]))
    for place, row in enumerate(order):
        yield {
            "worker_id": ids[row],
            "region_code": plan.frame.regions[row],
            "priority": float(priority[row]),
            "found": int(plan.state.allocation.found[row]),
            "wave": place // wave_size,
            "progress": PersonProgress.WAITING,
        }


def push_rows(plan: Plan) -> Iterator[dict[str, Any]]:
    """One row a push, a person's best first. A widened wish is told after the reasons."""
    position, last = 0, -1
    for place, (row, posting) in enumerate(zip(plan.chosen.wi.tolist(), plan.chosen.pj.tolist(), strict=True)):
        position = position + 1 if row == last else 0
        last = row
        lines = plan.explanations[place]
        reasons = [{"code": line.code, "text": line.text} for line in lines.reasons]
        loosened = plan.state.candidates.widened.get(row, ())
        reasons += [{"code": f"widened:{line.code}", "text": line.text} for line in loosened]
        yield {
            "worker_id": plan.frame.people.ids[row],
            "posting_id": plan.frame.postings.ids[posting],
            "region_code": plan.frame.regions[row],
            "position": position,
            "rank": position + 1,
            "score": float(plan.chosen.score[place]),
            "reasons": reasons or None,
            "unlocks": [{"code": line.code, "text": line.text} for line in lines.gaps] or None,
            "channel": PLANNED_CHANNEL,
            "state": PushState.PENDING,
        }


def shortfall_rows(plan: Plan) -> Iterator[dict[str, Any]]:
    for one in plan.short:
        yield {
            "worker_id": one.worker_id,
            "found": one.found,
            "missing": one.missing,
            "cause": one.cause.value,
            "text": one.text,
            "rivals": one.rivals,
            "places": one.places,
            "blocking": one.blocking() or None,
            "action": one.action,
        }
