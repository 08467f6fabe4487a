"""Rules that follow from the region pack alone, for a county without a plan on file (区域包提示)."""

from __future__ import annotations

from matcher.domain.worker_terms import JobStatus, WorkerCategory
from matcher.policy.likely import RegionTerms
from matcher.policy.rules import PolicyKind, PolicyPlan, PolicyRule
from matcher.regions.pack import RegionPack

_LOOKING = frozenset({JobStatus.SEEKING, JobStatus.OUT_OF_CONTACT})
_GRADUATES = frozenset({WorkerCategory.GRADUATE.value, WorkerCategory.GRADUATE_IN_NEED.value})


def county_plan(pack: RegionPack) -> PolicyPlan:
    """就业见习 and 公益性岗位 as the pack has them; each rule names the figure's source and last day."""
    internship, welfare = pack.notes["internship"], pack.notes["welfare_categories"]
    low, high = pack.internship.age_low, pack.internship.age_high
    rules = (
        PolicyRule(
            id=f"{pack.code}.internship",
            kind=PolicyKind.INTERNSHIP,
            name="就业见习",
            text=f"{low}—{high} 岁失业青年可参加就业见习；补贴按本地文件",
            article=internship.source,
            expires=internship.expires,
            statuses=_LOOKING,
            check="本人是否愿意见习",
        ),
        PolicyRule(
            id=f"{pack.code}.internship_graduate",
            kind=PolicyKind.INTERNSHIP,
            name="毕业生就业见习",
            text="离校不久仍未就业的高校毕业生可参加就业见习；补贴按本地文件",
            article=internship.source,
            expires=internship.expires,
            categories=_GRADUATES,
            statuses=_LOOKING,
        ),
        PolicyRule(
            id=f"{pack.code}.public_post",
            kind=PolicyKind.PUBLIC_POST,
            name="公益性岗位安置",
            text="无法通过市场渠道就业的困难人员可申请公益性岗位",
            article=welfare.source,
            expires=welfare.expires,
            categories=frozenset(one.value for one in pack.welfare_categories),
            statuses=frozenset({JobStatus.SEEKING}),
            check="市场渠道是否确实难以就业，先看尝试记录",
        ),
    )
    return PolicyPlan(pack.code, f"{pack.name}区域包", pack.version, rules)


def region_terms(pack: RegionPack) -> RegionTerms:
    """What rules without figures of their own take from the pack."""
    return RegionTerms(
        older_women=pack.older_ages.female,
        older_men=pack.older_ages.male,
        long_term_months=pack.long_term_months,
        internship_ages=(pack.internship.age_low, pack.internship.age_high),
        graduate_years=pack.internship.graduate_years,
    )
