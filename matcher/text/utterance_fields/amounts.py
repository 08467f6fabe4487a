"""Pay floor, age, schooling and experience in a worker's sentence (工资底线、年龄、经验)."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from matcher.domain.posting_terms import PayUnit
from matcher.domain.values import Pay
from matcher.text.found import Found
from matcher.text.numerals import read_chinese_bounds, read_number
from matcher.text.pay import find_pays
from matcher.text.utterance_fields.scope import Scope

_NUM = r"(?:\d{1,5}(?:\.\d)?[kw千万]?\d?|[一二两三四五六七八九十百千万零壹贰叁肆伍陆柒捌玖拾佰仟]{1,8})"
_PAST = re.compile(r"(?:以前|之前|原来|原先|曾经|过去|上个厂|上家|那会|那时|当时|从前|去年|老板欠|欠我|欠了|上次)")
_NOT_A_WISH = re.compile(r"(?:押金|中介费|交|罚|欠|车贷|房贷|孩子学费|那个|刚才|号)[^,。;]{0,4}$")
_FLOOR = re.compile(
    rf"(?:(?:最少|至少|起码|最低|不少于|不低于|不能低于|别低于|低于|少于|不到|没有|不够|得有?|够|给到?|给个|要|保底|能到|挣个?|挣到|有个"
    rf"|月薪|工资|日薪)\s?(?P<a>{_NUM})"
    rf"|(?P<b>{_NUM})(?:块钱|块|元)?\s?(?:以上|往上|起步|起|左右|就行|就中|就成|就够|就可以|就干|打底|保底|上下|来块|多块|块钱就))(?P<tail>块钱|块|元)?"
)
_BARE = re.compile(r"(?P<n>\d{3,5}|[一二两三四五六七八九]{1,2}[百千][零一二两三四五六七八九百]{0,4})(?:块钱|块|元)?")
_DAY_NEAR = re.compile(r"一?[天日]|每天|日结|日薪|现结|工日|当天")
_HOUR_NEAR = re.compile(r"小时|钟头|钟点")
_NOT_MONEY_AFTER = re.compile(r"\s?(?:岁|年|人|个|分钟|小时|公里|里|点|号|天|米|斤|平|月份|位|名|口|次|趟|楼|层|班|[a-z])")
_GUESS_UNIT = ((60, PayUnit.HOUR), (900, PayUnit.DAY))

_AGE = re.compile(
    r"(?<![\d.\-])(?P<n>[1-7]\d|[一二三四五六七]?十[一二三四五六七八九]?)\s?(?P<more>多|来|几)?(?P<unit>周?岁)"
    r"|(?:我|俺|咱|本人|今年|年龄|年纪|刚满|满)[^,。;\d]{0,4}?(?P<n2>[1-7]\d|[一二三四五六七]?十[一二三四五六七八九]?)(?P<more2>多|来"
    r"|几)?(?:周?岁|了)?(?=$|[,。;!?\s]|能|还|女|男|有|想)"
    r"|(?:^|[,。;\s])(?P<n3>[1-7]\d|[一二三四五六七]?十[一二三四五六七八九]?)(?P<more3>多|来|几)?(?:了(?=还|能|行|有|想|要不|要吗|收|招|,|$)|(?=还能|还收|还招|还要|能不能|行不行|□□□)|能干|能去"
    r"|还要|的[男女]的?|女|男|可以吗|能行)"
    r"|(?P<n4>[一二三四五六七]?十[一二三四五六七八九]?|[1-7]\d)岁?刚满"
)
_BIRTH_YEAR = re.compile(r"(?<!\d)(?P<y>19[4-9]\d|200\d|201[0-2]|[4-9]\d|0\d)年(?:的|生|出生|生人|属)")
_NOT_THEIR_AGE = re.compile(
    r"(?:虚岁|虚|快|将近|不到|孩子|娃|伢|儿子|闺女|女儿|孙子|老人|老妈|老爹|我妈|我爸|奶奶|爷爷|公公|婆婆|老娘|限|以下|以上|干了"
    r"|干到)[^,。;]{0,4}$"
)
_AGE_LIMIT_AFTER = re.compile(r"以[上下内前]|年[经工级]|个|天|块|元|分钟|公里|点|号|里|斤")
_AGE_BAND_AFTER = re.compile(r"\s?(?:以[上下内]|往上|往下)")
_YOUNGEST, _OLDEST = 14, 85
_MAX_TRIES = 40
"""So many numbers are looked at; a sentence holds a handful."""

_YEARS = re.compile(
    r"(?P<half>半年)(?!一|结)|(?P<n>\d{1,2}(?:\.5)?|[一二两三四五六七八九十]{1,4})(?P<more>多|来|几)?年(?P<plus>半|多)?(?!级|初|底|纪|薪"
    r"|结|生|的(?:还|能|收|,|$)|的合同)"
)
_WORKED = re.compile(r"[干做开修搞跑当学从]|经验|工龄|驾龄|手艺|开发|炒|教|卖|管|带|种|养|焊|砌|装|跟|打工|工作|上班|老师傅|入行|[待呆混]过")
_NOT_WORKED = re.compile(r"(?:驾照|驾驶证|[abc][123])[^,。;]{0,3}$|(?:拿证|孩子|娃|合同|签|结婚|失业|下岗|没干|没工作|歇|在家|出来|住|这|近)(?:了)?$")
_NOT_WORKED_AFTER = re.compile(r"没(?:干|工作|上班|做|活)|的?合同|前(?!端|台)|后")


def read_pay_floor(scope: Scope) -> Found[Pay] | None:
    """The least the person works for, as a Pay with min_fen only; what they earned before is no floor."""
    for found in find_pays(scope.text):
        low = found.value.min_fen if found.value.min_fen is not None else found.value.max_fen
        if low is None or _past(scope, found.start) or found.confidence < 0.5:
            continue
        value = Pay(low, None, found.value.unit)
        if found.value.unit in (PayUnit.MONTH, PayUnit.YEAR, PayUnit.WEEK) and low < 90_000:
            value = replace(value, unit=_unit(scope, found.start, found.end, low / 100))
        return Found(value, found.start, found.end, found.confidence)
    return _plain_floor(scope)


def _past(scope: Scope, start: int) -> bool:
    before = scope.before(start, 14)
    return _PAST.search(before) is not None or _NOT_A_WISH.search(before) is not None


def _plain_floor(scope: Scope) -> Found[Pay] | None:
    """四千以上, 最少两百: a number that only a limit word makes pay."""
    for match in islice(_FLOOR.finditer(scope.text), _MAX_TRIES):
        name = "a" if match["a"] else "b"
        bounds = _bounds(match[name])
        if bounds is None or bounds[0] < 10 or _NOT_MONEY_AFTER.match(scope.text, match.end(name)):
            continue
        if _past(scope, match.start()):
            continue
        money = match["tail"] is not None or bounds[0] >= 1000 or _near_unit(scope, match.start(), match.end())
        if money and bounds[0] <= 200_000:
            unit = _unit(scope, match.start(), match.end(), bounds[0])
            return Found(Pay(round(bounds[0] * 100), None, unit), match.start(), match.end(), 0.7)
    return _bare_floor(scope)


def _bare_floor(scope: Scope) -> Found[Pay] | None:
    """A clause that is nothing but an amount: 日结,两百二."""
    for clause in scope.clauses[:_MAX_TRIES]:
        match = _BARE.fullmatch(scope.text, clause.start, clause.end)
        bounds = None if match is None else _bounds(match["n"])
        if match is not None and bounds is not None and 80 <= bounds[0] <= 30_000:
            unit = _unit(scope, clause.start, clause.end, bounds[0])
            return Found(Pay(round(bounds[0] * 100), None, unit), match.start("n"), match.end("n"), 0.55)
    return None


def _bounds(text: str) -> tuple[float, float] | None:
    number = read_number(text)
    return (number, number) if number is not None else read_chinese_bounds(text)


def _near_unit(scope: Scope, start: int, end: int) -> bool:
    around = scope.before(start, 6) + scope.after(end, 6)
    return _DAY_NEAR.search(around) is not None or _HOUR_NEAR.search(around) is not None


def _unit(scope: Scope, start: int, end: int, yuan: float) -> PayUnit:
    around = scope.before(start, 8) + scope.text[start:end] + scope.after(end, 6)
    if _HOUR_NEAR.search(around):
        return PayUnit.HOUR
    if _DAY_NEAR.search(around):
        return PayUnit.DAY
    return next((unit for limit, unit in _GUESS_UNIT if yuan < limit), PayUnit.MONTH)


def read_age(scope: Scope, year: int | None) -> Found[int] | None:
    """Age in years when they say it exactly; 五十多 and 虚岁 are not exact. `year` turns 1975年的 into an age."""
    for match in islice(_AGE.finditer(scope.text), _MAX_TRIES):
        group = next(g for g in ("n", "n2", "n3", "n4") if match[g])
        vague = any(match[g] for g in ("more", "more2", "more3"))
        age = read_number(match[group])
        if age is None or vague or not _YOUNGEST <= age <= _OLDEST:
            continue
        if _NOT_THEIR_AGE.search(scope.before(match.start(group), 8)):
            continue
        if _AGE_BAND_AFTER.match(scope.text, match.end()) or (match["n"] is None and _AGE_LIMIT_AFTER.match(scope.text, match.end(group))):
            continue
        return Found(int(age), match.start(group), match.end(), 0.95 if match["unit"] else 0.85)
    born = _BIRTH_YEAR.search(scope.text)
    if born is None or year is None:
        return None
    written = int(born["y"])
    if written < 100:
        written += 1900 if written >= 40 else 2000
    age_this_year = year - written
    if not _YOUNGEST <= age_this_year <= _OLDEST:
        return None
    return Found(age_this_year, born.start(), born.end(), 0.7)  # a year off until the birthday


def read_experience(scope: Scope) -> Found[float] | None:
    """Years of work they claim; the lower end of 六七年."""
    for match in islice(_YEARS.finditer(scope.text), _MAX_TRIES):
        before, after = scope.before(match.start(), 10), scope.after(match.end(), 10)
        if _NOT_WORKED.search(before) or _NOT_WORKED_AFTER.match(after):
            continue
        if not (_WORKED.search(before) or _WORKED.search(after)):
            continue
        bounds = (0.5, 0.5) if match["half"] else _bounds(match["n"])
        if bounds is None or not 0 < bounds[0] <= 60:
            continue
        years = bounds[0] + (0.5 if match["plus"] == "半" else 0)
        return Found(years, match.start(), match.end(), 0.9)
    return None
