"""Certificates a posting asks for, required or preferred (证书要求)."""

from __future__ import annotations

import re
from dataclasses import replace

from matcher.domain.posting_terms import Basis
from matcher.domain.values import CertificateRequirement
from matcher.lexicon.certificates import certificates
from matcher.text.found import Found
from matcher.text.posting_fields.negation import denied
from matcher.text.posting_fields.papers_handled import handled_papers
from matcher.text.posting_fields.papers_waived import waived_papers
from matcher.text.quick_search import holds_any

_TRIGGER_WORDS = ("驾", "资格", "电本", "焊本", "工本", "车本", "本本", "建造师", "教资", "一建", "二建", "职称", "会计师", "健康证明")
_TRIGGER_TITLES = re.compile(r"药师|社会工作师|造价师|初级会计|执业|注册安全")
_TRIGGER_PAPER = re.compile(r"[证照](?:(?<=证)(?![券明实据监])|(?<=照)(?![顾看护料片相明]))")
_TRIGGER_CLASS = re.compile(r"[abc](?:[1-6](?!\d)|本)|[nqgr][1-5](?!\d)|[一二三四五1-5高中初]级|技师")
_PREFERRED_AFTER = re.compile(
    r"(?!必备|必须|必需|一定|都要|要有|齐全)[^。;\n]{0,14}?(?:优先|最好|更好|更佳|更放心|价格?另谈|(?:工资|待遇|薪资)(?:可以?)?(?:面议|另[谈议])|佳|尤佳|加分|者优|不是必[须需]|不是硬性|不强[求制]|(?:有|持)(?:了|证)?的?(?:工资|待遇|薪资|工价)(?:另|更|能)?[高加涨]|另加|加\d|多给|也可|可放宽|补贴|补助|奖|适当放宽|择优|年龄.{0,3}放)"
)
_PREFERRED_BEFORE = re.compile(
    r"(?:最好|优先|优选|如有|若有|如果有|可协助|协助|帮助|免费|培训|(?<![需须要行己先前应后])办理(?!好|完)|可考|考取|帮办|代办)[^。;,\n]{0,6}$|或者?(?:持|具)?有?$"
)
_NOT_NEEDED_BEFORE = re.compile(r"(?:用不着|用不上|不看|无需|不需要?|不用|无须|不要求?|不要|没有|没|无)(?:持有?|有|考|办)?\s?$")
_NOT_NEEDED_AFTER = re.compile(
    r"[^。;,\n]{0,4}(?:有没有都|不要求(?!注册|[高中初]级|级别|等级|年限|在|驻|本地)|不作要求|不做要求|不强求"
    r"|非必[须需]|可有可无|没有也|无也可|可无|不限|均可不|都行没)"
)
_LACKED = re.compile(r"(?<!有)(?:没有?|无)$")
_REFUSED = re.compile(
    r"(?:的|者|人员|的人|的师傅){0,2}(?:一律|一概)?(?:请?勿|请?别|请?莫|不要(?!紧|求)"
    r"|不收|不招|请?免|请绕|谢绝|不予|不录|不考虑|不接受|不得)"
)
"""无叉车证者勿扰 asks for the paper."""
_PAPER_ALONE = re.compile(
    r"(?:没|无)证(?:的|者|勿|别|不|免)|(?:须|需|要|必须|得)(?:有|持|带)?(?:相关|有效|相应|特种)?(?:的)?(?:操作|上岗|作业)?证(?![书明照券]|件复印)|(?:要求|必须)(?:有|持|带)证|带证(?:上岗|来|的|优先)|(?:建筑)?特种(?:作业|设备)(?:人员)?(?:操作)?证|(?<=[(,])有证(?=[),]|$)|有证(?:上岗|优先|的优先)|持证(?:上岗|优先)?|证件齐全|(?<!网约车)(?:双证|两证)(?:齐全|优先)?"
    r"|(?:有|持|具有|具备)(?:相关|有效|相应)?(?:操作|上岗|作业|特种作业操作|特种作业|特种设备作业人员)证|(?:须|需|要)[^,。;\n]{1,6}(?:的|发的)证(?![书明照券])"
)
"""A paper that only the trade beside it names: 叉车须持证, 没证的别打电话."""
_GRADED_PAPER = re.compile(r"(?:[一二三四五初中高]级)(?:资格|职称)?证(?![明据券])|从业资格(?!证)")
_GRADED_REACH = 20
"""会计,有初级证: the paper of the trade named so near before it."""
_PRACTICE_PAPER = re.compile(r"执业(?:资格)?证书?(?!明)")
_PRACTICE_REACH = 40
_PRACTISED = frozenset({"nurse", "physician", "pharmacist"})
_OR_ALONE = re.compile(r"(?:照|证|本)?或者?")
_ANY_SKILL = "vocational_skill"
_TRADE_PAPER = re.compile(
    r"(?:(?!(?:学|会|职|党|团|社|队|店|人|老|教|律|医|药|厨)[员师])[一-龥]){1,3}[员师手](?:职业)?(?:资格|等级|技能等级)?证(?![明件券据实监])"
)
_DRIVES = re.compile(r"驾|司机|开车|跑车|送货|半挂|货车|罐车|[手自]动[挡档]|拉货|配送")
_BARE_CLASS = re.compile(
    r"(?:(?<=[,;。、\n:/和或要得持有需须])|^)\s?(?P<cls>[abc][1-3])(?=[,;。、/\n和或以及的]|$|都行|就行|即可)"
)
"""送货6500,要c1: the class of a licence without its word, where somebody drives."""
_TRUCKS = re.compile(r"半挂|货车|拖车|挂车|集装箱|物流|货运|拉货")
_ROAD_PAPER = re.compile(r"(?<!旅客)(?<!客运)从业(?:资格)?证")
_ANY_ONE = re.compile(r"[^。;\n]{0,16}?(?:其中(?:之|任)?一|之一|任[选意何]?一|有一[个本种项])")
_NOISE = re.compile(r"(?:[a-e][1-6]?[/、,或和及+~ \-照证本以上]{1,4}){14}")
"""Fourteen licence classes in a row: no posting, and slow to search."""
_ALTERNATIVE_GAP = 6
_CLAUSE_MARKS = ",。;\n"
_MOST_TRADES = 3
_MAX_MENTIONS = 60
_NOISY_CHARS = 400
_CLAUSE_BREAK = re.compile(r"[。;\n]|,(?!\s?(?:者|有|持证|有证)?(?:的|者)?(?:优先|最好|更好|更佳|加分|另加|工资|待遇|没有?也|没有?的))")


