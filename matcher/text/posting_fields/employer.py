"""The employer a text names (招用单位)."""

from __future__ import annotations

import re

from matcher.text.found import Found

_ENDINGS = (
    "有限责任公司|股份有限公司|有限公司|分公司|公司|集团|合作社|经营部|工作室|事务所|项目部|指挥部|服务中心|服务站|物业|酒店|宾馆|饭店|餐厅|面馆|火锅店|超市|商场|商店|药店|理发店|"
    "美容院|幼儿园|小学|中学|学校|医院|诊所|卫生院|养老院|敬老院|福利院|工厂|砖厂|服装厂|家具厂|纸箱厂|食品厂|电子厂|木器厂|塑料厂|机械厂|加工厂|制衣厂|养殖场|农场|果园|种植园|采摘园|"
    "洗车行|汽修厂|修理厂|快递站|驿站|菜鸟驿站|家政|劳务|社区居委会|村委会|街道办|环卫所|园林局|帮扶车间|扶贫车间|车间|门店|厂"
)
_LABELLED = re.compile(
    r"(?:招[聘用工]单位|用[人工]单位|单位名称|公司名称|企业名称|单位|公司|企业|厂名|店名|雇主|招聘企业)\s?[:：]\s?(?P<name>[^\s,，。;；、\n:：]{2,30})"
)
_NAMED = re.compile(
    rf"(?<![一-龥a-z0-9])(?P<name>[一-龥a-z0-9()]{{2,18}}?(?:{_ENDINGS}))(?![一-龥]{{0,1}}(?:经验|的?工作|实习|长大|周边|附近))"
)
_NAMELESS = re.compile(
    r"^(?:我们?|本|该|某|大|小|各|贵|你|在|去|有|到|一家|招|急|新|老|国企|外企|上市|正规|知名|直招|包|位于|附近|工作|现|因|和|为|某某|几家|多家|同城|熟悉|从事|需|要|会|能|打|做|进|上)"
)


def read_employer(text: str) -> Found[str] | None:
    """Name of the employer in the folded text; 本公司, 某厂 and the like name none."""
    match = _LABELLED.search(text)
    if match is not None:
        return Found(match["name"], match.start("name"), match.end("name"), 0.9)
    for match in _NAMED.finditer(text):
        name = match["name"]
        if _NAMELESS.match(name) is None:
            return Found(name, match.start("name"), match.end("name"), 0.6)
        rest = re.search(rf"(?:在|位于|去|到)(?P<name>[一-龥a-z0-9()]{{2,16}}?(?:{_ENDINGS}))", name)
        if rest is not None and _NAMELESS.match(rest["name"]) is None:
            start = match.start("name") + rest.start("name")
            return Found(rest["name"], start, start + len(rest["name"]), 0.5)
    return None
