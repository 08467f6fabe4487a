"""What a person's SMS reply means (短信回复).

A reply is understood only when the whole of it is: a clear answer with its number, reason or wish. Anything
else stays unread and goes to a caseworker as it came; unknown stays unknown, and silence is never a no.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from matcher.domain.labelled import Labelled
from matcher.domain.service_terms import ResponseReason

LONGEST_REPLY = 60


class ReplyKind(Labelled):
    """What a reply says (回复含义)."""

    INTERESTED = "interested", "想去"
    UNSUITABLE = "unsuitable", "不合适"
    CALL_ME = "call_me", "请联系我"
    QUESTION = "question", "有疑问"
    STOP = "stop", "退订短信"
    UNREAD = "unread", "未读懂"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as read. items: numbers of the postings it is about, empty when it is about none.

    A QUESTION changes no state, a caseworker answers it. A STOP is a matter of consent for the caseworker: no
    more SMS, and no answer to any posting.
    """

    kind: ReplyKind
    items: tuple[int, ...] = ()
    reason: ResponseReason | None = None

    @property
    def understood(self) -> bool:
        """False: a caseworker has to read it."""
        return self.kind is not ReplyKind.UNREAD


UNREAD = Reply(ReplyKind.UNREAD)

_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_N = "[1-9一二三四五六七八九]"
_ONE = f"(?:第?{_N}(?:个|号|条|份)?(?:岗位|工作|活)?)"
_LIST = f"{_ONE}(?:(?:和|跟|与|、|,)?{_ONE})*"
_GO = "(?:我?(?:想去|要去|愿意去|去|要|想干|愿意|有意向|报名|感兴趣))"
_NOT_GO = "(?:不去|不想去|不要|不合适|不适合|不行|不考虑|不干|不愿意去|去不了|没兴趣)"
_ALL = "(?:都|全都|两个都|全部)"
_CALL = re.compile(
    "(?:请|麻烦)?(?:给我)?(?:打个?电话|联系|联系我|打我?电话|回个?电话|来电|电话)(?:给我|联系我|联系)?"
)
_STOP = re.compile("(?:td|t|退订|退|取消订阅|不要再?发(?:短信)?|别再?发(?:短信)?)")
_QUESTION = re.compile(
    "(?:工资|一天|一个月|每月|到底)?(?:多少钱|多少工资|什么时候(?:去|上班)|几点(?:上班|去)|在哪里?|在什么地方|"
    "管饭吗|包吃住吗|包住吗|日结吗|远吗|怎么去|还要人吗|还招人?吗)"
)
_POLITE = re.compile("^(?:你好|您好|领导好|同志)+|(?:谢谢|谢了|多谢|辛苦了|吧|(?<!不)了|啊|呢|呀|哦|哈|的)+$")
_EDGE = re.compile(r"^[\s,.!?;:~'\"]+|[\s,.!?;:~'\"]+$")

_REASONS = (
    (ResponseReason.TOO_FAR, "(?:太|有点)?远|路远"),
    (ResponseReason.LOW_PAY, "(?:钱|工资|给的)(?:太|有点)?(?:少|低)|钱少"),
    (ResponseReason.SETTLEMENT, "(?:不是日结|不日结|结算不合适)"),
    (ResponseReason.HOURS, "(?:时间(?:不合适|不行|不对)|不(?:上|干|能上)夜班)"),
    (ResponseReason.TOO_HARD, "(?:太累|干不动|太重|做不动|干不了)"),
    (ResponseReason.NO_CERTIFICATE, "(?:我?没有?证)"),
    (ResponseReason.NO_LODGING, "(?:不包住|没(?:有)?(?:住的地方|地方住|宿舍))"),
    (ResponseReason.NOT_GENUINE, "(?:假的|骗人的?|骗子)"),
    (ResponseReason.EMPLOYED, "(?:我?(?:已经?)?(?:有工作|找到(?:工作|活))|我?已经?(?:有活|上班)|我?在上班)"),
    (ResponseReason.FAMILY, "(?:家里?(?:有事|走不开|离不开)|要?带(?:孩子|娃)|(?:看|接)孩子)"),
)
_ABOUT_THE_PERSON = frozenset({ResponseReason.EMPLOYED, ResponseReason.FAMILY})
"""Reasons that hold for every posting; all others are about one of them."""
_REASON = re.compile("|".join(f"(?P<{reason.value}>{words})" for reason, words in _REASONS))
_REASON_OF_GROUP: dict[str, ResponseReason] = {reason.value: reason for reason, _ in _REASONS}
_RUN_TOGETHER = re.compile(f"{_N}{{2}}")
_BARE = re.compile(f"(?:回复?|选)?(?P<items>{_LIST})")
_YES = re.compile(f"(?:{_GO}(?P<after>{_LIST})|(?P<before>{_LIST})(?:都|我)?{_GO})")
_NO = re.compile(f"(?:{_NOT_GO}(?P<after>{_LIST})|(?P<before>{_LIST})(?:都|我)?{_NOT_GO})")
_SPLIT_REASON = re.compile(f"(?P<items>{_LIST})?(?P<all>{_ALL})?(?P<rest>.+)")


