"""Age, schooling and experience asked for (年龄、学历、经验)."""

from __future__ import annotations

import re

from matcher.domain.posting import AgeLimit
from matcher.domain.posting_terms import Basis, Education
from matcher.text.found import Found
from matcher.text.numerals import read_number
from matcher.text.quick_search import holds_any, matches_at

_AGE = r"(?:[1-8]\d|[二三四五六七]十[一二三四五六七八九]?|十[六七八九])"
_AGE_RANGE = re.compile(
    rf"(?<![\d.k万千])(?P<low>{_AGE})\s?(?:周?岁)?\s?(?:-{{1,3}}|~{{1,2}}|到|至|一)\s?(?P<high>{_AGE})(?P<years>\s?周?岁)?(?!\d|元|人|天|公|k|万|千|%|块|名|个|小时|:|分|单|度|米|台|项|家|/)"
)
_AGE_ONE = re.compile(
    rf"(?:(?:年?满|不低于|大于|超过|年龄在?)\s?)?(?<![\d.\-])(?P<age>{_AGE})(?P<years>\s?周?岁)?\s?(?:\([^)]{{0,6}}\))?\s?(?P<side>及?以下|往下|朝下|以内|之内|及?以上|往上|内(?![容部])|封顶|以前|下)"
    rf"|(?:年满|已满|满|不低于|大于|须满|超过)\s?(?P<over>{_AGE})\s?周?岁|(?:不超过?|不大于|低于|小于|未满|不得超过|上限|别超过|不超)\s?(?P<under>{_AGE})(?P<uyears>\s?周?岁)?"
)
_AGE_CLAUSE = re.compile(
    r"(?P<low>1[6-9]|[23]\d|[三四五]十)(?:(?<=[,。;、\n( 男女]..)|(?<=^..))\s?(?:-{1,2}|~|到|至)\s?"
    r"(?P<high>[3-6]\d|[四五六]十[一二三四五六七八九]?)\s?(?:之间)?(?=\s?[,。;\n]|$)"
    r"|(?P<under>[四五六七4-7][十\d](?:(?<=[,。;\n(: ]..)|(?<=^..))[一二三四五六七八九]?)\s?(?:及?以下|以内|往下)(?=[,。;\n身健男女能都的]|$)"
)
"""An age that stands alone in its clause and leaves 岁 out: 18-48 or 六十五以下."""
_AGE_LABEL = re.compile(r"年龄|年纪|岁数|岁|男|女")
_CHILD = re.compile(
    r"(?:孩子|小孩|宝宝|幼儿|儿童|学生|老人|奶奶|爷爷|学员|客户|用户|少儿|青少|带|照顾)[^,。;\n]{0,6}$"
)
_STAY_AWAY = re.compile(r"(?:的)?(?:别来|勿扰|不要|不招|不收|免谈|禁止|别打)")
"""16岁以下别来 sets the lower bound."""
_TURNED_AWAY = re.compile(r"(?:不招|不要|不收|谢绝|不接受)\s?$")
_LAWFUL = re.compile(r"法定|按规定|依法|国家规定|劳动法|(?:依据|依照|根据|按照)[^,。;\n]{0,14}(?:规定|条例|办法|法)")
LEGAL_MINIMUM_AGES = (16, 18)

