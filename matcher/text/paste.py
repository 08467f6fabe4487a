"""Cut a pasted group message into draft postings and say what each still lacks (粘贴入口)."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.values import Occupation, Place
from matcher.lexicon.places import find_places
from matcher.text.found import Found
from matcher.text.normalise import fold_case
from matcher.text.occupation import code_occupation, find_aliases
from matcher.text.pay import find_pays
from matcher.text.posting_fields.employer import read_employer
from matcher.text.posting_fields.headcount import read_headcount
from matcher.text.posting_parser import ParsedPosting, parse_posting
from matcher.text.work_words import work_reader

MAX_MESSAGE_CHARS = 20_000
"""Longer pastes are cut here; the rest is not read."""

MANDATORY_ELEMENTS: tuple[tuple[str, str], ...] = (
    ("employer", "招用单位"),
    ("duties", "岗位或工作内容"),
    ("headcount", "招聘人数"),
    ("place", "工作地点"),
    ("pay", "劳动报酬"),
    ("contact", "联系方式"),
)
"""The six elements of a recruitment notice, after 《关于规范网络平台招聘类信息发布的通知》 (January 2026, five
ministries) and 《网络招聘服务管理规定》; read from summaries, so the office checks the list against the text in force."""

VALIDITY_ELEMENT = ("validity", "有效期")
"""Demanded by the same notice beside the six."""

_SEPARATOR_LINE = re.compile(r"^[\s\-=~_*#+·.。—…★☆◆●▲■🔥💥❤✅👇👉📢🌟➖]+$")
_NUMBERING = re.compile(
    r"^\s*(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.、:：]|[①-⑳]|第[一二三四五六七八九十\d]{1,2}[个、:：]|[\[【]\s?\d{1,2}\s?[\]】]|岗位[一二三四五六七八九十\d]{1,2}[:：、]|[◆●▲■★☆🔥✅👉📢💥🌟❗‼\-*]+)\s*"
)
_FIELD_LINE = re.compile(
    r"^[\s\[【(（]*(?:工\s?资|薪\s?资|薪酬|待\s?遇|福利|要\s?求|条件|地\s?点|地\s?址|工作地|时\s?间|上班|工作时间|联系|电话|手机|微信|食宿|吃住|年龄|人数|备注|注[::]|工作内容|内容|职责|岗位职责|任职|结算|单位|公司|企业|班次|有效|截止|报名|保险|交通|住宿|学历|性别|包吃|管吃|日结|月结|工期|要的|有意|需要的|以上|统一|另外)"
)
_HEAD_LABEL = re.compile(
    r"^[\s\[【(（]*(?:招聘岗位|岗位名称|岗位|职位|工种|招聘工种|招聘职位)\s?[\]】)）]?\s?[::]"
)
_RECRUITING = re.compile(r"招|聘|急需|需要|需|缺|找|要(?=[\d一二两三四五六七八九十])|来(?=\d)")
_SHARED_LINE = re.compile(
    r"[厂店]址|联系|电话|手机|微信|地址|地点|公司|单位|报名|集合|有效|截止|以上|统一|都[包管]|均|福利|[:：]?1[3-9]\d{9}|\[phone\]|\[wechat\]|加我|咨询|包吃住$|管吃住$"
)
_PIECE_BREAK = re.compile(r"[;；,，。\n]|\s{2,}")
_SHORT_HEAD_CHARS = 14
_NO_TRADES = frozenset(
    {"招聘", "招工", "招人", "人事", "人力资源", "劳务", "中介", "临时工", "小时工", "日结工", "短期工", "长期工", "零工", "暑假工", "寒假工"}
)
"""Words that recruit or say for how long, and name no job of their own."""
_SOME = re.compile(r"若干|数名|多名|数人")
_SHARED_LEAD = re.compile(r"^[^,，。;；:：]{2,24}?(?:招聘|诚聘|急聘|急招|直招|招工|招)\s?[:：]")


@dataclass(frozen=True, slots=True)
class DraftPosting:
    """One job of a message, to be completed by a person.

    text:     its own lines, then the lines it shares with the others; spans of `parsed` lie in it (field "duties").
    start, end: where its own lines stand in the message.
    missing:  Chinese names of the mandatory elements and the validity that were not found.
    """

    title: str
    text: str
    start: int
    end: int
    parsed: ParsedPosting
    occupations: tuple[Occupation, ...]
    employer: Found[str] | None
    place: Found[Place] | None
    missing: tuple[str, ...]


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    text: str
    head: bool


def split_messages(text: str, *, now: datetime | None = None, near: str | None = None) -> list[DraftPosting]:
    """The jobs of a pasted message as drafts, in order; one draft when no second job is seen, none for blank text.

    now: moment that 明天 and dates without a year are counted from. near: region of the office, for place names.
    """
    message = text[:MAX_MESSAGE_CHARS]
    pieces = _pieces(message)
    if not pieces:
        return []
    heads = [i for i, piece in enumerate(pieces) if piece.head]
    if len(heads) < 2:
        return [_draft(pieces, [], now, near)]
    before = pieces[: heads[0]]
    groups = [pieces[a:b] for a, b in zip(heads, [*heads[1:], len(pieces)], strict=True)]
    own_last, after = _cut_shared(groups)
    groups[-1] = own_last
    return [_draft(group, before + after, now, near) for group in groups]


def _pieces(message: str) -> list[_Piece]:
    """Lines, and the parts of a line that names several jobs."""
    pieces: list[_Piece] = []
    at = 0
    for line in message.split("\n"):
        if line.strip() and not _SEPARATOR_LINE.match(line):
            pieces.extend(_line_pieces(line, at))
        at += len(line) + 1
    return pieces


def _line_pieces(line: str, at: int) -> list[_Piece]:
    cuts = _job_cuts(line)
    if len(cuts) < 2:
        return [_Piece(at, at + len(line), line, _is_head(line))]
    bounds = [0, *cuts[1:], len(line)]
    pieces = [_Piece(at + a, at + b, line[a:b], True) for a, b in itertools.pairwise(bounds)]
    tail = _shared_tail(pieces[-1])
    pieces = pieces if tail is None else [*pieces[:-1], *tail]
    return [*_shared_lead(pieces[0]), *pieces[1:]]


def _job_cuts(line: str) -> list[int]:
    """Starts of the parts of one line that each name a job with its own pay or headcount."""
    starts: list[int] = []
    at = 0
    for match in [*_PIECE_BREAK.finditer(line), None]:
        end = len(line) if match is None else match.start()
        part = line[at:end]
        if part.strip() and _is_job_part(part):
            starts.append(at)
        at = end if match is None else match.end()
    return starts


def _is_job_part(part: str) -> bool:
    folded = fold_case(part)
    if _FIELD_LINE.match(folded) or len(folded) > 60 or not _trades(folded):
        return False
    return bool(find_pays(folded)) or read_headcount(folded) is not None or _SOME.search(folded) is not None


def _shared_lead(piece: _Piece) -> list[_Piece]:
    """Cut 青禾食品厂招聘: off the first job of a line, so that all jobs of the line share it."""
    lead = _SHARED_LEAD.match(piece.text)
    if lead is None or _trades(fold_case(lead.group())):
        return [piece]
    cut = piece.start + lead.end()
    return [_Piece(piece.start, cut, lead.group(), False), _Piece(cut, piece.end, piece.text[lead.end() :], True)]


def _shared_tail(piece: _Piece) -> list[_Piece] | None:
    """Cut 电话… or 地点… off the last job of a line, so that all jobs of the line share it."""
    for match in _PIECE_BREAK.finditer(piece.text):
        rest = piece.text[match.end() :]
        own = _PIECE_BREAK.split(rest, maxsplit=1)[0]
        if own.strip() and _SHARED_LINE.search(fold_case(own[:40])) and not _is_job_part(own[:40]):
            cut = piece.start + match.end()
            return [
                _Piece(piece.start, cut, piece.text[: match.end()], True),
                _Piece(cut, piece.end, rest, False),
            ]
    return None


def _is_head(line: str) -> bool:
    """Whether a line opens a job: it names an occupation and recruits, is numbered, pays or is very short."""
    folded = fold_case(line)
    if _HEAD_LABEL.match(folded):
        return True
    numbered = _NUMBERING.match(folded)
    body = folded[numbered.end() :] if numbered else folded
    if _FIELD_LINE.match(body) or not body:
        return False
    aliases = _trades(body[:40])
    if not aliases:
        return False
    employer = read_employer(body)
    if employer is not None and employer.start <= aliases[0][0] and aliases[-1][1] <= employer.end + 2:
        return False  # 某家政服务中心招聘 names who recruits, not what for
    first = aliases[0][0]
    if len(body) <= _SHORT_HEAD_CHARS and first <= 6:
        return True
    recruits = _RECRUITING.search(body[:20]) is not None
    offers = bool(find_pays(body)) or read_headcount(body) is not None
    return first <= 16 and (offers or (recruits and len(body) <= 40))


def _cut_shared(groups: list[list[_Piece]]) -> tuple[list[_Piece], list[_Piece]]:
    """Split the last group into its own pieces and closing pieces that speak for all jobs."""
    last = groups[-1]
    others_have_contact = any(_has_contact(piece.text) for group in groups[:-1] for piece in group)
    for i in range(1, len(last)):
        text = fold_case(last[i].text)
        for_all = "以上" in text or "统一" in text or "均" in text
        if for_all or (not others_have_contact and _SHARED_LINE.search(text)):
            return last[:i], last[i:]
    return last, []


def _trades(folded: str) -> list[tuple[int, int]]:
    """Spans of occupation names; 招聘 itself is how the line speaks, not what it offers."""
    return [
        (start, end) for start, end, _ in find_aliases(folded) if folded[start:end] not in _NO_TRADES
    ]


def _has_contact(text: str) -> bool:
    return re.search(r"1[3-9]\d{9}|\[phone\]|\[wechat\]|电话|微信", fold_case(text)) is not None


def _draft(own: list[_Piece], shared: list[_Piece], now: datetime | None, near: str | None) -> DraftPosting:
    text = "\n".join(piece.text.strip() for piece in [*own, *shared])
    folded = fold_case(text)
    parsed = parse_posting("", text, now=now, reader=work_reader())
    title = _title(own)
    occupations = code_occupation(title, text)
    employer = read_employer(folded)
    place = _place(text, near)
    missing = _missing(parsed, occupations, employer, place)
    return DraftPosting(title, text, own[0].start, own[-1].end, parsed, occupations, employer, place, missing)


def _title(own: list[_Piece]) -> str:
    """The occupation words of the first line, else the line without its numbering."""
    for piece in own:
        folded = fold_case(piece.text)
        start = 0
        for prefix in (_NUMBERING, _HEAD_LABEL):
            match = prefix.match(folded[start:])
            start += match.end() if match else 0
        aliases = _trades(folded[start:])
        if aliases:
            return piece.text[start + aliases[0][0] : start + aliases[0][1]]
    return _NUMBERING.sub("", own[0].text).strip()[:30]


_PLACE_LABEL = re.compile(
    r"(?:(?:工作地[点址]|上班地[点址]|[厂店]?地[点址]|[厂店]址|位置|坐标)\s?(?:在|位于)?\s?[::]?|工地\s?(?:在|位于|[::]))\s?(?P<name>[^,，。;；\n]{2,30})"
)


def _place(text: str, near: str | None) -> Found[Place] | None:
    """The named region, with the written address as its name where one is labelled."""
    labelled = _PLACE_LABEL.search(fold_case(text))
    known = find_places(text, near)
    if labelled is not None:
        start, end = labelled.start("name"), labelled.end("name")
        inside = [p for s, e, p in known if s < end and e > start] or [p for _, _, p in known]
        name = text[start:end].strip()
        base = inside[-1] if inside else Place(name)
        return Found(Place(name, base.region_code, base.lat, base.lng), start, end, 0.9 if inside else 0.6)
    if not known:
        return None
    start, end, place = max(known, key=lambda item: len((item[2].region_code or "").rstrip("0")))
    return Found(place, start, end, 0.8)


def _missing(
    parsed: ParsedPosting,
    occupations: tuple[Occupation, ...],
    employer: Found[str] | None,
    place: Found[Place] | None,
) -> tuple[str, ...]:
    there = {
        "employer": employer is not None,
        "duties": bool(occupations or parsed.skills or parsed.tasks),
        "headcount": parsed.headcount is not None,
        "place": place is not None,
        "pay": bool(parsed.pays),
        "contact": bool(parsed.contacts),
        "validity": parsed.valid_to is not None or parsed.need_by is not None,
    }
    return tuple(label for code, label in (*MANDATORY_ELEMENTS, VALIDITY_ELEMENT) if not there[code])
