"""One sentence in a worker's own words (一句话求职)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.demo.pay_wording import rounded_pay
from matcher.demo.places import Spot
from matcher.demo.wording import Draw, Wording, phrase, trades, typos

if TYPE_CHECKING:
    from matcher.demo.people import WorkerTruth

_TYPO_SHARE = 0.04
_VAGUE_SHARE = 0.06


def worker_sentence(draw: Draw, truth: WorkerTruth, home: Spot, wording: Wording) -> str:
    """What the person would say at the window; notes in `truth.spoken` what was said."""

    def say(key: str, **values: object) -> str:
        return draw.pick(phrase("worker", key, wording)).format(**values)

    def spoken(key: str, chance: float) -> bool:
        truth.spoken[key] = draw.chance(chance)
        return truth.spoken[key]

    wish = trades()[truth.wish]
    if (not truth.levels and spoken("vague", 0.4)) or spoken("vague", _VAGUE_SHARE):
        head = say("vague")
    else:
        head = say("open") + draw.pick(wish.say("says", wording))
    parts = [head]
    if truth.levels and spoken("years", 0.3):
        parts.append(say("years", n=max(1, round(max(truth.levels.values())))))
    elif not truth.levels and spoken("learn", 0.5):
        parts.append(say("learn"))
    if truth.certificates and spoken("certificate", 0.6):
        name, valid = truth.certificates[0]
        parts.append(say("cert" if valid else "cert_expired", c=name))
    parts += _terms(draw, truth, home, wording)
    text = draw.pick(("，", "，", "，", " ", "。")).join(parts)
    if draw.chance(_TYPO_SHARE):
        for right, wrong in typos().items():
            if right in text:
                return text.replace(right, wrong, 1)
    return text


def _terms(draw: Draw, truth: WorkerTruth, home: Spot, wording: Wording) -> list[str]:
    """Place, pay, time and constraints, each said or left unsaid."""

    def say(key: str, **values: object) -> str:
        return draw.pick(phrase("worker", key, wording)).format(**values)

    def spoken(key: str, chance: float) -> bool:
        truth.spoken[key] = draw.chance(chance)
        return truth.spoken[key]

    parts: list[str] = []
    if spoken("place", 0.45):
        if truth.out_of_town:
            parts.append(say("any_place"))
        elif draw.chance(0.6):
            parts.append(say("near", place=draw.pick((home.town, home.name))))
        else:
            parts.append(say("home"))
    if spoken("pay", 0.4):
        unit = "day" if trades()[truth.wish].pay_unit == "day" else "month"
        amount = rounded_pay(unit, truth.reservation / (24.0 if unit == "day" else 1.0))
        parts.append(say("pay_day" if unit == "day" else "pay_month", n=amount))
    elif draw.chance(0.05):
        parts.append(say("pay_any"))
    if spoken("settlement", 0.35 if truth.needs_cash else 0.06):
        parts.append(say("settle_daily" if truth.needs_cash else "settle_monthly"))
    parts += [say(name) for name in truth.constraints if spoken(name, 0.55)]
    if not truth.schooling_reads and spoken("no_reading", 0.6):
        parts.append(say("no_reading"))
    if truth.wants_lodging and spoken("lodging", 0.7):
        parts.append(say("lodging"))
    elif spoken("meals", 0.04):
        parts.append(say("meals"))
    if truth.companions == 2 and spoken("group", 0.7):
        parts.append(say("couple"))
    elif truth.companions > 2 and spoken("group", 0.8):
        parts.append(say("gang", n=truth.companions))
    return parts