def read_certificate_needs(text: str) -> list[Found[CertificateRequirement]]:
    """Certificates in the folded, lower-case text. 优先 or 最好 makes one preferred, 无需 none at all.

    The basis is EMPLOYER here; whether law demands the certificate depends on the occupation and is known later.
    """
    if not _may_name_one(text) or _NOISE.search(text) is not None:
        return []
    if text.count("证") + text.count("照") > _MAX_MENTIONS:
        text = text[:_NOISY_CHARS]  # 证 in every other word is no posting; keep the cost bounded
    found: list[Found[CertificateRequirement]] = []
    mentions = certificates().find(text)[:_MAX_MENTIONS]
    spans = [(start, end) for start, end, _, _ in mentions]
    left_out = handled_papers(text, spans) | waived_papers(text, spans)
    for place, (start, end, code, level) in enumerate(mentions):
        named_before = spans[place - 1][1] if place else 0
        required = None if place in left_out else _required(text, start, end, named_before)
        if required is None:
            continue
        found.append(Found(CertificateRequirement(code, required, Basis.EMPLOYER, level), start, end, 0.92))
    if not found:
        found = _graded_papers(text)
    found += _papers_of_practice(text, spans)
    found += _papers_of_no_table(text, [*spans, *((item.start, item.end) for item in found)])
    found += _papers_of_drivers(text, found)
    if "证" in text and not any(certificates().entry(item.value.code).of_trade for item in found):
        found += _papers_of_trades(text)
    return _without_false_demands(text, sorted(found, key=lambda item: item.start))


