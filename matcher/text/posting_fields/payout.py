"""When the money comes, said in a sentence instead of a fixed word (结算方式): 卸完现结, 每周三提现, 月底统一发.

The fixed words (日结, 周结) are cues; these patterns are asked only when no cue names a time.
"""

from __future__ import annotations

import re

from matcher.domain.posting_terms import Settlement
from matcher.lexicon.automaton import Automaton
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied

_PAYS = (
    r"(?:结(?!束|合|果|构|婚|伴|实|业|论|[账算]方式)|发(?:放|薪|工资|工钱|钱|一次|现金)|付(?:清|钱|款|工钱|现金|(?=[,。;\s]|$))|给(?:钱|现金|结)|转账|打款|打钱|打卡|到账|"
    r"提现|领(?:钱|工钱|工资|取|(?=[,。;\s]|$))|开(?:一次|工钱|工资|支)|现金|现钱|现结|拿钱|拿现|清账|兑付|(?<=[一])[算清结](?=[,。;\s]|$))"
)
_GAP = r"[^,。;、\n\d]{0,6}"
_DONE = r"(?:干|做|卸|装|搬|送|服务|打扫|洗|摘|收|点|忙|弄|扫|发)(?:完|好|毕)"
_PATTERNS: tuple[tuple[Settlement, re.Pattern[str]], ...] = (
    (
        Settlement.NEXT_DAY,
        re.compile(rf"(?:次日|隔[天日]|第二天|转天|明天|次晨)[^。;\n]{{0,12}}?{_PAYS}"),
    ),
    (
        Settlement.HALF_MONTHLY,
        re.compile(r"(?:半个?月|十五天|15天|每月两次)[^,。;\n\d]{0,3}(?:一?结|发|开|付|打|一清|算)"),
    ),
    (
        Settlement.WEEKLY,
        re.compile(
            rf"(?:每个?(?:周|星期|礼拜)|(?<![\d一二三四五六])(?:周|礼拜|星期)(?=[一二三四五六日天末]))[一二三四五六日天末]?[^,。;、\n\d至到和]{{0,4}}?{_PAYS}"
            r"|每(?:周|星期|礼拜)[一二三四五六日天末]?一?[算清结](?!构)"
        ),
    ),
    (
        Settlement.MONTHLY,
        re.compile(
            rf"(?:月底|月末|月初|每个?月底?)[^,。;、\n\d]{{0,4}}?{_PAYS}"
            r"|(?:发薪|发工资|工资|薪资|薪水)[^,。;\n\d]{0,8}(?:每月|次月|下月|当月|隔月|月)的?\s?\d{1,2}\s?[号日]?"
            r"|(?:每月|次月|下月|隔月|下个月)\s?\d{1,2}\s?[号日]?(?:前|左右)?[^,。;\n\d]{0,6}(?:发|打|结|开|到账)"
            r"|(?:每月|次月|下月)\s?\d{1,2}\s?[号日]为?发薪"
            r"|结算[:：]?(?:方式)?[:：]?按?月|按月(?:发|结|付|打|支付|领)"
        ),
    ),
    (
        Settlement.ON_COMPLETION,
        re.compile(
            rf"(?:完工|竣工|结束(?:后[一两三几\d]日内)?|拆完|验收|收尾|撤场|交工|散场后几天|项目完|工程完)[^,。;、\n]{{0,4}}?(?:一把|一次|一起|统一|全部)?{_PAYS}"
            r"|(?:一栋|一单元|一个?项目|一个?工程|一批)[^,。;\n]{0,3}一?结|干一个[^,。;\n]{1,4}结一"
            rf"|(?:[几两三四五六七八九十\d]{{1,2}}天)后?[^,。;\n\d]{{0,3}}(?:一起|一把|一次)(?:性)?{_PAYS}"
        ),
    ),
    (
        Settlement.DAILY,
        re.compile(
            rf"(?:当[天日晚场]|现场|每[天日](?!要|需|工作)|天天|下班|收工|签退|散场|散席|下工|收队|收摊|活动?结束当)(?:下班|收工|后|就|时|直接|干完|完工|微信|支付宝|都|给|以){{0,4}}{_PAYS}"
            rf"|{_DONE}(?:活|货|车)?(?:后|就|立马|马上|当场|直接|扫码|微信|,|当[天日])*(?:{_PAYS}|付|给)"
            r"|(?:点|按)?确认(?:后)?即到账|干一天(?:给|结|拿)一天|当天活当天钱|交[活货]就?(?:给|付)钱|过秤(?:就)?(?:给|付)钱|现过秤"
        ),
    ),
)
_TIMES = frozenset(Settlement) - {Settlement.PIECEWORK}
_TRIGGERS = Automaton((
    "工资", "工钱", "薪", "转账", "打款", "打钱", "提现", "到账", "现金", "现钱", "现结", "给钱", "领钱", "结清", "结账", "结算", "结钱",
    "付清", "付钱", "就付", "扫码", "发钱", "打卡", "签退", "一结", "天结", "完结", "后结", "底结", "头结", "一起结", "统一结", "开支", "一算",
    "月发", "天钱", "时给",
))  # fmt: skip


def read_payout(text: str, known: list[Found[Settlement]]) -> list[Found[Settlement]]:
    """The settlements that the fixed words gave, and the time of pay when they gave none.

    text: folded. The first pattern that fits in the order above counts; 工资不日结 is no daily pay.
    """
    if any(item.value in _TIMES for item in known) or not _TRIGGERS.spans(text):
        return known
    for value, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not denied(text, match.start()):
                return sorted([*known, Found(value, match.start(), match.end(), 0.8)], key=lambda f: f.start)
    return known
