"""Texts of a push for SMS, phone and WeChat, made from its fields alone (推送文字).

INVARIANTS
- Nothing is said that no field holds; a missing pay is said to be missing.
- Pay and place are never shortened, and no text is cut inside a number.
- Replies: with one posting 1 = 想去, 2 = 不合适, 3 = 请联系我; with n postings 1…n = that one, n+1 = 都不合适,
  n+2 = 请联系我. `matcher.delivery.replies` reads them the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from matcher.delivery.message import NEGOTIABLE, PAY_UNKNOWN, MessageItem, PushMessage

ONE_SMS_UNITS = 70
LONG_SMS_UNITS = 67  # a part of a long SMS gives three units to its header
MOST_SEGMENTS = 3
SHORT_TITLE_CHARS = (24, 14, 8)
REMINDERS = ("不交钱", "不押证", "有问题打12333")
_SPACES = re.compile(r"\s+")
_DIGIT = re.compile(r"[\d.]", re.ASCII)
_HAN_BEYOND_BMP = range(0x20000, 0x40000)
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})
_SYMBOLS_OF_UNITS = (range(0x2100, 0x2150), range(0x3200, 0x3400))  # ℃, №, ㎡; other symbols are pictures


@dataclass(frozen=True, slots=True)
class SmsText:
    """An SMS. units: UTF-16 code units, what the operator counts; segments: parts it is billed as."""

    text: str
    units: int
    segments: int


def plain(text: str) -> str:
    """One line without emoji, control or direction marks, which phones and fonts show as boxes."""
    kept = "".join(filter(_is_printed, unicodedata.normalize("NFC", _SPACES.sub(" ", text))))
    return _SPACES.sub(" ", kept).strip()


def _is_printed(char: str) -> bool:
    code, category = ord(char), unicodedata.category(char)
    if code >= 0x10000:
        return code in _HAN_BEYOND_BMP
    if category == "So":
        return any(code in block for block in _SYMBOLS_OF_UNITS)
    return category not in _DROPPED


def shortened(text: str, chars: int) -> str:
    """At most `chars` characters, the last one "…" when something was cut; never cut inside a number."""
    if len(text) <= chars:
        return text
    end = chars - 1
    while end > 0 and _DIGIT.match(text[end]) and _DIGIT.match(text[end - 1]):
        end -= 1
    return text[:end].rstrip() + "…"


def pay_text(item: MessageItem) -> str:
    """Pay with its settlement: 300元/天(日结); 面议 stays 面议."""
    pay = plain(item.pay)
    if not pay:
        return PAY_UNKNOWN
    settlement = plain(item.settlement)
    return f"{pay}({settlement})" if settlement and pay != NEGOTIABLE else pay


def reply_instruction(count: int, *, full: bool = False) -> str:
    """What to send back for `count` postings. full: name the call as well where three answers are taken."""
    if count == 1:
        return "回1想去,2不合适,3请联系我"
    numbers = "、".join(str(number) for number in range(1, count))
    text = f"想去回{numbers}或{count},都不合适回{count + 1}"
    return f"{text},请联系我回{count + 2}" if full else text


def sms_text(message: PushMessage) -> SmsText:
    """The fullest text that fits one SMS; else the fullest within three parts, what matters first."""
    texts = [layout(message, chars) for layout in _LAYOUTS for chars in SHORT_TITLE_CHARS]
    fitting = [text for text in texts if segments(text) == 1]
    if not fitting:
        fitting = [text for text in texts if segments(text) <= MOST_SEGMENTS] or texts[-1:]
    return SmsText(fitting[0], sms_units(fitting[0]), segments(fitting[0]))


def sms_units(text: str) -> int:
    """Length as an operator counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def segments(text: str) -> int:
    """Parts an SMS is sent as: 70 units in one, 67 a part in more; a character is never split."""
    if sms_units(text) <= ONE_SMS_UNITS:
        return 1
    parts, room = 1, LONG_SMS_UNITS
    for char in text:
        units = sms_units(char)
        if units > room:
            parts, room = parts + 1, LONG_SMS_UNITS
        room -= units
    return parts


def call_script(message: PushMessage) -> str:
    """What a caseworker says on the phone, line by line; ends with the three reminders."""
    lines = [f"您好，我是{plain(message.office)}的，给您介绍工作，方便听一分钟吗？"]
    lines += [f"第{item.number}个：{'，'.join(_told(item))}。" for item in message.items]
    if len(message.items) == 1:
        lines.append("您想去吗？不合适是因为什么？要不要单位直接跟您联系？")
    else:
        lines.append("这几个您想去哪一个？都不合适是因为什么？")
    lines.append("提醒您：" + "，".join(REMINDERS) + "。")
    return "\n".join(lines)


def _told(item: MessageItem) -> list[str]:
    left = "" if item.headcount_left is None else f"还要{item.headcount_left}人"
    bring = "带上" + "、".join(plain(thing) for thing in item.bring) if item.bring else ""
    parts = (item.title, item.employer, pay_text(item), item.place, item.reach, left, bring, item.reason)
    return [text for text in map(plain, parts) if text]


def _day(message: PushMessage) -> str:
    return f"{message.expires_on.month}月{message.expires_on.day}日"


def _core(message: PushMessage, title_chars: int) -> str:
    """Titles, pay, places and how to answer: what stands in the first part."""
    listed = [
        (f"{item.number}." if len(message.items) > 1 else "")
        + " ".join(
            part
            for part in (shortened(plain(item.title), title_chars), pay_text(item), plain(item.place))
            if part
        )
        for item in message.items
    ]
    return f"【{plain(message.office)}】" + "；".join(listed) + "。" + reply_instruction(len(message.items))


def _details(message: PushMessage) -> str:
    single = len(message.items) == 1
    told = []
    for item in message.items:
        left = "" if item.headcount_left is None else f"还要{item.headcount_left}人"
        bring = "带" + "、".join(plain(thing) for thing in item.bring) if item.bring else ""
        facts = [text for text in (plain(item.employer), plain(item.reach), left, bring) if text]
        if facts:
            told.append(("" if single else f"{item.number}.") + ",".join(facts))
    return "；".join(told)


def _link(message: PushMessage) -> str:
    # spaces around it, or a phone takes the next character for a part of the address
    return f"。点 {message.answer_url} 回复" if message.answer_url else ""


def _end(message: PushMessage) -> str:
    return f"。不交钱不押证,问{message.office_phone},{_day(message)}前有效"


def _full(message: PushMessage, title_chars: int) -> str:
    details = _details(message)
    return _core(message, title_chars) + (f"。{details}" if details else "") + _link(message) + _end(message)


_REMINDER = f"。{REMINDERS[0]}{REMINDERS[1]}"
_LAYOUTS: tuple[Callable[[PushMessage, int], str], ...] = (
    _full,
    lambda message, chars: _core(message, chars) + _link(message) + _end(message),
    lambda message, chars: _core(message, chars) + _link(message) + _REMINDER,
    lambda message, chars: _core(message, chars) + _end(message),
    lambda message, chars: _core(message, chars) + _REMINDER,
    _core,
)
"""From the fullest text to the barest; each is tried with shorter and shorter titles."""
