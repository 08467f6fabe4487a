"""Whether a household is a 零就业家庭, and whom to help first (零就业家庭判定).

A status that nobody knows is checked, never guessed: one unknown member of working age makes 待核实.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from matcher.clock import local_date
from matcher.domain.outcome_terms import HouseholdState
from matcher.domain.worker_terms import JobStatus

WORKING = frozenset({JobStatus.EMPLOYED, JobStatus.FLEXIBLE, JobStatus.SELF_EMPLOYED})
AT_LEISURE = frozenset({JobStatus.SEEKING, JobStatus.NOT_SEEKING, JobStatus.TRAINING, JobStatus.INTERNSHIP})
"""Statuses without work. 失联 is neither: nobody knows whether the person works."""

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Member:
    """One member. worker_id None: no file, so no status. working_age None: not known.

    matching_jobs: postings found for them lately, for choosing whom to help first.
    """

    worker_id: str | None
    working_age: bool | None
    status: JobStatus | None = None
    has_phone: bool = False
    last_contact_at: datetime | None = None
    matching_jobs: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """state with its reason in Chinese; target: whom to help first and why, of a 零就业家庭 alone."""

    state: HouseholdState
    reason: str
    target: str | None = None
    target_reason: str = ""


def judge(members: Sequence[Member]) -> Judgement:
    """所有劳动年龄成员都没有工作，且至少一人有就业意愿 makes a 零就业家庭."""
    if any(member.status in WORKING for member in members):
        return Judgement(HouseholdState.WORKING, "有成员就业")
    of_age = [member for member in members if member.working_age is not False]
    if not of_age:
        return Judgement(HouseholdState.NO_LABOUR, "没有劳动年龄成员")
    unknown = sum(member.working_age is None or member.status not in AT_LEISURE for member in of_age)
    if unknown:
        return Judgement(HouseholdState.TO_VERIFY, f"{unknown} 名成员的年龄段或就业状况不清楚")
    willing = [member for member in of_age if member.status is JobStatus.SEEKING and member.worker_id]
    if not willing:
        return Judgement(HouseholdState.NO_WISH, f"{len(of_age)} 名劳动年龄成员都暂无就业意愿或在培训见习")
    target, why = choose_target(willing)
    text = f"{len(of_age)} 名劳动年龄成员都没有工作，{len(willing)} 人有就业意愿"
    return Judgement(HouseholdState.ZERO_EMPLOYMENT, text, target, why)


def choose_target(willing: Sequence[Member]) -> tuple[str, str]:
    """Whom to help first: most postings found, then reachable by phone, then last in touch, then by id.

    Nothing about sex, age, health or poverty enters. willing: at least one, each with a worker_id.
    """

    def place(member: Member) -> tuple[int, bool, float, str]:
        touched = member.last_contact_at.timestamp() if member.last_contact_at else 0.0
        return (-member.matching_jobs, not member.has_phone, -touched, member.worker_id or "")

    first = min(willing, key=place)
    if len(willing) == 1:
        why = "只有这一人有就业意愿"
    elif first.matching_jobs > max(one.matching_jobs for one in willing if one is not first):
        why = f"合适的岗位最多（{first.matching_jobs} 个）"
    elif first.has_phone and not all(one.has_phone for one in willing):
        why = "有电话，联系得上"
    elif first.last_contact_at is not None:
        why = "最近联系过"
    else:
        why = "条件相同，按编号先后"
    return first.worker_id or "", why


def due_day(since: datetime, weekdays: int) -> date:
    """The last day of a term of so many weekdays after the day of `since` (public holidays not taken out)."""
    day = local_date(since)
    while weekdays > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY:
            weekdays -= 1
    return day
