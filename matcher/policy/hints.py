"""Which rules one person may fit, and what is still to be found out (可能符合).

INVARIANTS
- A hint needs a fact that speaks for it; a person of whom nothing is known gets none.
- What is not known is named as 待核实 and rules nothing out; only a known fact that speaks against does.
- A plan that has ended is still shown, and says so: whether it goes on is for a person to find out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.policy.rules import HARDSHIP, PolicyPlan, PolicyRule

DAYS_A_MONTH = 30.44


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What the rules ask of a person; None = not known. categories: approved ones.

    hardship: categories that count as 就业困难人员 in the region.
    """

    categories: Collection[WorkerCategory] = ()
    hardship: Collection[WorkerCategory] = ()
    status: JobStatus | None = None
    age: int | None = None
    unemployed_since: date | None = None
    training_wish: str = ""
    venture_wish: str = ""


@dataclass(frozen=True, slots=True)
class PolicyHint:
    """One rule a person may fit. why: the facts for it; unknown: what is to be found out; ended: the plan is over.

    by_category: it rests on an assistance category, which is shown for a stated reason only.
    """

    rule: PolicyRule
    plan: str
    why: tuple[str, ...]
    unknown: tuple[str, ...]
    ended: bool
    by_category: bool


@dataclass(frozen=True, slots=True)
class _Finding:
    """One condition: True holds, False speaks against, None is not known."""

    holds: bool | None
    text: str


def policy_hints(plan: PolicyPlan, facts: PolicyFacts, today: date) -> list[PolicyHint]:
    """The rules of a plan that the person may fit, in the plan's order."""
    return [hint for rule in plan.rules if (hint := _hint(plan, rule, facts, today)) is not None]


def _hint(plan: PolicyPlan, rule: PolicyRule, facts: PolicyFacts, today: date) -> PolicyHint | None:
    findings = list(_findings(rule, facts, today))
    if any(one.holds is False for one in findings) or not any(one.holds for one in findings):
        return None
    return PolicyHint(
        rule=rule,
        plan=plan.title,
        why=tuple(one.text for one in findings if one.holds),
        unknown=(*(one.text for one in findings if one.holds is None), *([rule.check] if rule.check else [])),
        ended=rule.expires is not None and rule.expires < today,
        by_category=bool(rule.categories),
    )


def _findings(rule: PolicyRule, facts: PolicyFacts, today: date) -> Iterator[_Finding]:
    if rule.categories:
        yield _category(rule, facts)
    if rule.statuses:
        known = None if facts.status is None else facts.status in rule.statuses
        yield _Finding(known, facts.status.label if facts.status else "就业状况")
    if rule.age_low is not None or rule.age_high is not None:
        yield _age(rule, facts)
    if rule.unemployed_months is not None:
        yield _unemployed(rule.unemployed_months, facts, today)
    if rule.needs_training_wish:
        yield _Finding(True, "有培训意愿") if facts.training_wish else _Finding(None, "是否有培训意愿")
    if rule.needs_venture_wish:
        yield _Finding(True, "有创业诉求") if facts.venture_wish else _Finding(None, "是否有创业打算")


def _category(rule: PolicyRule, facts: PolicyFacts) -> _Finding:
    held = {one for one in facts.categories if one.value in rule.categories}
    if HARDSHIP in rule.categories:
        held |= set(facts.categories) & set(facts.hardship)
    names = "、".join(sorted(one.label for one in held))
    return _Finding(bool(held), names)


def _age(rule: PolicyRule, facts: PolicyFacts) -> _Finding:
    low, high = rule.age_low, rule.age_high
    if facts.age is None:
        return _Finding(None, "年龄")
    inside = (low is None or facts.age >= low) and (high is None or facts.age <= high)
    return _Finding(inside, f"{facts.age} 岁")


def _unemployed(months: int, facts: PolicyFacts, today: date) -> _Finding:
    if facts.unemployed_since is None:
        return _Finding(None, f"是否已失业 {months} 个月")
    since = int((today - facts.unemployed_since).days / DAYS_A_MONTH)
    return _Finding(since >= months, f"失业约 {since} 个月")
