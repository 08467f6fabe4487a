"""One posting as LED lines, WeChat text, SMS or livestream card, from its fields alone (岗位多渠道文字).

INVARIANTS
- Nothing is said that no field holds: what is unknown is left out, 面议 stays 面议.
- Every text carries the posting's number, 有效期至, and the source of a repost.
- No text is cut inside a number; no emoji or control character leaves. No person has a field here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from matcher.clock import SHANGHAI
from matcher.delivery.message import NEGOTIABLE
from matcher.delivery.wording import (
    ONE_SMS_UNITS,
    REMINDERS,
    SHORT_TITLE_CHARS,
    SmsText,
    plain,
    segments,
    shortened,
    sms_units,
)
from matcher.domain.labelled import Labelled
from matcher.domain.labels import pay_label
from matcher.domain.posting import Posting
from matcher.errors import InvalidInput

LED_CHARS = 30
VALIDITY_UNKNOWN = "有效期未写明"
SMS_DROP_ORDER = (
    "reminders", "benefits", "left", "employer", "settlement", "long title", "phone", "office", "place"
)  # fmt: skip
"""What an SMS gives up, in this order, until it fits; title, pay, number, validity and source stay."""

_KEPT_TOGETHER = re.compile(r"[0-9A-Za-z.,:/+*–-]")
_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")


class RenderingForm(Labelled):
    """What one posting can be turned into (展示形式)."""

    LED = "led", "电子屏"
    NOTICE = "notice", "公告栏A4"
    WECHAT = "wechat", "微信文字"
    SMS = "sms", "短信"
    CARD = "card", "直播卡片"


@dataclass(frozen=True, slots=True)
class Sign:
    """Who tells of the posting: the office and the phone to ask at."""

    office: str
    phone: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A posting as the public may read it; "" , () or None means unknown and is left out.

    number: what people name when they ask. left: places still open. source: whom a repost was taken from.
    duties, conditions: words of the employer, "" where they may not be shown. valid: "有效期至4月1日".
    phone: of the office; the store holds no mark that a posting's own contact was published.
    """

    number: str
    title: str
    valid: str
    office: str
    phone: str
    employer: str = ""
    pay: str = ""
    settlement: str = ""
    place: str = ""
    left: int | None = None
    benefits: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    hours: str = ""
    transport: tuple[str, ...] = ()
    insurance: tuple[str, ...] = ()
    friendly: tuple[str, ...] = ()
    duties: str = ""
    conditions: str = ""
    source: str = ""

    @classmethod
    def of(
        cls,
        posting: Posting,
        sign: Sign,
        *,
        number: str,
        now: datetime,
        conditions: Sequence[str] = (),
        source: str = "",
        with_words: bool = False,
    ) -> Notice:
        """The notice of a posting. with_words: the employer's own sentences may be shown as well."""
        stated = [*conditions, *([posting.requirements] if with_words else [])]
        return cls(
            number=plain(number),
            title=plain(posting.title),
            valid=valid_text(posting.valid_to, now),
            office=plain(sign.office),
            phone=plain(sign.phone),
            employer=plain(posting.employer_name),
            pay=plain(pay_label(posting.pay)),
            settlement=posting.settlement.label if posting.settlement else "",
            place=plain(posting.place.name) if posting.place else "",
            left=posting.headcount_left if posting.headcount_left is not None else posting.headcount,
            benefits=tuple(one.label for one in posting.benefits),
            shifts=tuple(one.label for one in posting.shifts),
            hours=f"每天{posting.hours_per_day:g}小时" if posting.hours_per_day else "",
            transport=tuple(one.label for one in posting.transport),
            insurance=tuple(one.label for one in posting.insurance),
            friendly=tuple(one.label for one in posting.friendly_to),
            duties=_without_numbers(posting.duties) if with_words else "",
            conditions="；".join(filter(None, map(_without_numbers, stated))),
            source=plain(source),
        )

    @property
    def wage(self) -> str:
        """Pay with its settlement: 200元/天(日结); 面议 has none beside it."""
        if self.pay and self.settlement and self.pay != NEGOTIABLE:
            return f"{self.pay}({self.settlement})"
        return self.pay or self.settlement


def valid_text(valid_to: datetime | None, now: datetime) -> str:
    """有效期至 with the last day on which the posting is valid; with the hour when that is today or tomorrow."""
    if valid_to is None:
        return VALIDITY_UNKNOWN
    last = (valid_to - timedelta(microseconds=1)).astimezone(SHANGHAI)
    today = now.astimezone(SHANGHAI)
    day = f"{last.month}月{last.day}日"
    if last.year != today.year:
        return f"有效期至{last.year}年{day}"
    if (last.date() - today.date()).days <= 1 and (last.hour, last.minute) < (23, 59):
        return f"有效期至{day}{valid_to.astimezone(SHANGHAI):%H:%M}"
    return f"有效期至{day}"


