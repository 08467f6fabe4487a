"""Join the pays of one text: two bounds, base and total, 面议, 13薪, and what is stated without an amount (合并)."""

from __future__ import annotations

import re
from dataclasses import replace

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.text.found import Found
from matcher.text.pay_certainty import COMES_TO, COMES_TO_REACH, PROBATION, TRADE_BEFORE
from matcher.text.pay_context import CHAIN_GAP

_NEGOTIABLE = re.compile(
    r"(?:报酬|工资|薪资|薪酬|薪水|待遇|价格|价钱|工钱|工价|月薪|薪)[^\S\n]?[:：]?[^\S\n]?(?:由|经)?(?:双方|咱们|电话里?|私聊|微信|私信|来电)?(?:可以|均可|都可以?|可|好|当面|再|到店|见面|具体|(?:从优|优厚|丰厚|优越|优|高|好|不错|可观)[,]?(?:具体)?)?(?:(?:到|来|见面)(?:店|厂|了|后)?再?)?"
    r"(?:面\s?议|面谈|面商|面聊|当面聊|详聊|细聊|详谈|另议|电议|协商|(?<!好)商量|商议|商定|谈(?![判话天薪]))|(?:工资|薪资|薪酬|薪水|待遇|报酬|价格|月薪|年薪|日薪|工价|具体|底薪|收入|薪)?[^\S\n]?[:：]?[^\S\n]?(?:可|可以|均可)?(?:面议|面谈|详谈|另议|另谈|电议|协商|(?<=[\d元千万k起右下,])可[议谈](?![判话天薪])|(?<=[手者的证强好])(?:可以?|再)[谈议](?![判话天]))"
)
_NUMBER = re.compile(r"[\d一二两三四五六七八九十]")
_NEGOTIABLE_WORDS = ("议", "商", "谈", "聊")
_OPEN_TO_TALK = re.compile(r"[面详另电细]\s?[议谈聊商]|可议|当面聊|协商|商[量议定]|(?<![洽交访会商座])谈(?![判话天薪吐及心])")
"""What every open wage says; most texts leave here."""
_OPEN_REACH = 8
_OPEN_FOR_SOME = re.compile(r"^[^。;\n\d]{0,20}(?:的|者|人才|人士|优秀|经验|资源)$")
"""5000-8000,底薪加提成,有客户资源的可以面议: open for some, of the same job."""
_OTHERS_BETWEEN = re.compile(r"[,、;][^,、;]{1,6}(?:[工师员长]|(?<![熟老新])手)$")
"""司机350,化妆师面议: the pay of others is open."""
_OPEN_BESIDE = re.compile(r"(?:期权|股票|股权|股份|奖金|绩效|奖|提成|分红|食宿|地点|时间|补贴|加班|合作|其他|其它|细节)$")
"""What is left open is not the wage."""
_AROUND = re.compile(
    r"[\s,:]*?(?:\([\s:]*(?:参考(?:[:,]?[^\d,。()\n]{0,6}(?=[每月拿给开]))?|大概|大约|约|一般|在|范围|区间|底价)?"
    r"|参考|大概|大约|一般|,(?=保底|最低|底薪|不低于|参考))[\s:为是约在]*"
)
"""面议(4000-5000): the amount beside the open wage."""
_NEGOTIABLE_HEAD = re.compile(
    r"^(?:报酬|价格|价钱|工钱|工资|薪资|薪酬|薪水|待遇|报酬|价格|月薪|年薪|日薪|工价|底薪|收入|薪)|面议"
)
_MONTHS = re.compile(
    r"(?<![\d\-.])(?P<n>1[2-9]|2\d|十[三四五六])(?:-(?:1[2-9]|2\d))?\s?(?:薪(?!资|水|酬)|个月(?:工资|薪))|(?P<double>(?:年底|年终|春节)(?:发|有|给|享受?|拿)?双薪|年[底终](?:多|再|另|加|额外)发(?:一|1)个月)"
    r"|(?:(?:每年|一年|全年|年)(?:能|可)?|(?<=[,。;(]))发(?P<paid>1[2-8]|十[二三四五六])个(?P<half>半)?月"
)
_COMMISSION_ONLY = re.compile(
    r"提成制|(?:只|光|全)(?:拿|靠|有|是)提成|(?:底薪|基本工资|基本薪资|保底)[^\n,。;]{0,10}提成|(?:无|没有|不设)底薪[^。;\n]{0,6}(?:提成|佣金)|(?:全靠|纯靠|纯)提成"
)
_COMMISSION_STATED = re.compile(r"(?:纯|全靠|只有|只拿|光拿|高额?)提成|提成(?:制|高)|(?:无|没有?|不设)底薪[^。;\n]{0,6}提成")
_PIECE_ONLY = re.compile(r"计件|按件[计算付结给]|[做干]多少件|(?:做|干)一件[算结]一件")
_OVER_TEN_THOUSAND = re.compile(
    r"(?:月入|月薪|收入|工资|薪资|轻松|综合|到手|月赚|月挣)[^\d,。;\n]{0,6}?(?:过|破|上|超)(?P<amount>[两三四五]?万)"
    r"|(?:能干|做得好|熟练|努力|旺季)的?[^\d,。;\n]{0,4}?(?:过|破|上|超)(?P<more>[两三四五]?万)"
)
_CHINESE_MONTHS = {"十二": 12, "十三": 13, "十四": 14, "十五": 15, "十六": 16}