_EDUCATION_WORDS = {
    Education.DOCTOR: "博士研究生 博士",
    Education.MASTER: "硕士研究生 研究生 硕士",
    Education.BACHELOR: "大学本科 本科 学士 大学",
    Education.COLLEGE: "大学专科 大专 专科 高职",
    Education.VOCATIONAL: "中专 中技 技校 职高 中等专科",
    Education.SENIOR_MIDDLE: "高中",
    Education.JUNIOR_MIDDLE: "初中",
    Education.PRIMARY: "小学",
    Education.NONE: "文盲",
}
_LEVELS = {word: level for level, words in _EDUCATION_WORDS.items() for word in words.split()}
_WORD = "|".join(sorted(_LEVELS, key=len, reverse=True))
_EDUCATION = re.compile(
    rf"(?P<first>{_WORD})(?:生|学生)?\s?(?:(?:[/、,]|或|和)\s?(?P<second>{_WORD}))?\s?(?:\([^)]{{0,8}}\))?\s?(?:文化|毕业|学历|在读|同等)?\s?(?P<up>(?:学历)?[及或]?(?:其)?以上|起|同等|文化|学历|毕业|程度)"
    rf"|(?:学历|文化程度|文化|教育程度)(?:要求)?\s?[::]?\s?(?:不低于|要求|至少|为|在|须)?\s?(?P<labelled>(?:统招|全日制)?(?:{_WORD}))"
    r"|(?P<any>学历不限|不限学历|学历无要求|学历要求[::]?不限|学历[::]\s?不限|对学历无要求|无学历要求|不看学历|不要求学历|文化不限|学历经验不限|学历、经验不限|学历没要求|不限[^,。;\n]{0,4}学历)"
    rf"|(?P<relaxed>{_WORD})(?:学历)?(?:可放宽|也可|亦可|也行|均可)"
)
_BARE_EDUCATION = re.compile(
    r"(?:^|[,。;\n:.、]|专业|方向|[学类工]|或)\s?(?:统招|全日制)?(?P<bare>大专|大学本科|本科|中专|高中|初中|专科|硕士|技校|职高)(?:生|毕业生?)?(?=[\s,。;\n]|起|即可|就行|$)"
)
"""Schooling that stands alone in its clause: 大专,熟练办公软件."""
_EDUCATION_STARTS = re.compile("[博硕研大本学专高中技职初小文教对无不][士究学专科历职中技校高等盲化育看要限]")
_PREFERRED = re.compile(r"[^,。;\n]{0,10}(?:优先|更佳|加分|择优|尤佳|可放宽|可优先)")
_EXPERIENCE = re.compile(
    r"(?P<low>\d{1,2}|[一二两三四五六七八九十]|半)\s?(?:年|周年)?\s?(?:(?:-|~|到|至)\s?(?:\d{1,2}|[一二两三四五六七八九十])\s?)?(?:年|周年)\s?(?:及|或)?\s?(?P<up>以上|及以上|多)?(?P<words>[^,。;\n\d]{0,16}?(?:经验|经历|驾龄|工龄|工作年限|从业))"
    r"|(?P<listed>\d{1,2}|[一二两三四五六七八九十])\s?年\s?(?:及)?以上[^。;\n\d]{0,24}?(?<!无)(?<!有)(?:工作|开发|相关|从业)经验(?!不限|优先)"
    r"|(?:从业|工作|行业|维修|作业|经历|同岗|教龄|施工|管理|操作|驾驶|实操|[abc][1-3])(?:满|至少|在)?\s?(?P<clause>\d{1,2}|[一二两三四五六七八九十])\s?年(?:及?以上)?(?=[,。;\n、者]|$)"
    r"|(?<=[,。;\n])(?P<alone>[1-9]|1\d|[一两二三四五六七八九十])年(?:及?以上|安全行车)(?=[,。;\n]|$)"
    r"|(?P<half>半)年(?:及?以上)?[^,。;\n]{0,8}经验"
    r"|(?:经验|驾龄|工作年限|从业年限)(?:要求|满|在|需)?\s?[::]?\s?(?P<after>\d{1,2}|[一二两三四五六七八九十])\s?(?:(?:-|~)\s?\d{1,2}\s?)?年"
    r"|(?P<none>会不会都(?:行|可|要)|(?:无须|毋需)[^,。;\n]{0,4}经验|(?:生手|新手|小白|新人)[^,。;\n]{0,4}(?:培训|可学|可教)|没有[^,。;\n]{0,4}经验[^,。;\n]{0,3}(?:也|可|欢迎|都)|不限工作经验|无需经验|经验不限|不限经验|不需要?经验|不要求经验|无经验要求|无经验(?:者)?(?:也|可|亦|均|均可|要求)|有无经验均?(?:可|都)|不要经验|经验无要求|经验[::]\s?不限|0经验|零经验|接受无经验|工作经验不限|生手熟手|生手可学|生手也?可|生熟手均?可|不用经验|没有?经验也?(?:可|行)|零基础|新手也?(?:可|行)|没干过也?(?:可|行))"
)
_EXPERIENCE_STARTS = re.compile(
    r"[\d一二两三四五六七八九十半经驾工从无不有接零生新没会毋小行维作同施管操实教abc](?:\d?\s{0,2}[年周\-~到至]|[验龄作业需须经限要用无受基手熟干有历不白修岗工理驶人龄123])"
)
_EXPERIENCE_WORDS = (
    "经验", "经历", "驾龄", "工龄", "年限", "从业", "生手", "零基础", "新手", "没干过", "会不会",
    "小白", "新人", "年以上", "满", "同岗", "教龄", "安全行车",
)  # fmt: skip
_DENIED_EXPERIENCE = re.compile(r"(?:合同|服务期|质保|成立|深耕|我们|公司|行业|拥有|历史|企业)[^,。;\n]{0,8}$")


