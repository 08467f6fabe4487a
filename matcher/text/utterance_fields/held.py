"""Certificates a person says they hold, hold expired, or lack (持有证书).

有叉车证 is held; 没有, 正在考, 丢了, 可以办 are not; 过期 is its own list, so that "复审后可上" can be said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from matcher.domain.values import HeldCertificate
from matcher.domain.worker_terms import SkillLevel
from matcher.lexicon.certificates import certificates
from matcher.text.found import Found
from matcher.text.utterance_fields.scope import Scope

_LACKING_BEFORE = re.compile(
    r"(?:没(?:有|得|考|办|拿)?(?:过)?|无|冇得?|莫得?|么有|不用|不要|不需要|(?:正在|准备|想|打算|要|去|在|刚报名|报名)(?:学|考|办)(?:个)?"
    r"|学|考(?!了|过|的|有|下|到|出|取了)|补办|需要|要求|用|缺|差)(?:个|张|一个)?$"
)
_LACKING_AFTER = re.compile(
    r"(?:我|也|都|还|倒|就|刚|又|暂时|目前|啥的|这些|早|已经|前年|去年)?(?:都|也|还|就)?(?:没(?!过期|问题)|冇|莫得|么有|不在手|(?:可以|能|会|要|马上|去"
    r"|后)(?:去)?(?:办|考|补)|正?在(?:考|办|补|学|培训)|补办|丢|弄丢|被扣|被吊销|吊销|注销|扣了|考不|怎么|办不|在学)"
)
_EXPIRED_AFTER = re.compile(r"(?:也|都|还|就|刚|又|已经|去年|今年|上个?月|早就|早|快)?(?:都|就|刚)?(?:过期|到期了|失效|没年审|没复审|没审)")
_EXPIRED_BEFORE = re.compile(r"过(?:了)?期的$")
_ASKED_AFTER = re.compile(r"(?:吗|么|嘛|呢|不(?!过期|在话下)|行不|要不|□□□)\??$")
_ASKED_BEFORE = re.compile(r"(?:□□□|要|需要|用|得有|必须有)$")
_LIST_GAP = re.compile(r"[、,和跟与及或/ ]{0,2}(?:还有|以及)?")
_CLASS_ALONE = re.compile(r"(?<![a-z0-9])([abc][123])(?![a-z0-9])")
_C_LICENCE = re.compile(r"(?<![a-z0-9])c(?:照|本|证)")
_NO_CERTIFICATE = re.compile(
    r"(?:我|啥|什么|任何|一个|也|都)?(?:没|没有|冇得?|莫得|么有|无)(?:啥|什么|任何)?(?:证书|证件|证|本)(?![a-z\u4e00-\u9fff])|(?:啥"
    r"|什么)证(?:都|也)?(?:没|冇|莫)"
)
_PAPER = re.compile(r"[证照本格]|[abc][123]|[nqrtg][12]|[一二]建|教资")


_MAX_MENTIONS = 40
"""Nobody names more papers in one sentence; what follows is noise."""


@dataclass(slots=True)
class HeldCertificates:
    """held: counted as held; expired, lacking: codes they named but may not use; none: said they have no papers."""

    held: list[Found[HeldCertificate]] = field(default_factory=list)
    expired: list[Found[str]] = field(default_factory=list)
    lacking: list[Found[str]] = field(default_factory=list)
    none: Found[bool] | None = None
    asked: list[tuple[int, int]] = field(default_factory=list)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Spans of all certificates named, held or not."""
        return [(f.start, f.end) for f in self.held] + [(f.start, f.end) for f in self.expired + self.lacking] + self.asked


def read_held(scope: Scope) -> HeldCertificates:
    """Every certificate named in the sentence, sorted by what is said of it."""
    result = HeldCertificates()
    mentions = _mentions(scope)[:_MAX_MENTIONS]
    lists = _lists(scope, mentions)
    for (start, end, code, level), whole in zip(mentions, lists, strict=True):
        state = _state(scope, (start, end), whole)
        if state == "held":
            result.held.append(Found(HeldCertificate(code, level=level), start, end, 0.95))
        elif state == "expired":
            result.expired.append(Found(code, start, end, 0.9))
        elif state == "lacking":
            result.lacking.append(Found(code, start, end, 0.9))
        else:
            result.asked.append((start, end))
    none = _NO_CERTIFICATE.search(scope.plain)
    if none is not None and not result.held:
        result.none = Found(True, none.start(), none.end(), 0.85)
    return result


_Mention = tuple[int, int, str, SkillLevel]


def _mentions(scope: Scope) -> list[_Mention]:
    table = certificates()
    found: list[_Mention] = [
        m
        for m in table.find(scope.text)
        if not (scope.text[m[1] : m[1] + 1] == "," and _PAPER.search(scope.text[m[0] : m[1]]) is None)
    ]  # "保育员,健康证": a speaker's comma ends what was said, 保育员 is the trade
    covered = {i for start, end, _, _ in found for i in range(start, end)}
    for match in _CLASS_ALONE.finditer(scope.text):
        if match.start() not in covered and f"drive_{match[1]}" in table:
            found.append((match.start(), match.end(), f"drive_{match[1]}", SkillLevel.NONE))
    if not any(code.startswith("drive_c") for _, _, code, _ in found):
        licence = _C_LICENCE.search(scope.text)
        if licence is not None and not scope.text[: licence.start()].endswith("安全员"):
            found.append((licence.start(), licence.end(), "drive_c1", SkillLevel.NONE))
    found = [m for m in found if not (m[2].startswith("drive_") and scope.text[: m[0]].endswith("安全员"))]
    return _specific(sorted(found))


def _specific(found: list[_Mention]) -> list[_Mention]:
    """驾照C1 names one licence: 驾照 right beside a class says nothing more."""
    return [
        m
        for i, m in enumerate(found)
        if m[2] != "driving"
        or not any(
            other[2].startswith("drive_") and (0 <= other[0] - m[1] <= 3 or 0 <= m[0] - other[1] <= 2)
            for other in found[max(0, i - 1) : i + 2]
        )
    ]


def _lists(scope: Scope, mentions: list[_Mention]) -> list[tuple[int, int]]:
    """For each mention the span of the list it stands in: 焊工证和叉车证."""
    spans: list[tuple[int, int]] = []
    first = 0
    for index, (_, end, _, _) in enumerate(mentions):
        last = index + 1 == len(mentions)
        if last or not _joined(scope, end, mentions[index + 1][0]):
            spans += [(mentions[first][0], end)] * (index + 1 - first)
            first = index + 1
    return spans


def _state(scope: Scope, own: tuple[int, int], whole: tuple[int, int]) -> str:
    """held, expired, lacking or asked, from the words around the mention and around its list."""
    for before_at, after_at in (own, whole):
        before, after = scope.before(before_at), scope.after(after_at, 8)
        if _EXPIRED_AFTER.match(after) or _EXPIRED_BEFORE.search(before):
            return "expired"
        if _LACKING_BEFORE.search(before) or _LACKING_AFTER.match(after):
            return "lacking"
        if _ASKED_AFTER.match(after) or (_ASKED_BEFORE.search(before) and after[:1] in "吗么嘛"):
            return "asked"
    return "held"


def _joined(scope: Scope, end: int, start: int) -> bool:
    """Whether only a list joiner lies between; a comma starts a new statement."""
    gap = scope.plain[end:start]
    return "," not in gap and len(gap) <= 4 and _LIST_GAP.fullmatch(gap) is not None