def merge_bounds(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    """最低4000,最高8000 is one range."""
    merged: list[Found[Pay]] = []
    for item in found:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.value.max_fen is None
            and last.value.unit is item.value.unit
            and last.value.base_fen is None
            and (last.value.min_fen or 0) <= (item.value.max_fen or 0)
            and (
                (item.value.min_fen is None and item.start - last.end <= CHAIN_GAP)
                or _closes_the_bound(text, last, item)
            )
        ):
            value = replace(last.value, max_fen=item.value.max_fen)
            merged[-1] = Found(value, last.start, item.end, min(last.confidence, item.confidence))
        else:
            merged.append(item)
    return merged


def _closes_the_bound(text: str, last: Found[Pay], item: Found[Pay]) -> bool:
    """最少250,活多的时候能到400, of the same trade: what it can come to is the upper bound."""
    if item.value.min_fen not in (None, item.value.max_fen) or item.start - last.end > COMES_TO_REACH:
        return False
    number = _NUMBER.search(text, item.start, item.end)
    between = text[last.end : item.start if number is None else number.start()]
    comes_to = COMES_TO.match(between)
    return comes_to is not None and TRADE_BEFORE.search(comes_to["whose"]) is None


BASE_REACH = 40
_RATES = (PayUnit.PIECE, PayUnit.ORDER, PayUnit.TRIP, PayUnit.SQUARE_METRE)
_NEXT_TRADE = re.compile(
    r"\n|[;。][^;。:]{1,8}:|[;。][^;。\n\d]{1,8}\d{1,2}[名人位]"
    r"|;\s?(?!一般|平均|正常|大[概约]|综合|熟[手练]|[做干能可多加上实老优月每全最另新总年薪包无有首再旺淡均]|人均|基本|员工|提成|转正|试用|正式"
    r"|预计|目前|合计|到手|底薪|收入|工资|待遇|入职|成熟|稳定|业绩|奖|保底)[一-龥]{2,6}[:,]?\s?$"
)
"""A new line, or 安装工: after a full stop: what follows is the pay of others; 内勤4200元;外勤底薪3000元 too."""


