"""Signs of fraud that rest on what the office knows, not on words (登记迹象)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.compliance.finding import Finding
from matcher.compliance.rules import RuleBook, Sign

FEN = 100


@dataclass(frozen=True, slots=True)
class Context:
    """What the office knows beside the text; None = unknown, which never counts against a posting.

    pay_month_fen:     lower bound of pay in 分 a month.
    local_p95_fen:     95th percentile of the occupation's pay around here, 分 a month.
    pay_basis:         in words, which postings the percentile was taken from.
    employers_with_phone: different employers that gave this posting's phone.
    employers_with_text:  different employers whose posting has the same duties, word for word.
    employer_age_days:    days since the office first heard of the employer.
    """

    has_phone: bool | None = None
    has_address: bool | None = None
    pay_month_fen: int | None = None
    local_p95_fen: int | None = None
    pay_basis: str = ""
    employers_with_phone: int | None = None
    employers_with_text: int | None = None
    source_channel: str | None = None
    reposted_from: str | None = None
    employer_age_days: int | None = None
    employer_live_postings: int | None = None


NO_CONTEXT = Context()


def context_findings(whole: str, context: Context, book: RuleBook, seen: set[str]) -> list[Finding]:
    """Findings that rest on registry facts.

    whole: the folded text of all fields; seen: grounds that its words already gave.
    """
    return [
        Finding(
            f"sign.{sign.name}", sign.name, sign.severity, 0, 0, "context", sign.message, sign.rewrite, basis
        )
        for sign, basis in _hits(whole, context, book, seen)
    ]


def _hits(whole: str, context: Context, book: RuleBook, seen: set[str]) -> Iterator[tuple[Sign, str]]:
    """Every sign that holds, with the numbers it rests on in words."""
    signs = book.signs
    if context.has_address is False:
        yield signs["no_address"], "没有地址、工地名称或地点"
    if context.has_phone is False and "wechat_only" not in seen and ("微信" in whole or "qq" in whole):
        yield signs["wechat_only"], "没有登记电话"
    if pay_is_outlier(context.pay_month_fen, context.local_p95_fen, signs["pay_outlier"]):
        yield signs["pay_outlier"], _pay_words(context)
    sharers = context.employers_with_phone
    if sharers is not None and sharers >= signs["shared_phone"].limits["employers"]:
        yield signs["shared_phone"], f"{sharers} 家单位登记了同一电话"
    copies = context.employers_with_text
    if copies is not None and copies >= signs["shared_text"].limits["employers"]:
        yield signs["shared_text"], f"{copies} 家单位用同一段文字"
    forwarded = context.source_channel in signs["repost"].limits["channels"]
    if forwarded and not context.reposted_from and "repost" not in seen:
        yield signs["repost"], "转载，未写原发布单位"
    limits = signs["new_employer"].limits
    age, live = context.employer_age_days, context.employer_live_postings
    if age is not None and live is not None and age <= limits["age_days"] and live >= limits["postings"]:
        yield signs["new_employer"], f"登记 {age} 天，在招 {live} 个岗位"


def pay_is_outlier(pay_month_fen: int | None, local_p95_fen: int | None, sign: Sign) -> bool:
    """True when pay is far above the local 95th percentile of the occupation; unknown is never an outlier."""
    if pay_month_fen is None or not local_p95_fen:
        return False
    return pay_month_fen > local_p95_fen * float(sign.limits["p95_factor"])


def _pay_words(context: Context) -> str:
    pay, p95 = (context.pay_month_fen or 0) // FEN, (context.local_p95_fen or 0) // FEN
    among = f"（{context.pay_basis}）" if context.pay_basis else ""
    return f"月薪至少 {pay} 元，同工种 95% 不超过 {p95} 元{among}"
