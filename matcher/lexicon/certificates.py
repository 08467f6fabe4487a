"""Certificates and licences: the table, where they are legally needed, and finding them in text (证书)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from matcher.domain.worker_terms import SkillLevel
from matcher.errors import InvalidInput, NotFound
from matcher.lexicon.files import DATA, loaded, number, read_table
from matcher.lexicon.licences import licences
from matcher.lexicon.phrases import PhraseTable
from matcher.text.normalise import fold_case

MAX_CERTIFICATES = 63  # 每种证占 uint64 的一位

_HEALTH = "health"
_PAUSES = " ,"
"""身体健康,保安证优先 joins nothing; 健康、保安证 does."""
_JOINERS = "/、,或和及与&+ "
_MOST_NAMED = 150
"""Papers looked at in one text; no notice names so many."""
_BRACKETED = re.compile(
    r"(?:操作证|作业证|作业人员证|上岗证|从业资格证|资格证书?|特种作业证|特种设备证)\s*[(:：]\s*([^()\n。;；]{2,24})"
)
_KIND_NEXT = re.compile(r"(?:特种作业操作证|特种作业证|特种设备作业人员证|特种设备证|操作证)(?=[一-龥a-z])")
_GRADE = r"(?:特级技师|首席技师|高级技师|技师|高级工|中级工|初级工|[一二三四五1-5]级|高级|中级|初级)"
_GRADED = re.compile(
    rf"\(?{_GRADE}(?:工)?\)?(?:\({_GRADE}\))?\s?(?:[及或]?以上)?的?(?:职业|技能|资格|水平|等级|作业|操作|上岗){{0,3}}(?:证书?(?!明|券|据)|资格)"
)
"""What may stand between a stem and its 证书: 养老护理员五级及以上证书."""
_GRADED_ALONE = re.compile(
    r"\(?(?:[一二三四五1-5]级\)?(?=\s?(?:[,。;、\n)]|及以上|或?以上|优先|$))"
    r"|(?:高级技师|技师|[高中初]级工|[高中初]级)\)?(?=\s?(?:及|或|含)?(?:以上|优先|者优先)))"
)
"""A grade that says there is a paper: 养老护理员四级及以上, 焊工高级工以上."""
_GRADES_OF_TITLES = frozenset({"执业", "注册", "一级", "二级", "初级", "中级", "助理"})
_TRADE_ENDING = re.compile(
    r"(?:操作|作业|驾驶|指挥|管理|维修|维保|安装|修理|从业|运行|司机|工|员|师|人员|操作工|操作员|操作人员|作业人员|从业人员|驾驶员|管理员|特种|特种作业|特种设备|行业|设备|类|岗位|专业|技能|职业|水平|技术|等级|初级|中级|高级|的){1,3}"
    r"(?:上岗|操作|资格|作业|从业|执业|合格|许可|等级|培训)?证(?!明|券|据|件|实|监|金)书?"
)
"""What people put between a trade and its paper: 电梯作业人员证, 吊车司机上岗证."""
_GRADE_IN_FRONT = re.compile(r"[一二三四五]级(?:\([高中初]级\)|/[高中初]级工?)?$")
_TITLE = "职称"
_TITLED = re.compile(r"(?:专业技术|(?:等?相关)?专业(?:[,、;]?(?:有|持有|具有|具备|取得))?[,、]?|系列|类)?(?:[初中高]级)?(?:[及或]?以上)?的?(?:专业技术)?职称")
"""A professional title that is its own paper: 会计职称, 会计专业中级及以上职称."""
_TITLED_CODES = frozenset({"accounting", "pharmacist", "nurse", "social_worker"})
_BY_STEM_WORDS = ("级", "师", "执业", _TITLE)
_AGENT_ENDS = frozenset("员师工")
_HELD_BEFORE = re.compile(r"(?:[有带持拿考]|得有|需要?)[过了]?$")
_NOT_A_BOOK = frozenset("人身科领专地")
"""After these even a 本 that is held belongs to what follows: 有电工本人到场."""
_QUALIFIED = re.compile(
    r"(?:执业|注册|[一二]级|[初中]级|助理)(?:会计师?|药师|中药师|医师|护士|造价(?:工程)?师|建造师|社工师?|社会工作师|监理工程师|安全工程师|经济师|审计师)$|社会工作师$"
)
_QUALIFIED_AFTER = re.compile(r"(?:资格|职称)?(?:[及或]?以上)?(?:的|者)?(?:优先|更佳|更好|最好|加分|另加|有)")
_QUALIFIED_BEFORE = re.compile(r"(?:持有?|具备|具有|取得|考[过取出到下]了?|拿到|通过[了]?)\s?$")
"""A title one is examined for stands for its paper: 执业药师优先, 考过初级会计."""
_QUALIFIED_ALONE = re.compile(r"(?:\([^()\n]{1,10}\))?(?:一?[名位])?(?:资格)?(?:[及或]?以上)?(?=\s?(?:[,;。\n]|$))(?!\s?[,;]\s?\d{1,3}\s?[名人个位])")
_LINE_OPENING = re.compile(r"[;,。\n]\s?(?:\d{1,2}[、.]\s?)?$")
_EXAMINED_ALONE = frozenset({"pharmacist", "physician", "social_worker"})
"""A requirement of its own: 执业药师(中西药均可),45岁以下."""
_IN_BRACKETS = re.compile(r"\((?!持|有|无|带|需|要|须)[^()\n\d]{2,10}\)(?:职业|技能|资格|等级|操作|作业|上岗){0,3}证书?(?![明券据件实监])")
"""消防设施操作员(监控方向)证书: what parts a stem from its paper may stand in brackets."""
_SAFETY_STAFF = re.compile(r"安全员|建安|安管|三类人员|专职安全|安全生产考核")
_SAFETY_CLASS = re.compile(r"[abc]类?证")
"""C证 where 安全员 are wanted is no driving licence."""
_DEVICE_CLASS = re.compile(r"(?:持有?|有|需要?|具备|要求|考[过了]?|带)(?:特种设备)?(?P<all>n[12]|q[1-5]|g[123]|r[12])(?![a-z0-9])")
"""Classes of 特种设备 papers said without 证: 持N1上岗."""
_GRADE_BEFORE = re.compile(rf"({_GRADE})(?:工)?[及或]?以上的?(?:职业)?$")
_GRADE_CHARS = frozenset("级师建")
"""One of them stands in every grade."""
_NEAR_GRADE = 10
_LEVELS: tuple[tuple[str, SkillLevel], ...] = (
    ("特级技师", SkillLevel.SPECIAL),
    ("首席技师", SkillLevel.CHIEF),
    ("高级技师", SkillLevel.LEVEL_1),
    ("技师", SkillLevel.LEVEL_2),
    ("一级", SkillLevel.LEVEL_1),
    ("二级", SkillLevel.LEVEL_2),
    ("三级", SkillLevel.LEVEL_3),
    ("四级", SkillLevel.LEVEL_4),
    ("五级", SkillLevel.LEVEL_5),
    ("高级工", SkillLevel.LEVEL_3),
    ("中级工", SkillLevel.LEVEL_4),
    ("初级工", SkillLevel.LEVEL_5),
    ("高级", SkillLevel.LEVEL_3),
    ("中级", SkillLevel.LEVEL_4),
    ("初级", SkillLevel.LEVEL_5),
    ("一建", SkillLevel.LEVEL_1),
    ("二建", SkillLevel.LEVEL_2),
)
_TRIGGER = re.compile(
    r"[证照本]|资格|建造师|教资|一建|二建|驾|职称|会计师"
    r"|执业|注册|初级会计|造价师|社会工作师|[abcnqgr][1-6]|[一二三四五1-5]级|技师|[高中初]级"
)

Mention = tuple[int, int, str, SkillLevel]


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. valid_years / review_years: None = no fixed term; statutory: some work needs it by law.

    of_trade: whether 操作证 or 证 alone can mean it where its trade is named.
    """

    code: str
    name: str
    stems: tuple[str, ...]
    aliases: tuple[str, ...]
    covers: tuple[str, ...]
    statutory: bool
    valid_years: float | None
    review_years: float | None
    of_trade: bool
    note: str