def merge_base(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    """底薪3000+提成,综合6000-8000 is one pay whose base is 3,000."""
    merged: list[Found[Pay]] = []
    for item in found:
        last = merged[-1] if merged else None
        if last is not None and _is_commission_on(last, item):
            merged[-1] = replace(last, value=replace(last.value, commission=True))
            continue
        if last is None or last.value.unit is not item.value.unit or item.start - last.end > BASE_REACH:
            merged.append(item)
            continue
        pair = (last, item) if last.value.base_fen is not None else (item, last)
        base, total = pair
        same_line = _NEXT_TRADE.search(text, last.end, item.start) is None
        if (
            base.value.base_fen is None
            or total.value.base_fen is not None
            or not same_line
            or TRADE_BEFORE.search(text, max(0, item.start - 10), item.start)
            or (PROBATION in (last.confidence, item.confidence) and not _of_newcomers(text, item, base=last))
            or (total.value.max_fen or total.value.min_fen or 0) < base.value.base_fen
        ):
            merged.append(item)
            continue
        value = replace(
            total.value,
            base_fen=base.value.base_fen,
            commission=base.value.commission or total.value.commission,
        )
        merged[-1] = Found(value, last.start, item.end, min(base.confidence, total.confidence))
    return merged


_NEWCOMERS = re.compile(r"新[人手]|首月|(?:第一|头一?)个月")


def _of_newcomers(text: str, item: Found[Pay], *, base: Found[Pay]) -> bool:
    """底薪5500加提成,新人首月8000起: what even newcomers come to is a total."""
    return base.value.commission and _NEWCOMERS.search(text, item.start, item.end) is not None


_FIXED = re.compile(r"固定(?:月?工资|月?薪资?|收入)")


def settle_fixed(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    """固定工资4500 with no total beside it is the pay itself, not its base."""
    return [
        replace(item, value=replace(item.value, max_fen=item.value.base_fen, base_fen=None))
        if item.value.base_fen is not None
        and item.value.max_fen is None
        and item.value.min_fen == item.value.base_fen
        and _FIXED.search(text, item.start, item.end)
        else item
        for item in found
    ]


def _is_commission_on(base: Found[Pay], item: Found[Pay]) -> bool:
    """底薪4000,拉一方提成3元: the piece rate is the commission on the base."""
    rate = item.value.unit in _RATES and item.value.commission
    return rate and base.value.base_fen is not None and item.start - base.end <= BASE_REACH


def add_typed_missing(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    found = _add_negotiable(text, found)
    found = _add_months(text, found)
    if "万" in text and (not found or _base_alone(found)):
        joined = merge_base(text, found + _over_ten_thousand(text))
        found = joined if len(joined) == 1 else found
    found = _with_stated_commission(text, found)
    if not found:
        piece = _PIECE_ONLY.search(text) if "件" in text else None
        commission = _COMMISSION_ONLY.search(text) if "提成" in text else None
        if piece is not None:
            found.append(Found(Pay(unit=PayUnit.PIECE), piece.start(), piece.end(), 0.5))
        elif commission is not None:
            found.append(Found(Pay(commission=True), commission.start(), commission.end(), 0.5))
    return found


def _base_alone(found: list[Found[Pay]]) -> bool:
    """底薪6000加提成 and no total that says an amount."""
    return len(found) == 1 and found[0].value.base_fen is not None and found[0].value.max_fen is None


def _over_ten_thousand(text: str) -> list[Found[Pay]]:
    over = _OVER_TEN_THOUSAND.search(text)
    if over is None:
        return []
    tens = {"万": 1, "两万": 2, "三万": 3, "四万": 4, "五万": 5}[over["amount"] or over["more"]]
    return [Found(Pay(min_fen=tens * 1_000_000), over.start(), over.end(), 0.3)]


def _with_stated_commission(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    """纯提成,没有底薪,做得好的一个月1万以上: what the text says of its one pay."""
    if len(found) != 1 or "提成" not in text or found[0].value.commission or found[0].value.unit in _RATES:
        return found
    if found[0].value.negotiable or _COMMISSION_STATED.search(text) is None:
        return found
    return [replace(found[0], value=replace(found[0].value, commission=True))]


def _add_negotiable(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    if not any(word in text for word in _NEGOTIABLE_WORDS):
        return found
    if _OPEN_TO_TALK.search(text) is None:
        return found
    added = list(found)
    for match in _NEGOTIABLE.finditer(text):
        if _OPEN_BESIDE.search(text, max(0, match.start() - 4), match.start()):
            continue
        beside = _amount_beside(text, added, match)
        if beside is not None:
            item = added[beside]
            start, end = min(item.start, match.start()), max(item.end, match.end())
            added[beside] = Found(replace(item.value, negotiable=True), start, end, item.confidence)
        elif _NEGOTIABLE_HEAD.search(match.group()):
            added.append(Found(Pay(negotiable=True), match.start(), match.end(), 0.9))
    return sorted(added, key=lambda item: item.start)


def _amount_beside(text: str, found: list[Found[Pay]], match: re.Match[str]) -> int | None:
    """Which of `found` the open wage speaks of: the amount right before it, or one that explains it."""
    before = [
        i
        for i, item in enumerate(found)
        if 0 <= match.start() - item.end <= _OPEN_REACH
        or (item.end < match.start() and _OPEN_FOR_SOME.match(text[item.end : match.start()][: _OPEN_REACH * 3]))
    ]
    within = next((i for i, item in enumerate(found) if item.start <= match.start() < item.end), None)
    if within is not None:
        return within
    if before:
        between = text[found[before[-1]].end : match.start()]
        if "\n" not in between and not _OTHERS_BETWEEN.search(between):
            return before[-1]
    around = _AROUND.match(text, match.end())
    if around is None:
        return None
    return next((i for i, item in enumerate(found) if match.end() <= item.start <= around.end()), None)


def _add_months(text: str, found: list[Found[Pay]]) -> list[Found[Pay]]:
    """Give 13薪 named anywhere in the text to the monthly pays that do not say their own."""
    if "薪" not in text and "个月" not in text:
        return found
    match = _MONTHS.search(text)
    if match is None or any(item.value.months is not None for item in found):
        return found
    number = match["n"] or match["paid"]
    months = 13.0 if number is None else float(_CHINESE_MONTHS.get(number) or number)
    months += 0.5 if match["half"] else 0.0
    return [
        replace(item, value=replace(item.value, months=months))
        if item.value.unit is PayUnit.MONTH and item.value.months is None and item.value.min_fen is not None
        else item
        for item in found
    ]