def led_lines(notice: Notice, *, chars: int = LED_CHARS) -> tuple[str, ...]:
    """Lines of at most `chars` characters, facts whole where they fit a line; one a turn of the display."""
    facts = (
        notice.title,
        notice.wage,
        notice.place,
        notice.employer,
        _left(notice),
        "、".join(notice.benefits),
        "、".join(notice.shifts),
        f"编号{notice.number}",
        notice.valid,
        _from(notice),
        f"电话{notice.phone}" if notice.phone else "",
    )
    lines: list[str] = []
    for fact in filter(None, facts):
        for part in _broken(fact, chars):
            if lines and len(lines[-1]) + 1 + len(part) <= chars:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
    return tuple(lines)


def wechat_notice(notice: Notice) -> str:
    """A text for a WeChat group: one fact a line, number, validity and reminders at the end."""
    lines = [f"【招聘】{notice.title}"]
    lines += [f"{name}：{value}" for name, value in labelled_facts(notice)]
    lines.append(f"编号：{notice.number}，{notice.valid}")
    if notice.source:
        lines.append(f"信息来源：转载自{notice.source}")
    lines.append(f"{notice.office} {notice.phone}".strip())
    lines.append("，".join(REMINDERS))
    return "\n".join(lines)


def labelled_facts(notice: Notice) -> list[tuple[str, str]]:
    """What is known of a posting beside its title, as (label, value), what matters first."""
    facts = (
        ("工资", notice.wage),
        ("地点", notice.place),
        ("单位", notice.employer),
        ("还招", "" if notice.left is None else f"{notice.left}人"),
        ("班次", "、".join(filter(None, (*notice.shifts, notice.hours)))),
        ("食宿", "、".join(notice.benefits)),
        ("交通", "、".join(notice.transport)),
        ("保险", "、".join(notice.insurance)),
        ("适合", "、".join(notice.friendly)),
        ("条件", notice.conditions),
        ("内容", notice.duties),
    )
    return [(name, value) for name, value in facts if value]


def notice_sms(notice: Notice) -> SmsText:
    """The fullest text within one SMS; what does not fit is given up in `SMS_DROP_ORDER`.

    Raises InvalidInput when number, pay and validity alone do not fit.
    """
    for dropped in range(len(SMS_DROP_ORDER) + 1):
        gone = frozenset(SMS_DROP_ORDER[:dropped])
        titles = SHORT_TITLE_CHARS if "long title" in gone else (len(notice.title),)
        for chars in titles:
            text = _sms(notice, gone, chars)
            if sms_units(text) <= ONE_SMS_UNITS:
                return SmsText(text, sms_units(text), segments(text))
    raise InvalidInput(f"编号、报酬和有效期放不进一条短信（{ONE_SMS_UNITS} 字）；请给岗位编一个短一些的编号")


def _sms(notice: Notice, gone: frozenset[str], title_chars: int) -> str:
    """The SMS without the facts in `gone`."""

    def unless(name: str, text: str) -> str:
        return "" if name in gone else text

    wage = notice.pay if "settlement" in gone else notice.wage
    facts = (
        " ".join(filter(None, (shortened(notice.title, title_chars), wage))),
        unless("place", notice.place),
        unless("employer", notice.employer),
        unless("left", _left(notice)),
        unless("benefits", "、".join(notice.benefits)),
        f"编号{notice.number}",
        notice.valid,
        _from(notice),
        unless("phone", f"电话{notice.phone}" if notice.phone else ""),
        unless("reminders", "".join(REMINDERS[:2])),
    )
    sender = unless("office", f"【{notice.office}】" if notice.office else "")
    return sender + ",".join(filter(None, facts))


def live_card(notice: Notice) -> dict[str, Any]:
    """The fields of a livestream card; unknown ones are absent. No phone: callers come by number and QR."""
    content = asdict(notice)
    del content["phone"], content["duties"], content["conditions"]
    content["wage"] = notice.wage
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in content.items()
        if value not in ("", (), None)
    }


def _left(notice: Notice) -> str:
    return "" if notice.left is None else f"还招{notice.left}人"


def _from(notice: Notice) -> str:
    return f"转载自{notice.source}" if notice.source else ""


def _without_numbers(text: str) -> str:
    """Free text for a public wall: phone and account numbers in it may be a person's."""
    return _LONG_NUMBER.sub("（号码见窗口）", plain(text)).strip("；;。 ")


def _broken(text: str, chars: int) -> list[str]:
    """Parts of at most `chars` characters, broken between words and numbers where that is possible."""
    parts = []
    while len(text) > chars:
        end = chars
        while end > 0 and _KEPT_TOGETHER.match(text[end]) and _KEPT_TOGETHER.match(text[end - 1]):
            end -= 1
        end = end or chars  # one word longer than a line
        parts.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*parts, text] if text else parts