@dataclass(frozen=True, slots=True)
class StatutoryRule:
    """An occupation that needs all of `certificates` by law when one of `when` is in the title (empty = always)."""

    occupation: str
    when: tuple[str, ...]
    certificates: tuple[str, ...]
    basis: str


class CertificateTable:
    """All certificates in a fixed order (the bit order), with text search and the law's table."""

    def __init__(
        self, certificates: Collection[Certificate], rules: Collection[StatutoryRule], suffixes: Collection[str]
    ) -> None:
        self.certificates = tuple(certificates)
        self._index = {c.code: i for i, c in enumerate(self.certificates)}
        self.rules = tuple(rules)
        self._rules: dict[str, list[StatutoryRule]] = {}
        for rule in rules:
            self._rules.setdefault(rule.occupation, []).append(rule)
        self._covers = {c.code: frozenset((c.code, *c.covers)) for c in self.certificates}
        phrases: dict[str, tuple[str, bool]] = {}
        self._stems = PhraseTable({stem: c.code for c in self.certificates for stem in c.stems})
        for certificate in self.certificates:
            for stem in certificate.stems:
                for suffix in suffixes:
                    phrases[stem + suffix] = (certificate.code, True)
        for certificate in self.certificates:
            for alias in certificate.aliases:
                phrases[alias] = (certificate.code, alias in phrases and not alias.endswith("本"))
        self._phrases = PhraseTable(phrases)

    def __len__(self) -> int:
        return len(self.certificates)

    def __contains__(self, code: object) -> bool:
        return code in self._index

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in bit order."""
        return tuple(self._index)

    def index(self, code: str) -> int:
        """Bit number of a code; raises NotFound."""
        try:
            return self._index[code]
        except KeyError:
            raise NotFound(f"证书代码 {code} 不在证书表中；请检查 certificates.csv") from None

    def entry(self, code: str) -> Certificate:
        """All that is known of a code; raises NotFound."""
        return self.certificates[self.index(code)]

    def name(self, code: str) -> str:
        """Chinese name of a certificate."""
        return self.entry(code).name

    def implies(self, held: str, needed: str) -> bool:
        """Whether holding `held` serves where `needed` is asked for (A1 serves for C1). Not transitive by itself."""
        self.index(needed)
        return needed in self._covers[self.entry(held).code]

    def covered_by(self, held: Collection[str]) -> frozenset[str]:
        """Every certificate that the held ones serve for, themselves included."""
        return frozenset().union(*(self._covers[self.entry(code).code] for code in held))

    def mask(self, codes: Collection[str]) -> int:
        """The codes as bits of a 64-bit mask; use on `covered_by(held)` to test needs with one `and`."""
        bits = 0
        for code in codes:
            bits |= 1 << self.index(code)
        return bits

    def statutory_for(self, occupation_code: str, title: str = "") -> tuple[str, ...]:
        """Certificates needed by law for an occupation, all of them, in bit order.

        Some rules hold for part of an occupation only (叉车 within 起重装卸机械操作工): they apply when the title
        names that part, so without a title the answer holds only what is needed in every case.
        """
        folded = fold_case(title)
        needed = {
            code
            for rule in self._rules.get(occupation_code, ())
            if not rule.when or any(word in folded for word in rule.when)
            for code in rule.certificates
        }
        return tuple(sorted(needed, key=self.index))

    def find(self, text: str) -> list[Mention]:
        """Mentions of certificates as (start, end, code, level), in order; negation is the caller's to judge.

        Spans are character offsets into `text`. A list such as "A1、A2驾驶证" or "电工/焊工证" gives one mention
        for each. SkillLevel.NONE when no grade is named.
        """
        folded = fold_case(text)
        if _TRIGGER.search(folded) is None:
            return []
        found = [*self._named(folded), *(_of_safety_staff(folded, licence) for licence in licences(folded))]
        return _without_bare_electrician(folded, _without_overlaps(found))

    def _named(self, folded: str) -> Iterator[Mention]:
        for start, end, (code, has_stem) in self._phrases.find(folded)[:_MOST_NAMED]:
            if has_stem and _is_cut_off(folded, start, end):
                continue
            level, first = _level_around(folded, start, end)
            yield first, end, code, level
            if code == "low_voltage" and folded.startswith("高", first - 1) and first:
                yield first - 1, first, "high_voltage", level  # 高低压电工证
            if has_stem:
                yield from self._joined_before(folded, first, level)
        for match in _DEVICE_CLASS.finditer(folded):
            device = self._stems.get(match["all"])
            if device is not None:
                yield match.start("all"), match.end("all"), device, SkillLevel.NONE
        for match in _BRACKETED.finditer(folded):
            offset = match.start(1)
            for start, end, code in self._stems.find(match.group(1)):
                yield offset + start, offset + end, code, SkillLevel.NONE
        yield from self._by_stem(folded)

    def _by_stem(self, folded: str) -> Iterator[Mention]:
        """A stem parted from its 证书 by a grade (焊工技师及以上证书) or after it (特种作业操作证焊接类)."""
        named = {match.end() for match in _KIND_NEXT.finditer(folded)}
        papers = "证" in folded
        if not named and not papers and not any(word in folded for word in _BY_STEM_WORDS):
            return
        for start, end, code in self._stems.find(folded):
            if _is_examined(folded, start, end) or (code in _EXAMINED_ALONE and _stands_alone(folded, start, end)):
                yield start, end, code, _level_around(folded, start, end)[0]
                continue
            titled = _TITLED.match(folded, end) if code in _TITLED_CODES else None
            if titled is not None or folded.endswith(_TITLE, start, end):
                stop = end if titled is None else titled.end()
                level, first = _level_around(folded, start, stop)
                yield first, stop, code, level
                continue
            graded = (
                _GRADED.match(folded, end)
                or _GRADED_ALONE.match(folded, end)
                or (_IN_BRACKETS.match(folded, end) if folded.startswith("(", end) else None)
            )
            ended = _TRADE_ENDING.match(folded, end) if papers else None
            if ended is not None:
                level, first = _level_around(folded, start, ended.end())
                yield first, ended.end(), code, level
                yield from self._joined_before(folded, first, level)
            elif graded is not None:
                yield start, graded.end(), code, _level_around(folded, start, graded.end())[0]
            elif folded[end - 1] in _AGENT_ENDS and _GRADE_IN_FRONT.search(folded, max(0, start - 8), start):
                yield start, end, code, _level_around(folded, start, end)[0]
            elif start in named:
                yield start, end, code, SkillLevel.NONE

    def stems_in(self, folded: str) -> list[tuple[int, int, str]]:
        """(start, end, code) of every word that names a paper with 证 behind it: 会计, 消防, 电焊."""
        return list(self._stems.find(folded))

    def trades_in(self, folded: str) -> list[tuple[int, int, str]]:
        """(start, end, code) of every licensed trade named without its paper: 塔吊, 电焊, 叉车."""
        return [found for found in self._stems.find(folded) if self.entry(found[2]).of_trade]

    def _joined_before(self, folded: str, start: int, level: SkillLevel) -> Iterator[Mention]:
        """The other certificates of a list that shares one 证: 电工/焊工证."""
        while start > 1 and folded[start - 1] in _JOINERS:
            for length in range(min(12, start - 1), 1, -1):
                code = self._stems.get(folded[start - 1 - length : start - 1])
                if code is not None and not (code == _HEALTH and folded[start - 1] in _PAUSES):
                    start -= 1 + length
                    yield start, start + length, code, level
                    break
            else:
                return


def _is_cut_off(folded: str, start: int, end: int) -> bool:
    """Whether 本 belongs to what follows: 电工本人 is not 电工本."""
    if not folded.endswith("本", start, end) or folded.endswith("本本", start, end) or end == len(folded):
        return False
    if folded[end] not in _NOT_A_BOOK and _HELD_BEFORE.search(folded, max(0, start - 2), start):
        return False
    return folded[end] not in " ,，。、;；/)的\n就也和或必优满需两三者可都齐"


def _is_examined(folded: str, start: int, end: int) -> bool:
    """Whether a stem is the name of an examination and something says that people hold it."""
    if _QUALIFIED.search(folded, max(0, start - 2), end) is None:
        return False
    grade = start - 2 if folded[max(0, start - 2) : start] in _GRADES_OF_TITLES else start
    return (
        _QUALIFIED_AFTER.match(folded, end) is not None
        or _QUALIFIED_BEFORE.search(folded, max(0, grade - 4), grade) is not None
    )


def _stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether the name of an examination is a requirement of its own; the first line of a text is its title."""
    if _QUALIFIED.search(folded, max(0, start - 2), end) is None or "\n" not in folded[:start]:
        return False
    first = start - 2 if folded[max(0, start - 2) : start] in _GRADES_OF_TITLES else start
    return (
        _LINE_OPENING.search(folded, max(0, first - 5), first) is not None
        and _QUALIFIED_ALONE.match(folded, end) is not None
    )


