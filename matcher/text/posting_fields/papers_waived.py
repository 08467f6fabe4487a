"""Papers that a posting names and says it does not need (不要求的证)."""

from __future__ import annotations

import re

_BEFORE_CHARS = 24
_AFTER_CHARS = 40
_JOINING = re.compile(r"\s?(?:、|/|和|及|与|或者?|以及|跟|\+)(?:者|是)?\s?")
_HELD = r"(?:有没有|有无|是否)?(?:必须|一定|非)?(?:要|得|先)?(?:持有?|有|考|办|拿|提供|具备|取得|出示|带)?(?:什么|任何|啥)?"
_WAIVED_BEFORE = re.compile(
    r"(?:不看|不查|不问|不管|不卡|不在乎|不强求|不强制|不硬性|不做|不作|不需要?|不必|不一定|不用|不要求?|用不着|用不上|无须|无需|毋需|毋须|免|没必要"
    rf"|不论|无论|不讲究|不挑|不计较)(?:要求|规定|硬性要求|求)?{_HELD}$|(?:有没有|有无|有没|有不有|是否[持有]+)$"
)
_TRAINED = re.compile(
    r"(?:学成|学完|学会|结业|毕业|出师|学满|培训(?:结束|合格|完|期满)|考核合格|期满)(?:之?后)?[^,。;\n]{0,10}(?:发|考|拿|包|颁|领|获|办|取得|送|给|推荐)[^,。;\n]{0,6}$"
    r"|(?:公司|厂里|店里|老板|单位|我们)(?:出钱|出资|掏钱|花钱)(?:[给帮让]你?)?(?:去)?考$"
    r"|包(?:考|拿|取|发|教|出|办|过|下)(?:取|到|得|出)?(?:国家|正规|全国通用|相关)?$"
)
_ADVERBS = (
    r"(?:(?:也|都|统统|通通|统一|一概|一律|全|全部|均|并|的话|啥的|这些|之类|什么的|倒|其实|等"
    r"|我们|我司|这里|本店|本厂|公司|店里|厂里|一样|暂|目前|暂时|可以|咱|,){0,3})"
)
_NO_MATTER = r"(?:不要紧|没关系|没有关系|没事|无妨|不影响|不碍事|不打紧|无所谓|不妨|不碍|没问题|没啥|不算事)"
_NOT_ASKED = (
    r"(?:不(?:作为?|做|是|属|列为|算|当)?(?:本岗|本岗位)?(?:硬性|硬|强制|强行|刚性|必要|必须|必备|任何|特别|严格|统一|死)?(?:性)?(?:的)?(?:要求|规定|限制|条件|门槛|指标)(?!低|注册|[高中初]级|级别|等级|年限|在|驻|本地|一定)"
    r"|不是非[要得]|可以?没有?(?=[,。;\n的]|$)|不是?必[须需要备]|非必[须需要备]|不(?:看|查|卡|问|强求|强制|讲究|计较|挑|限|需要|必要|论)(?![低时少])|用不着|用不上|不需(?!自)|不用(?!自|花|交|担|愁|你)|免了?(?=[,。;\n]|$))"
)
_WAIVED_AFTER = re.compile(
    rf"{_ADVERBS}(?:{_NOT_ASKED}|{_NO_MATTER}"
    rf"|(?:有没有|有无|有不有|有或没有|有与没有|有和没有|没有?|缺|无|没考|没办)(?:的|者|的人)?{_ADVERBS}(?:{_NO_MATTER}|也?(?:可以?|行|能来|能干|能做|收|要|招|欢迎|成)(?![办考补先]))"
    r"|(?:有没有|有无)(?:都|均|不)"
    r"|[,、/]?(?:和|或|跟|与)?(?:没有?|无|不带)[^,。;\n]{1,8}?[证照本](?:的|者|的人)?(?:(?:工资|待遇)?一样(?=[,。;\n]|$)|(?:也|都|均|全|皆|一样|同样){1,2}(?:可以?|行|能|要|收|招|欢迎|成)))"
)
_LIST_WAIVED = re.compile(
    r"(?:、|和|及|与|或|以及)[^,。;\n没无的]{1,16}?(?:统统|通通|一概|一律|全都|全部?|均|都|皆)(?:不(?:作|做)?(?:硬性|强制)?(?:要求|限|看|查|卡|论|问|需要|必|强求|强制)|不用|不要(?!紧)|无要求|没要求|免)"
)
_HELD_BEFORE = re.compile(r"(?:[有需须要持带凭]|具备|提供|必备)$")
_STILL_LIKED = re.compile(r"[的,]{0,2}(?:但|但是|如|若|如果)?(?:持|有)(?:了|的|证|者|证者|证的)?[^,。;\n]{0,4}(?:优先|加|更|补|奖|多|另)")
_MADE_LATER = re.compile(r"[^。;\n]{0,16}?(?:办|考[出取到下]|补)")
_HEALTH = "健康"


def waived_papers(text: str, spans: list[tuple[int, int]]) -> frozenset[int]:
    """Places in `spans` (in text order) of papers that are not needed: 有没有叉车证都行, 保安证没有不要紧.

    What denies the first paper of a list denies the others that 、 or 或 joins to it.
    """
    waived: set[int] = set()
    for place, (start, end) in enumerate(spans):
        before = spans[place - 1][1] if place else 0
        joined = place - 1 in waived and before <= start and _JOINING.fullmatch(text, before, start)
        if joined or _waived(text, start, end):
            waived.add(place)
    for place in range(len(spans) - 2, -1, -1):
        start, end = spans[place]
        following = spans[place + 1]
        if place + 1 not in waived or not end <= following[0] or not _JOINING.fullmatch(text, end, following[0]):
            continue
        if _waived_after(text, *following) and not _HELD_BEFORE.search(text, max(0, start - 2), start):
            waived.add(place)
    return frozenset(waived)


def _waived(text: str, start: int, end: int) -> bool:
    said = text[max(0, start - _BEFORE_CHARS) : start]
    if _WAIVED_BEFORE.search(said) is not None or _waived_after(text, start, end):
        return True
    return _HEALTH not in text[start:end] and _TRAINED.search(said) is not None


def _waived_after(text: str, start: int, end: int) -> bool:
    until = end + _AFTER_CHARS
    match = _WAIVED_AFTER.match(text, end, until)
    if match is not None:
        later = _HEALTH in text[start:end] and _MADE_LATER.match(text, match.end(), until)
        return not later and _STILL_LIKED.match(text, match.end(), until) is None
    if _HELD_BEFORE.search(text, max(0, start - 2), start) is not None:
        return False
    return _LIST_WAIVED.match(text, end, until) is not None
