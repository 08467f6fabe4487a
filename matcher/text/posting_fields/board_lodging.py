"""Board and lodging said in a sentence instead of a fixed word (食宿): 管中午一顿, 吃住跟队, 吃饭自己解决.

The fixed words (包吃住, 餐补) are cues; these patterns add what the cues do not know, and what is denied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from matcher.domain.posting_terms import Benefit
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied

_MEAL = r"(?:早饭|午饭|中饭|晚饭|早餐|午餐|中餐|晚餐|夜宵|盒饭|工作餐|员工餐|[一两二三123]\s?顿饭?|[一两二三123]\s?餐)"
_ROOM = r"(?:宿舍|公寓|住宿|板房|集装箱|彩钢房|平房|店里|民房|标间|宾馆|住处|住的地方|床位)"
_HOST = r"(?:公司|厂[里内]?|单位|项目部?|甲方|东家|老板|店[里家]|船|工地|队|塘口|场[里内]?|雇主|主家|企业)"
_GIVEN: tuple[tuple[tuple[Benefit, ...], re.Pattern[str]], ...] = (
    (
        (Benefit.MEALS,),
        re.compile(
            rf"(?:[管包供发]|提供|免费|含|有)[^,。;、\n\d补贴标卡用交钱]{{0,4}}?{_MEAL}(?!补|标|费|券)"
            rf"|(?:(?:早|午|中|晚|工作|员工)餐|中午)[:;]?(?:盒饭|免费|一餐|一顿|有饭)|(?<![\d一-龥])[两三]顿饭(?![钱费])|(?:^|[,、;:+])(?:三餐|午餐|工作餐|员工餐|中餐)(?=[,、;。\n]|$)|中午管"
            rf"|食堂(?:免费|包|管(?!理))[^补]"
        ),
    ),
    (
        (Benefit.MEALS, Benefit.LODGING),
        re.compile(
            rf"(?:吃住|食宿|吃喝住)(?:都|全|均|统一|一律)?(?:(?:在|跟|由|归){_HOST}|跟着?走|免(?!谈)|不花钱|不要钱|全管|{_HOST}(?:管|包|解决|负责|承担|安排))"
        ),
    ),
    (
        (Benefit.LODGING,),
        re.compile(
            rf"(?:提供|有|配|安排|免费|给安排|带|住)(?!房补)[^,。;、\n补贴\d]{{0,6}}?{_ROOM}(?!补|楼|管|维|自理|费|卫|区|长|床品|销售|[和与]?[清打保])"
            r"|住的(?:地方)?有|有地方住|(?:活动)?板房住宿|宿舍(?:步行|免费|离|[在就]|[四六八\d]人间|带空调|有空调)|住宿舍"
        ),
    ),
    (
        (Benefit.MEAL_ALLOWANCE,),
        re.compile(
            r"(?:食堂|每餐|餐|饭|伙食|[三午早晚]餐|用餐|误餐)[^,。;、\n\d]{0,4}(?:补(?:贴|助)|补(?=\s?\d)|有补)"
        ),
    ),
    (
        (Benefit.COUPLE_ROOM,),
        re.compile(
            r"(?:夫妻|两口子)(?:俩|俩人|两人|工|一起)?(?:来)?[^,。;、\n]{0,6}(?:单间|双人间|单独[住房]|一间房?)"
        ),
    ),
)
_SELF = r"(?:都|全|得|要|均|一律)?\s?(?:自理|自费|自付|自备|自己(?:解决|做|管|掏|出|吃|找|想)|个人(?:解决|承担))"
_DENIED: tuple[tuple[tuple[Benefit, ...], re.Pattern[str]], ...] = (
    ((Benefit.MEALS, Benefit.LODGING), re.compile(rf"(?:吃住|食宿|吃喝住)[^,。;、\n]{{0,3}}{_SELF}")),
    (
        (Benefit.MEALS,),
        re.compile(
            rf"(?:吃饭|吃的|伙食费?|(?<![一-龥])饭|午饭|午餐|用餐|三餐|就餐|餐费|餐饮|吃喝|食堂){_SELF}|管住不管(?:饭|吃)|自己开火|自己做饭|饭自己买"
        ),
    ),
    ((Benefit.LODGING,), re.compile(rf"(?:住宿|住的|房租|住处|(?<![一-龥])住){_SELF}")),
)
_TRIGGER = re.compile(r"[吃饭餐宿寓顿]|食[宿堂]|住[的宿板民宾处集彩平店]|夫妻|两口子")


@dataclass(slots=True)
class BoardLodging:
    """given: what is offered beside the cues; denied: what people must see to themselves."""

    given: list[Found[Benefit]] = field(default_factory=list)
    denied: list[Found[Benefit]] = field(default_factory=list)


def read_board_lodging(text: str) -> BoardLodging:
    """Offers and refusals of board and lodging in the folded text, each benefit once; a refusal ends an offer."""
    result = BoardLodging()
    if _TRIGGER.search(text) is None:
        return result
    for benefits, pattern in _DENIED:
        match = pattern.search(text)
        if match is not None:
            result.denied += [
                Found(b, match.start(), match.end(), 0.85)
                for b in benefits
                if b not in {f.value for f in result.denied}
            ]
    refused = {f.value for f in result.denied}
    given: dict[Benefit, Found[Benefit]] = {}
    for benefits, pattern in _GIVEN:
        for match in pattern.finditer(text):
            if denied(text, match.start()) or match.group()[0] in "不没无":
                continue
            for benefit in benefits:
                if benefit not in refused:
                    given.setdefault(benefit, Found(benefit, match.start(), match.end(), 0.8))
    result.given = list(given.values())
    return result
