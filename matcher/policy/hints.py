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
from matcher.policy.likely import RegionTerms, likely_categories, months_since
from matcher.policy.rules import HARDSHIP, PolicyKind, PolicyPlan, PolicyRule

_GRADUATES = frozenset({WorkerCategory.GRADUATE.value, WorkerCategory.GRADUATE_IN_NEED.value})


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What the rules ask of a person; None = not known. categories: approved ones; cancelled: those taken back.

    hardship: categories that count as 就业困难人员 in the region. terms: what the region's pack says.
    """

    categories: Collection[WorkerCategory] = ()
    hardship: Collection[WorkerCategory] = ()
    status: JobStatus | None = None
    age: int | None = None
    unemployed_since: date | None = None
    training_wish: str = ""
    venture_wish: str = ""
    cancelled: Collection[WorkerCategory] = ()
    terms: RegionTerms | None = None

    def likely(self, today: date) -> dict[WorkerCategory, str]:
        """Categories they may hold without its being on file, each with what is to be found out."""
        if self.terms is None:
            return {}
        return likely_categories(
            self.terms,
            age=self.age,
            unemployed_since=self.unemployed_since,
            status=self.status,
            settled={*self.categories, *self.cancelled},
            today=today,
        )


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
        unknown=(*(one.text for one in findings if one.holds is None), *_to_ask(rule, facts)),
        ended=rule.expires is not None and rule.expires < today,
        by_category=bool(rule.categories),
    )


def _findings(rule: PolicyRule, facts: PolicyFacts, today: date) -> Iterator[_Finding]:
    if rule.categories:
        yield _category(rule, facts, today)
    if rule.statuses:
        known = None if facts.status is None else facts.status in rule.statuses
        yield _Finding(known, facts.status.label if facts.status else "就业状况")
    low, high = _ages(rule, facts)
    if low is not None or high is not None:
        yield _age(low, high, facts)
    if rule.unemployed_months is not None:
        yield _unemployed(rule.unemployed_months, facts, today)
    if rule.needs_training_wish:
        yield _Finding(True, "有培训意愿") if facts.training_wish else _Finding(None, "是否有培训意愿")
    if rule.needs_venture_wish:
        yield _Finding(True, "有创业诉求") if facts.venture_wish else _Finding(None, "是否有创业打算")


def _to_ask(rule: PolicyRule, facts: PolicyFacts) -> Iterator[str]:
    """What only a person can find out."""
    if rule.check:
        yield rule.check
    if facts.terms and rule.kind is PolicyKind.INTERNSHIP and rule.categories & _GRADUATES:
        yield f"是否离校 {facts.terms.graduate_years} 年内"


def _category(rule: PolicyRule, facts: PolicyFacts, today: date) -> _Finding:
    named: set[str] = set(rule.categories) | (set(facts.hardship) if HARDSHIP in rule.categories else set())
    held = {one for one in facts.categories if one in named}
    if held:
        return _Finding(True, "、".join(sorted(one.label for one in held)))
    likely = [text for category, text in facts.likely(today).items() if category in named]
    return _Finding(None, "；".join(likely)) if likely else _Finding(False, "")


def _ages(rule: PolicyRule, facts: PolicyFacts) -> tuple[int | None, int | None]:
    """The rule's own ages; those of the region for an internship that names neither age nor category."""
    own = rule.age_low, rule.age_high
    if own == (None, None) and rule.kind is PolicyKind.INTERNSHIP and not rule.categories and facts.terms:
        return facts.terms.internship_ages
    return own


def _age(low: int | None, high: int | None, facts: PolicyFacts) -> _Finding:
    if facts.age is None:
        return _Finding(None, "年龄")
    inside = (low is None or facts.age >= low) and (high is None or facts.age <= high)
    return _Finding(inside, f"{facts.age} 岁")


def _unemployed(months: int, facts: PolicyFacts, today: date) -> _Finding:
    if facts.unemployed_since is None:
        return _Finding(None, f"是否已失业 {months} 个月")
    since = months_since(facts.unemployed_since, today)
    return _Finding(since >= months, f"失业约 {since} 个月")