def _of_safety_staff(folded: str, licence: Mention) -> Mention:
    """C证 of an 安全员 says the class of the safety examination."""
    start, end, _, level = licence
    if end - start > 1 or not _SAFETY_CLASS.match(folded, start) or not _SAFETY_STAFF.search(folded):
        return licence
    return start, end, "safety_officer", level


def _level_around(folded: str, start: int, end: int) -> tuple[SkillLevel, int]:
    """Grade named right before, inside or right after a mention, and where the mention then begins."""
    near = folded[max(0, start - _NEAR_GRADE) : end + _NEAR_GRADE]
    if _GRADE_CHARS.isdisjoint(near):
        return SkillLevel.NONE, start
    above = _GRADE_BEFORE.search(folded, max(0, start - _NEAR_GRADE), start)
    for word, level in _LEVELS:
        if folded.startswith(word, start - len(word)) and start >= len(word):
            return level, start - len(word)
        if word in folded[start:end]:
            return level, start
        if above is not None and above[1].startswith(word):
            return level, start
        if folded.startswith((word, f"({word}", f"({word[0]}级"), end) and word not in {"技师"}:
            return level, start
    return SkillLevel.NONE, start


def _without_overlaps(found: list[Mention]) -> list[Mention]:
    """Longest first where spans overlap, then in text order; a generic 驾照 right after its class is dropped."""
    kept: list[Mention] = []
    taken: set[int] = set()
    for start, end, code, level in sorted(found, key=lambda m: (m[0] - m[1], m[0])):
        if not taken.intersection(range(start, end)):
            taken.update(range(start, end))
            kept.append((start, end, code, level))
    kept.sort()
    classes = [m for m in kept if m[2].startswith("drive_")]
    return [
        m
        for m in kept
        if m[2] != "driving" or not any(-16 <= m[0] - c[1] <= 8 or 0 <= c[0] - m[1] <= 4 for c in classes)
    ]


