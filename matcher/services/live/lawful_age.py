"""The one lawful answer to a question about age (年龄问题的合法回答)."""

from __future__ import annotations

from matcher.ranking.eligibility import ADULT_AGE, WORKING_AGE
from matcher.ranking.local_limits import local_limits

UNDER_WORKING_AGE = f"法律不允许：未满{WORKING_AGE}周岁，任何单位都不能招用（劳动法第十五条）"
PROTECTED = (
    f"可以做，但未满{ADULT_AGE}周岁受特殊保护：重体力、高处、高温、有毒有害和夜班的活都不能安排（劳动法第六十四条）"
)
NO_LIMIT = "年龄不限，看身体和技能；法律另有规定的岗位，卡片上会写明依据"


def age_answer(age: int | None, region: str = "") -> str:
    """What the host says; "" when no age was named. region: of the office, for local rules that are turned on."""
    if age is None:
        return ""
    if age < WORKING_AGE:
        return UNDER_WORKING_AGE
    if age < ADULT_AGE:
        return PROTECTED
    over = [one for one in local_limits() if region.startswith(one.region[:6]) and age > one.age_high]
    if over:
        return f"本地对部分岗位有年龄规定（{over[0].basis}）；其他岗位不限，看身体和技能"
    return NO_LIMIT