def _required(text: str, start: int, end: int, named_before: int = 0) -> bool | None:
    """Whether the paper named in start..end is required, else only preferred; None when it is not asked for.

    named_before: where the paper named before it ends; 或 between the two says nothing of the second alone.
    """
    before = text[max(0, start - 10) : start]
    if _LACKED.search(before) is not None and _REFUSED.match(text, end) is not None:
        return True
    if denied(text, start) or _NOT_NEEDED_BEFORE.search(before) or _NOT_NEEDED_AFTER.match(text, end):
        return None
    if 0 < named_before <= start and _OR_ALONE.fullmatch(text, named_before, start):
        return not _preferred_after(text, end)
    return not (_preferred_after(text, end) or _PREFERRED_BEFORE.search(before))


def _not_asked(text: str, start: int, end: int) -> bool:
    return bool(handled_papers(text, [(start, end)]) or waived_papers(text, [(start, end)]))


def _papers_of_practice(text: str, named: list[tuple[int, int]]) -> list[Found[CertificateRequirement]]:
    """执业证 alone, of the nurse, physician or pharmacist named before it: 护士2名,带执业证来."""
    for paper in _PRACTICE_PAPER.finditer(text):
        start, end = paper.span()
        if any(a < end and start < b for a, b in named):
            continue
        near = max(0, start - _PRACTICE_REACH)
        trades = [code for _, _, code in certificates().stems_in(text[near:start]) if code in _PRACTISED]
        required = None if not trades or _not_asked(text, start, end) else _required(text, start, end)
        if required is not None:
            return [Found(CertificateRequirement(trades[-1], required, Basis.EMPLOYER), start, end, 0.6)]
    return []


def _graded_papers(text: str) -> list[Found[CertificateRequirement]]:
    """A paper named by its grade alone, 有初级证, is of the trade right before it."""
    found: list[Found[CertificateRequirement]] = []
    for paper in _GRADED_PAPER.finditer(text):
        near = max(0, paper.start() - _GRADED_REACH)
        trades = certificates().stems_in(text[near : paper.start()])
        if not trades or denied(text, near + trades[-1][0]) or denied(text, paper.start()):
            continue
        if _NOT_NEEDED_AFTER.match(text, paper.end()) or _not_asked(text, *paper.span()):
            continue
        required = not (_preferred_after(text, paper.end()) or _PREFERRED_BEFORE.search(text[near : paper.start()]))
        need = CertificateRequirement(trades[-1][2], required, Basis.EMPLOYER)
        found.append(Found(need, paper.start(), paper.end(), 0.6))
    return found[:_MOST_TRADES]


def _papers_of_no_table(text: str, named: list[tuple[int, int]]) -> list[Found[CertificateRequirement]]:
    """A paper of a trade that the table has no code for (救生员证): a certificate of skill, whichever."""
    for paper in _TRADE_PAPER.finditer(text):
        known = any(start < paper.end() and paper.start() < end for start, end in named)
        known = known or _not_asked(text, paper.start(), paper.end())
        required = None if known else _required(text, paper.start(), paper.end())
        if required is None:
            continue
        need = CertificateRequirement(_ANY_SKILL, required, Basis.EMPLOYER)
        return [Found(need, paper.start(), paper.end(), 0.6)]
    return []


