"""Any parsed value in a few Chinese characters, for people who check what was read (取值的文字)."""

from __future__ import annotations

from datetime import date, datetime
from functools import singledispatch

from matcher.clock import local_date
from matcher.domain.labelled import Labelled
from matcher.domain.labels import pay_label
from matcher.domain.posting import AgeLimit
from matcher.domain.posting_terms import Basis
from matcher.domain.values import CertificateRequirement, HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker_terms import SkillLevel
from matcher.lexicon.certificates import certificates
from matcher.text.posting_fields.quarantine import Limit
from matcher.text.utterance_fields.reach import Reach
from matcher.text.utterance_fields.when import FreeTime


@singledispatch
def value_label(value: object) -> str:
    """`value` as a person reads it: 350元/天, 骑车20分钟内, 低压电工作业证; numbers without needless zeros."""
    return str(value)


@value_label.register
def _labelled(value: Labelled) -> str:
    return value.label


@value_label.register
def _truth(value: bool) -> str:
    return "是" if value else "否"


@value_label.register
def _number(value: float) -> str:
    return f"{value:g}"


@value_label.register
def _day(value: date) -> str:
    return (local_date(value) if isinstance(value, datetime) else value).isoformat()


@value_label.register
def _pay(value: Pay) -> str:
    return pay_label(value)


@value_label.register
def _place(value: Place) -> str:
    return f"{value.name}（{value.region_code}）" if value.region_code else value.name


@value_label.register
def _occupation(value: Occupation) -> str:
    return f"{value.name}（{value.code}）"


@value_label.register
def _held(value: HeldCertificate) -> str:
    return _certificate(value.code, value.level)


@value_label.register
def _required(value: CertificateRequirement) -> str:
    wish = "" if value.required else "优先"
    law = "（法定）" if value.basis is Basis.STATUTORY else ""
    return _certificate(value.code, value.level) + wish + law


@value_label.register
def _age(value: AgeLimit) -> str:
    low = "" if value.low is None else str(value.low)
    high = "" if value.high is None else str(value.high)
    span = f"{low}–{high}岁" if low and high else (f"{low}岁起" if low else f"{high}岁以内")
    return f"{span}（{value.basis.label}）"


@value_label.register
def _limit(value: Limit) -> str:
    return value.text


@value_label.register
def _reach(value: Reach) -> str:
    mode = "" if value.mode is None else value.mode.label
    said = "" if value.km is None else f"（{value.km:g} 公里）"
    return f"{mode}{value.minutes}分钟内{said}"


@value_label.register
def _free(value: FreeTime) -> str:
    weekend = "周末" if value.weekend else ""
    if value.start is not None and value.end is not None:
        return f"{weekend}{_clock(value.start)}–{_clock(value.end)}"
    if value.start is not None:
        return f"{weekend}{_clock(value.start)}以后"
    return weekend if value.end is None else f"{weekend}{_clock(value.end)}以前"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _certificate(code: str, level: SkillLevel) -> str:
    table = certificates()
    name = table.name(code) if code in table.codes else code
    return name if level is SkillLevel.NONE else f"{name}{level.label}"
