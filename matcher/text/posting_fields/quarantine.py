"""Limits on who a person is, kept as written and never matched on (隔离条件)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.lexicon.automaton import Automaton
from matcher.text.found import Found


@dataclass(frozen=True, slots=True)
class Limit:
    """kind: gender, marital, hukou, region, political, height, ethnicity, looks, health; text: as written."""

    kind: str
    text: str


_TRIGGERS: dict[str, tuple[str, ...]] = {
    "gender": ("男", "女"),
    "marital": ("婚", "育", "单身", "怀孕", "孕"),
    "hukou": ("户口", "户籍"),
    "region": (
        "本地",
        "本市",
        "本县",
        "当地",
        "本村",
        "本镇",
        "本省",
        "附近",
        "周边",
        "本乡",
        "外地",
        "外省",
        "籍",
        "不要",
        "不招",
        "不收",
        "谢绝",
    ),
    "political": ("党员", "团员", "政治面貌"),
    "height": ("身高", "个头", "个子", "cm", "公分", "厘米", "一米", "1米", "1.4", "1.5", "1.6", "1.7", "1.8"),
    "ethnicity": ("族",),
    "looks": ("形象", "身材", "五官", "相貌", "容貌", "长相", "气质", "纹身", "颜值", "品貌", "仪表"),
    "health": ("乙肝", "传染", "色盲", "病史", "视力", "精神病"),
}
"""Nothing is searched for unless one of its words is there."""
_TRIGGER_KINDS = [kind for kind, words in _TRIGGERS.items() for _ in words]
_TRIGGER_WORDS = Automaton([word for words in _TRIGGERS.values() for word in words])
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "gender",
        re.compile(
            r"(?:限|只要|只招|仅招|仅限|要求|要|招|聘|需要|最好是?|性别(?:要求)?[:：]?\s?(?:限|为)?)\s?(?:\d{1,3}名)?(?:男|女)(?!女|男|装|朋友|士香|神|/女|、女|性化|款|鞋|包|人均|士内|生宿舍|宾)(?:性|生|士|工|孩子?|的|员工|士兵)?(?!不限|均可|都)(?:优先)?"
            r"|(?<![男女])(?:男|女)(?:性|生|士|孩|工|职工)?(?:优先|为主|佳|为宜|性优先|的优先|最好)"
            r"|性别[:：]?\s?(?:男|女)(?!女|男|不|皆|均|、|/|或)"
            r"|(?<![不男女])(?<!男性或)(?:男|女)(?:性|生|士|工)?(?=\s?[:,]?\s?(?:年龄)?\s?\d{2}\s?(?:周?岁|-|~|到|至|以下|以内))"
            r"|(?:不要|不招|谢绝)(?:男|女)(?:性|生|士|工|的)?|\d{1,2}[-~到至]\d{1,2}周?岁(?:的)?(?:男|女)(?:性|生|士|工)(?!不限|均)"
            r"|(?<![一-龥a-z])(?:男|女)(?:士|生|性|工)?(?=[,、。;\s]|$)|(?:男|女)(?:士|生|性|工)?\s?\d{1,3}\s?[名人个]"
            r"|(?<![一-龥])(?:男|女)工(?=\s?\d|[一-龥]{0,2}\s?\d{2,3})|(?:男|女)(?:劳力|壮工)|\d{2}(?:岁)?以[内下](?:男|女)(?:性|工)?(?=[,。;\n]|$)"
        ),
    ),
    (
        "marital",
        re.compile(
            r"(?:已婚已育|未婚未育|未婚|已婚|已育|未育|离异|单身)(?:者|女性|男性|人士)?(?:优先|佳|为主|即可)?"
            r"|(?:婚姻状况|婚否|婚育)(?:要求)?[:：]?\s?(?:未婚|已婚)?"
            r"|(?:不要|不招)刚?(?:结婚|没孩子|没生)[^,。;\n]{0,6}|(?:不接受|不要|不收|不招|谢绝)(?:孕期|孕妇|哺乳期|备孕)|(?:孕期|哺乳期)[^,。;\n]{0,8}(?:不安排|不宜|勿扰|不招|禁止)"
            r"|(?:\d|[一二两三])年内(?:不|无)(?:结婚|生育|怀孕|婚育|要孩子)|无(?:婚育|生育)(?:计划|打算)"
        ),
    ),
    (
        "hukou",
        re.compile(
            r"(?<!不)(?<!有无)(?:限|要求|须|需要?|持|具有|只招|仅限|本市|本地|本县|本区|本省|城镇|农村|农业|非农|[一-龥]{2}[市县区省])(?:本[市地县区省]|城镇|农村)?户[口籍](?:者|人员|人士)?(?:优先)?"
            r"|(?<!用)户[口籍](?:[:：]\s?[一-龥]{2,8}|要求[^,。;\n]{1,8}|(?:者|人员)?优先|在本[地市])"
        ),
    ),
    (
        "region",
        re.compile(
            r"限本[村镇乡县市](?!户)|(?:限|只招|仅限|只要|要求|优先招)?(?<!不限)(?:本地|本市|本县|当地|本村|本镇|本省|附近|周边|本乡镇?|本村镇)(?:常住)?(?:人(?!才|事|力|气|民|流|脸)|居民|村民)(?:员|士|口)?(?:优先|均可)?"
            r"|(?:不要|不招|不收|谢绝)(?:外地|外省|本地|[一-龥]{2,3}(?:省|籍)|河南|河北|东北|新疆|西藏|四川|安徽|湖北|山东|山西|福建)(?:人|的|户籍|员工)?|(?:外地|外省)(?:人)?(?:勿扰|不要|不收|免谈)|[一-龥]{2}(?<!户)籍(?:贯)?(?:优先|不限|人)"
        ),
    ),
    (
        "political",
        re.compile(
            r"(?:中共)?党员(?:身份)?(?:优先|佳)?|政治面貌[:：]?\s?(?:中共)?(?:党员|团员|群众)?|(?:共青)?团员(?:优先)?"
        ),
    ),
    (
        "height",
        re.compile(
            r"(?:净?身高|个头|个子)(?:要求)?\s?[:：]?\s?(?:要求|不低于|在|需|须|男生?性?|女生?性?)?\s?[:：]?\s?(?:1[.米]\s?\d{1,2}|[12]\d{2}|一米[四五六七八][零〇一二三四五六七八九]?)\s?(?:-|~|/|到)?\s?(?:1[.米]?\d{1,2}|[12]\d{2})?\s?(?:cm|公分|厘米|m(?!a)|米)?\s?(?:及?以上|左右)?"
            r"|(?<!\d)1[4-8]\d\s?(?:cm|公分|厘米)\s?(?:及?以上)|(?<![\d.])1\.[4-8]\d?\s?米?(?:及?以上)(?=[^0-9元%]|$)|1米[4-8]\d?(?:及?以上)?|一米[五六七八][零〇一二三四五六七八九]?(?:及?以上)?"
        ),
    ),
    (
        "ethnicity",
        re.compile(
            r"(?:限|仅限|只招|要求)?(?:汉|回|藏|维吾尔|维|满|蒙古|苗|彝|壮|少数民?)族"
            r"(?:优先|勿扰|不要|不招|除外|人员|员工|同胞)?"
            r"|民族[:：]\s?[一-龥]{1,3}族"
        ),
    ),
    (
        "looks",
        re.compile(
            r"形象(?:气质)?(?:好|佳|良好|端正|端庄)|身材(?:匀称|好|苗条|高挑)|五官端正|相貌端正|容貌(?:端正|气质)|长相(?:端正|甜美|好)|气质佳"
            r"|(?:无|不能有|没有|不得有)[^,。;\n]{0,6}纹身|颜值高|品貌端正|仪表端[正庄]"
        ),
    ),
    (
        "health",
        re.compile(
            r"乙肝[^,。;\n]{0,6}(?:阴性|不要|勿扰)|(?:非|无|不能有|没有)(?:乙肝|传染病|色盲|色弱|家族病史|精神病史?)(?:携带者?|色弱|及?[^,。;\n]{0,6})?"
            r"|(?:裸眼)?视力[^,。;\n]{0,8}?\d\.\d(?:以上)?"
        ),
    ),
)
_ALL_PEOPLES = 6
"""汉族回族都行: so far after the first people the others may stand."""
_NOT_A_LIMIT = re.compile(r"不限|均可|都可|皆可|都行|也可")
_SERVICE_TEXT = re.compile(r"(?:办理|迁|登记|客户|用户|服务|招商|迁移|管理|建设)$")


def read_limits(text: str) -> list[Found[Limit]]:
    """Limits in the folded text, in text order; 男女不限 is none."""
    found: list[Found[Limit]] = []
    kinds = {_TRIGGER_KINDS[number] for _, _, number in _TRIGGER_WORDS.spans(text)}
    for kind, pattern in _PATTERNS:
        if kind not in kinds:
            continue
        for match in pattern.finditer(text):
            after = text[match.end() : match.end() + (_ALL_PEOPLES if kind == "ethnicity" else 4)]
            if _NOT_A_LIMIT.search(match.group()) or (
                _NOT_A_LIMIT.search(after) if kind == "ethnicity" else _NOT_A_LIMIT.match(after)
            ):
                continue
            if _SERVICE_TEXT.search(text, max(0, match.start() - 3), match.start()):
                continue
            found.append(Found(Limit(kind, match.group()), match.start(), match.end(), 0.85))
    bare = {item.value.text for item in found}
    if {"男", "女"} <= bare:  # 男21-60岁,女21-55岁: both are wanted
        found = [item for item in found if item.value.text not in ("男", "女")]
    return sorted(found, key=lambda item: item.start)