def _papers_of_drivers(
    text: str, found: list[Found[CertificateRequirement]]
) -> list[Found[CertificateRequirement]]:
    """Licence classes that stand alone, and the 从业证 of those who drive trucks where no other is named by it."""
    named = {item.value.code for item in found}
    mentions: list[tuple[int, int, str]] = []
    if _DRIVES.search(text) is not None and not any(code.startswith("driv") for code in named):
        mentions += [(m.start("cls"), m.end(), f"drive_{m['cls']}") for m in _BARE_CLASS.finditer(text)]
    if _TRUCKS.search(text) is not None and "cargo_transport" not in named:
        papers = [m.span() for m in _ROAD_PAPER.finditer(text)]
        alone = [(a, b) for a, b in papers if not any(i.start <= a < i.end for i in found)]
        mentions += [(a, b, "cargo_transport") for a, b in alone]
    needs: dict[str, Found[CertificateRequirement]] = {}
    for start, end, code in mentions:
        required = None if _not_asked(text, start, end) else _required(text, start, end)
        if code not in certificates() or required is None:
            continue
        needs.setdefault(code, Found(CertificateRequirement(code, required, Basis.EMPLOYER), start, end, 0.7))
    return list(needs.values())[:_MOST_TRADES]


def _papers_of_trades(text: str) -> list[Found[CertificateRequirement]]:
    """The papers that 操作证 alone asks for: of the trades in its clause, else of all trades of the text."""
    paper = _PAPER_ALONE.search(text)
    if paper is None or denied(text, paper.start()) or _not_asked(text, *paper.span()):
        return []
    trades = certificates().trades_in(text)
    opening = max(text.rfind(mark, 0, paper.start()) for mark in _CLAUSE_MARKS)
    beside = [trade for trade in trades if opening < trade[0] and trade[1] <= paper.end()]
    required = not (_preferred_after(text, paper.end()) or "优先" in paper.group())
    needed: dict[str, Found[CertificateRequirement]] = {}
    for start, end, code in beside or trades:
        need = CertificateRequirement(code, required, Basis.EMPLOYER)
        needed.setdefault(code, Found(need, start, end, 0.6))
    return list(needed.values())[:_MOST_TRADES]


def _may_name_one(text: str) -> bool:
    return (
        holds_any(text, _TRIGGER_WORDS)
        or _TRIGGER_TITLES.search(text) is not None
        or _TRIGGER_PAPER.search(text) is not None
        or _TRIGGER_CLASS.search(text) is not None
    )


def _without_false_demands(
    text: str, found: list[Found[CertificateRequirement]]
) -> list[Found[CertificateRequirement]]:
    """One of several will do (C1/C2驾照, 电工证或焊工证): none of them may exclude a person on its own.

    Where every alternative serves for one of them, that one stays required (C2 of "C1/C2").
    """
    result = [_one_of_these(text, item) for item in found]
    for first in range(len(found) - 1):
        last = first
        while last + 1 < len(found) and _alternatives(text, found[last], found[last + 1]):
            last += 1
        group = range(first, last + 1)
        if last == first:
            continue
        codes = [found[i].value.code for i in group]
        enough = next((c for c in codes if all(o == c or certificates().implies(o, c) for o in codes)), None)
        for i in group:
            same = len(set(codes)) == 1 and any(found[j].value.required for j in group)
            if same or result[i].value.code != enough:
                result[i] = replace(result[i], value=replace(result[i].value, required=same))
    required = {item.value.code for item in result if item.value.required}
    return [item for item in result if item.value.required or item.value.code not in required]


def _one_of_these(text: str, item: Found[CertificateRequirement]) -> Found[CertificateRequirement]:
    """电工、焊工证其中一种: none of them alone is required."""
    if _ANY_ONE.match(text, item.end) is None:
        return item
    return replace(item, value=replace(item.value, required=False))


def _alternatives(
    text: str, left: Found[CertificateRequirement], right: Found[CertificateRequirement]
) -> bool:
    gap = text[left.end : right.start]
    if len(gap) > _ALTERNATIVE_GAP:
        return False
    licences = left.value.code.startswith("drive_") and right.value.code.startswith("drive_")
    return "/" in gap or "或" in gap or (licences and "。" not in gap and "\n" not in gap)


def _preferred_after(text: str, end: int) -> bool:
    match = _PREFERRED_AFTER.match(text, end)
    if match is None:
        return False
    return _CLAUSE_BREAK.search(text, end, match.end()) is None
