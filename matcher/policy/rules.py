"""Rules of the published plans: who may fit what, by which article, until when (政策规则).

A rule is a paraphrase of one article of one plan with its number and last day; it helps a caseworker to think of
something, and decides nothing. Rules never reach an employer, a score or a push.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from matcher.domain.labelled import Labelled
from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.errors import InvalidInput

DATA = Path(__file__).parent / "data"
HARDSHIP = "hardship"
"""Stands for the region pack's 就业困难人员."""

_RULE_KEYS = {
    "id", "kind", "name", "text", "article", "expires", "categories", "statuses", "age_low", "age_high",
    "unemployed_months", "needs_training_wish", "needs_venture_wish", "check",
}  # fmt: skip


class PolicyKind(Labelled):
    """What a rule is about (政策类别)."""

    SUBSIDY = "subsidy", "补贴"
    PUBLIC_POST = "public_post", "公益性岗位"
    INTERNSHIP = "internship", "就业见习"
    TRAINING = "training", "技能培训"
    VENTURE = "venture", "创业扶持"
    SERVICE = "service", "就业服务"


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One article. Conditions that are empty or None do not apply; those that are given must all hold.

    categories: any of these, HARDSHIP among them. check: what only a person can find out, said to the caseworker.
    """

    id: str
    kind: PolicyKind
    name: str
    text: str
    article: str
    expires: date | None
    categories: frozenset[str] = frozenset()
    statuses: frozenset[JobStatus] = frozenset()
    age_low: int | None = None
    age_high: int | None = None
    unemployed_months: int | None = None
    needs_training_wish: bool = False
    needs_venture_wish: bool = False
    check: str = ""


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """The rules of one plan. region: code of the region pack; version: code and digest of the file."""

    region: str
    title: str
    version: str
    rules: tuple[PolicyRule, ...]


def plan_of(region: str) -> PolicyPlan | None:
    """The plan that holds in a region, None where none is on file."""
    return policy_plans().get(region)


@lru_cache(maxsize=1)
def policy_plans() -> Mapping[str, PolicyPlan]:
    """Every plan on file by region. Raises InvalidInput that names file, rule and key for a faulty one."""
    return {plan.region: plan for plan in map(read_plan, sorted(DATA.glob("*.toml")))}


def read_plan(path: Path) -> PolicyPlan:
    """Read one file of rules. Raises InvalidInput that names the rule and the fix."""
    raw = path.read_bytes()
    content = tomllib.loads(raw.decode("utf-8"))
    rules = tuple(_rule(path.name, one) for one in content["rule"])
    if len({rule.id for rule in rules}) < len(rules):
        raise InvalidInput(f"{path.name} 里有两条规则同号；每条规则的 id 要不同")
    digest = hashlib.sha256(raw).hexdigest()[:12]
    return PolicyPlan(content["region"], content["title"], f"{content['region']}-{digest}", rules)


def _rule(file: str, plain: dict[str, Any]) -> PolicyRule:
    name = f"{file} 的规则 {plain.get('id', '（没有 id）')}"
    unknown = set(plain) - _RULE_KEYS
    if unknown:
        raise InvalidInput(f"{name} 有不认识的项：{'、'.join(sorted(unknown))}")
    missing = {"id", "kind", "name", "text", "article"} - set(plain)
    if missing:
        raise InvalidInput(f"{name} 缺少：{'、'.join(sorted(missing))}")
    codes = plain.get("categories", [])
    for code in codes:
        if code != HARDSHIP:
            WorkerCategory.read(code, field=f"{name} 的 categories")
    return PolicyRule(
        id=plain["id"],
        kind=PolicyKind.read(plain["kind"], field=f"{name} 的 kind"),
        name=plain["name"],
        text=plain["text"],
        article=plain["article"],
        expires=plain.get("expires"),
        categories=frozenset(codes),
        statuses=frozenset(JobStatus.read(one, field=f"{name} 的 statuses") for one in plain.get("statuses", [])),
        age_low=plain.get("age_low"),
        age_high=plain.get("age_high"),
        unemployed_months=plain.get("unemployed_months"),
        needs_training_wish=plain.get("needs_training_wish", False),
        needs_venture_wish=plain.get("needs_venture_wish", False),
        check=plain.get("check", ""),
    )