def parse_reply(text: str, items: int) -> Reply:
    """Read one reply to a message of `items` postings (1 to 7)."""
    said = _folded(text)
    if not said or len(said) > LONGEST_REPLY:
        return UNREAD
    if _STOP.fullmatch(said):
        return Reply(ReplyKind.STOP)
    if _CALL.fullmatch(said):
        return Reply(ReplyKind.CALL_ME)
    if _QUESTION.fullmatch(said):
        return Reply(ReplyKind.QUESTION)
    return _by_number(said, items) or _by_words(said, items) or _by_reason(said, items) or UNREAD


def _folded(text: str) -> str:
    said = unicodedata.normalize("NFKC", text[: 4 * LONGEST_REPLY]).casefold()
    said = said.replace("。", ".").replace(" ", "")
    for pattern in (_EDGE, _POLITE, _EDGE):
        said = pattern.sub("", said)
    return said


def _by_number(said: str, items: int) -> Reply | None:
    """Bare numbers: what the message said each number stands for. Two digits run together say nothing."""
    found = _BARE.fullmatch(said)
    if found is None or _RUN_TOGETHER.search(said):
        return None
    numbers = _numbers(found["items"])
    digit_alone = re.fullmatch(f"(?:回复?|选)?{_N}", said) is not None
    if items == 1:
        meanings: dict[tuple[int, ...], Reply] = {
            (1,): Reply(ReplyKind.INTERESTED, (1,)),
            (2,): Reply(ReplyKind.UNSUITABLE, (1,)),
            (3,): Reply(ReplyKind.CALL_ME),
        }
        # "第二个" to a message with one posting is no answer to it
        return meanings.get(numbers) if digit_alone or numbers == (1,) else None
    if digit_alone and numbers == (items + 1,):
        return Reply(ReplyKind.UNSUITABLE, _all(items))
    if digit_alone and numbers == (items + 2,):
        return Reply(ReplyKind.CALL_ME)
    return Reply(ReplyKind.INTERESTED, numbers) if numbers[-1] <= items else None


def _by_words(said: str, items: int) -> Reply | None:
    """想去, 不去, with or without numbers; a bare 想去 is clear only where there is one posting."""
    if _RUN_TOGETHER.search(said):
        return None
    for kind, bare, numbered in ((ReplyKind.UNSUITABLE, _NOT_GO, _NO), (ReplyKind.INTERESTED, _GO, _YES)):
        if re.fullmatch(f"我?{_ALL}{bare}", said):
            return Reply(kind, _all(items))
        if re.fullmatch(f"我?{bare}", said):
            clear = items == 1 or kind is ReplyKind.UNSUITABLE
            return Reply(kind, _all(items)) if clear else None
        found = numbered.fullmatch(said)
        if found:
            numbers = _numbers(found["after"] or found["before"])
            return Reply(kind, numbers) if numbers[-1] <= items else None
    return None


def _by_reason(said: str, items: int) -> Reply | None:
    """A reason it does not suit. A reason about one posting needs its number where there are several."""
    found = _SPLIT_REASON.fullmatch(said)
    if found is None or _RUN_TOGETHER.search(said):
        return None
    reason = _reason(found["rest"])
    if reason is None:
        return None
    if found["items"]:
        numbers = _numbers(found["items"])
        return Reply(ReplyKind.UNSUITABLE, numbers, reason) if numbers[-1] <= items else None
    if items == 1 or found["all"] or reason in _ABOUT_THE_PERSON:
        return Reply(ReplyKind.UNSUITABLE, _all(items), reason)
    return Reply(ReplyKind.UNREAD, reason=reason)


def _reason(said: str) -> ResponseReason | None:
    found = _REASON.fullmatch(said)
    return _REASON_OF_GROUP[found.lastgroup] if found and found.lastgroup else None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted({_NUMERALS.get(char) or int(char) for char in re.findall(_N, text)}))


def _all(items: int) -> tuple[int, ...]:
    return tuple(range(1, items + 1))
