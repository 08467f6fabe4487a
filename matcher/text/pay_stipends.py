"""The 补贴 or 补助 that is the pay of a traineeship or a public-welfare post (补贴当工资)."""

from __future__ import annotations

import re

_WAGE, _YEARLY = "工资", "年薪"
_PAID_BY_STIPEND = re.compile(
    r"见习|实习期|公益性?岗|公益性岗位|护林|管护员|协理员|托底|安置岗|驻村|乡村医生|村医|支[教医农]|三支一扶|西部计划|培训期|试岗"
)
_STIPEND = re.compile(
    r"(?<!每)[月年]补[贴助]|(?:岗位?|生活|见习|实习|基本生活|管护|护林|劳务|公益岗)(?:补贴|补助|津贴)(?:标准|费)?|基本生活费|(?:补贴|补助)标准"
    r"|(?<=每[天日月年])补[贴助]|(?<![一-龥])补[贴助](?=[:为是约]?(?:每[月年天]|一个月)?\s?\d)|(?<=[月年天日][发给领拿])补[贴助](?=\d)|(?<=[元块])的?(?:生活|岗位)?补[贴助](?!标准|[:\d])"
)


def is_paid_by_stipend(folded: str) -> bool:
    """The text speaks of work that is paid by a stipend."""
    return _PAID_BY_STIPEND.search(folded) is not None


def with_stipends_as_wages(folded: str) -> str | None:
    """工资 or 年薪 in place of the word, as long as it; None where no stipend is named."""
    return None if _STIPEND.search(folded) is None else _STIPEND.sub(_as_wage, folded)


def _as_wage(match: re.Match[str]) -> str:
    return (_YEARLY if match.group().startswith("年") else _WAGE).ljust(len(match.group()))