def read_age(text: str) -> Found[AgeLimit] | None:
    """The age limits together: the widest of several, Basis.STATUTORY only for a bare 16 or 18 or a cited law."""
    if "岁" not in text and "年龄" not in text and "年纪" not in text:
        return _age_of_clause(text)
    low: int | None = None
    high: int | None = None
    start = end = -1
    confidence = 0.0
    for match in _AGE_RANGE.finditer(text):
        before = text[max(0, match.start() - 8) : match.start()]
        labelled = match["years"] is not None or _AGE_LABEL.search(before) is not None
        a, b = _age(match["low"]), _age(match["high"])
        if not labelled or a is None or b is None or not 14 <= a < b or _CHILD.search(before):
            continue
        low, high = (a if low is None else min(low, a)), (b if high is None else max(high, b))
        start, end = (match.start() if start < 0 else start), match.end()
        confidence = 0.95
    if start < 0:
        for match in _AGE_ONE.finditer(text):
            sided = _one_side(text, match)
            if sided is None:
                continue
            low_age, high_age = sided
            low = low_age if low is None else low
            high = high_age if high is None else (max(high, high_age) if high_age else high)
            start, end = (match.start() if start < 0 else start), match.end()
            confidence = 0.9
    if start < 0:
        return _age_of_clause(text)
    lawful = high is None and low in LEGAL_MINIMUM_AGES
    basis = (
        Basis.STATUTORY if lawful or _LAWFUL.search(text, max(0, start - 16), end + 24) else Basis.UNSTATED
    )
    return Found(AgeLimit(low, high, basis), start, end, confidence)


def _age_of_clause(text: str) -> Found[AgeLimit] | None:
    match = _AGE_CLAUSE.search(text)
    if match is None:
        return None
    limit = (
        AgeLimit(None, _age(match["under"]), Basis.UNSTATED)
        if match["under"]
        else AgeLimit(_age(match["low"]), _age(match["high"]), Basis.UNSTATED)
    )
    start = match.start("under") if match["under"] else match.start("low")
    return Found(limit, start, match.end(), 0.7)


def _age(text: str) -> int | None:
    value = read_number(text)
    return None if value is None else int(value)


def _one_side(text: str, match: re.Match[str]) -> tuple[int | None, int | None] | None:
    before = text[max(0, match.start() - 6) : match.start()]
    if _CHILD.search(before):
        return None
    if match["over"]:
        age = _age(match["over"])
        return None if age is None or age < 14 else (age, None)
    number = match["age"] or match["under"]
    years = match["years"] or match["uyears"]
    age = _age(number)
    if (
        age is None
        or age < 14
        or (not years and "年龄" not in before + match.group() and "年纪" not in before)
    ):
        return None
    if match["side"] in ("以上", "及以上", "往上"):
        return (None, age) if _TURNED_AWAY.search(before) else (age, None)
    if _STAY_AWAY.match(text, match.end()):
        return age, None
    return None, age


def read_education(text: str) -> Found[Education] | None:
    """Lowest schooling asked for; Education.NONE when the text says it does not matter. Preferences do not count."""
    if (
        "学" not in text
        and "专" not in text
        and "本科" not in text
        and "中" not in text
        and "博士" not in text
    ):
        return None
    for match in matches_at(_EDUCATION_STARTS, _EDUCATION, text):
        if _PREFERRED.match(text, match.end()):
            continue
        if match["any"]:
            return Found(Education.NONE, match.start(), match.end(), 0.95)
        words = [w for w in (match["first"], match["second"], match["labelled"], match["relaxed"]) if w]
        levels = [_LEVELS[w.removeprefix("统招").removeprefix("全日制")] for w in words]
        return Found(min(levels, key=lambda level: level.ordinal), match.start(), match.end(), 0.92)
    bare = _BARE_EDUCATION.search(text)
    if bare is None:
        return None
    return Found(_LEVELS[bare["bare"]], bare.start("bare"), bare.end("bare"), 0.75)


def read_experience_years(text: str) -> Found[float] | None:
    """Years of experience asked for, the lower end of a range, 0.0 for 无需经验. Preferences do not count."""
    if not holds_any(text, _EXPERIENCE_WORDS):
        return None
    for match in matches_at(_EXPERIENCE_STARTS, _EXPERIENCE, text):
        after = text[match.end() : match.end() + 12]
        if match["none"]:
            return Found(0.0, match.start(), match.end(), 0.9)
        if re.match(r"[^,。;\n]{0,8}(?:优先|者优|更佳|加分)", after) or _DENIED_EXPERIENCE.search(
            text, max(0, match.start() - 10), match.start()
        ):
            continue
        number = match["low"] or match["listed"] or match["clause"] or match["alone"] or match["after"] or match["half"]
        years = 0.5 if number == "半" else read_number(number)
        if years is not None and years <= 20:
            return Found(float(years), match.start(), match.end(), 0.9)
    return None