def _without_bare_electrician(folded: str, mentions: list[Mention]) -> list[Mention]:
    """电工,低压证 asks for one paper: the trade before a paper that says which voltage is no paper of its own."""
    voltages = {start for start, _, code, _ in mentions if code in ("low_voltage", "high_voltage")}
    return [
        m
        for m in mentions
        if m[2] != "electrician" or folded[m[1] - 1] in "证本" or not voltages.intersection((m[1], m[1] + 1))
    ]


def _split(cell: str) -> tuple[str, ...]:
    return tuple(fold_case(part.strip()) for part in cell.split("|") if part.strip())


@loaded
def certificates() -> CertificateTable:
    """The certificate table with the statutory rules."""
    columns = ("code", "name", "stems", "aliases", "covers", "statutory", "valid_years", "review_years", "trade", "note")
    rows = []
    for line, row in read_table("certificates.csv", columns):
        years = [
            number(row[c], name="certificates.csv", row=line, column=c) if row[c] else None
            for c in ("valid_years", "review_years")
        ]
        rows.append(
            Certificate(
                row["code"], row["name"], _split(row["stems"]), _split(row["aliases"]), _split(row["covers"]),
                row["statutory"] == "1", years[0], years[1], row["trade"] == "1", row["note"],
            )
        )  # fmt: skip
    if len(rows) > MAX_CERTIFICATES:
        raise InvalidInput(f"certificates.csv 有 {len(rows)} 种证，最多 {MAX_CERTIFICATES} 种；请合并少见的证")
    known = {row.code for row in rows}
    rules = []
    for line, row in read_table("statutory.csv", ("occupation", "when", "certificates", "basis")):
        rule = StatutoryRule(row["occupation"], _split(row["when"]), _split(row["certificates"]), row["basis"])
        for code in rule.certificates:
            if code not in known:
                raise InvalidInput(f"statutory.csv 第{line}行 证书 {code} 不存在；请改成 certificates.csv 里的代码")
        rules.append(rule)
    for certificate in rows:
        for code in certificate.covers:
            if code not in known:
                raise InvalidInput(f"certificates.csv {certificate.code} 的 covers 里 {code} 不存在；请改正")
    suffixes = (DATA / "certificate_suffixes.tsv").read_text(encoding="utf-8").splitlines()
    return CertificateTable(rows, rules, [line for line in suffixes if line and not line.startswith("#")])
