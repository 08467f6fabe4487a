"""What an urgent request says in the words somebody typed or forwarded (快招原话).

"明早6点要5个小工 安新高铁站 260一天" → five people, tomorrow 06:00, 安新, 260 yuan a day, and what is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from matcher.allocation.instant.decision import MOST_PLACES
from matcher.clock import SHANGHAI
from matcher.domain.labels import pay_label
from matcher.domain.posting_terms import Settlement
from matcher.domain.values import Occupation, Pay, Place
from matcher.errors import InvalidInput
from matcher.lexicon.places import find_places
from matcher.text.found import Found
from matcher.text.normalise import fold_case
from matcher.text.numerals import read_number
from matcher.text.occupation import code_occupation
from matcher.text.paste import DraftPosting, split_messages
from matcher.text.posting_fields.contacts import read_contacts

T = TypeVar("T")
LONGEST_WORDS = 500
FURTHEST = timedelta(days=7)
_DAYS = {"今": 0, "今天": 0, "今日": 0, "明": 1, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_AFTERNOON = frozenset({"下午", "晚上", "晚", "傍晚"})
_NOON = "中午"
_CLOCK = re.compile(
    r"(?P<day>大后天|今天|今日|明天|明日|后天|今|明)?(?P<part>早上|上午|中午|下午|傍晚|晚上|凌晨|早|晚)?"
    r"(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})(?:(?P<mark>点|时(?!薪))(?P<half>半|\d{1,2})?|[::](?P<minute>\d{2}))"
)
_HOURS_OF_WORK = re.compile(r"\s?(?:-{1,2}|~|—|至|到)\s?[早晚下]?[午上]?\s?\d")
_END_OF_WORK = re.compile(r"\d[点时::]?\d{0,2}半?\s?(?:-{1,2}|~|—|至|到)\s?$")
_PEOPLE = re.compile(
    r"(?<![\d.])(\d{1,6}|[零一二两三四五六七八九十百]{1,5})\s?(?:个|名|位)?(?:人(?!民)|工人|小工|大工|临时工|零工)"
)
_SPECIFIC = re.compile(r"[一-鿿]{0,8}(?:站|村|社区|小区|工地|厂|市场|医院|学校|路|园区|园|广场|超市|酒店|大厦|安置区)")


@dataclass(frozen=True, slots=True)
class UrgentDraft:
    """A request as far as it is known; None or "" is not known.

    words: as they came, without any phone or account: they are shown to everybody. title: the trade in the asker's
    words. place: the region it lies in, with its name as written. contact: the asker's phone, for the office alone.
    """

    words: str
    title: str = ""
    occupations: tuple[Occupation, ...] = ()
    needed: int | None = None
    need_by: datetime | None = None
    ends_at: datetime | None = None
    place: Place | None = None
    pay: Pay | None = None
    settlement: Settlement | None = None
    employer_id: str = ""
    employer_name: str = ""
    contact: str = field(default="", repr=False)

    def missing(self) -> tuple[str, ...]:
        """What must be asked before anybody can be sent there, in Chinese."""
        tests = (
            (not self.title, "干什么活"),
            (self.needed is None, "要几个人"),
            (self.need_by is None, "几点前到"),
            (self.place is None, "在哪里集合"),
            (self.pay is None or not pay_label(self.pay), "给多少钱"),
            (not self.employer_name, "谁家用人"),
        )
        return tuple(text for absent, text in tests if absent)

    def checked(self, now: datetime) -> UrgentDraft:
        """The same. Raises InvalidInput for a time that is past or far, or a number nobody can mean."""
        if self.needed is not None and not 1 <= self.needed <= MOST_PLACES:
            raise InvalidInput(f"快招人数须在 1 到 {MOST_PLACES} 之间，读到 {self.needed}；人数更多请分批或用专场招聘会")
        if self.need_by is not None and self.need_by <= now:
            raise InvalidInput(f"到岗时间 {told(self.need_by)} 已经过去；请写明今天还是明天、几点")
        if self.need_by is not None and self.need_by > now + FURTHEST:
            raise InvalidInput(f"到岗时间 {told(self.need_by)} 在 {FURTHEST.days} 天以后；请作为普通岗位发布")
        if self.need_by and self.ends_at and self.ends_at <= self.need_by:
            raise InvalidInput("收工时间须在到岗时间之后")
        return self


def read_request(words: str, *, now: datetime, near: str | None = None) -> UrgentDraft:
    """Read one request. near: region of the office, for place names.

    Raises InvalidInput for blank or overlong words, or for words that name several jobs.
    """
    text = words.strip()
    if not text:
        raise InvalidInput("没有收到内容；请写：什么时候要几个人、干什么、在哪里、多少钱")
    if len(text) > LONGEST_WORDS:
        raise InvalidInput(f"快招原话最多 {LONGEST_WORDS} 个字，收到 {len(text)} 个；请只粘贴这一个需求")
    drafts = split_messages(text, now=now, near=near)
    if len(drafts) > 1:
        raise InvalidInput(f"这段话里有 {len(drafts)} 个用工需求；请一次只发一个")
    if not drafts:
        return UrgentDraft(_without_contacts(text)[0])
    return _draft(text, drafts[0], now)


def read_place(text: str, near: str | None = None) -> Place | None:
    """A place by name; one that the gazetteer does not know keeps its name and nothing else."""
    name = text.strip()[:60]
    found = find_places(name, near)
    return replace(found[0][2], name=name) if found else Place(name) if name else None


def told(moment: datetime) -> str:
    """A moment as people say it, by the clock of Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _draft(text: str, draft: DraftPosting, now: datetime) -> UrgentDraft:
    parsed = draft.parsed
    words, phone = _without_contacts(text)
    known = bool(draft.occupations)
    return UrgentDraft(
        words=words,
        title=_without_contacts(draft.title)[0] if known else "",
        occupations=draft.occupations or code_occupation(draft.title, text),
        needed=_people(text, _value(parsed.headcount)),
        need_by=_need_by(text, now),
        place=_site(text, draft.place),
        pay=parsed.pays[0].value if parsed.pays else None,
        settlement=_value(parsed.settlements[0] if parsed.settlements else None),
        employer_name=_value(draft.employer) or "",
        contact=phone,
    )


def _without_contacts(text: str) -> tuple[str, str]:
    """The words less every phone and account in them, and the first phone."""
    kept, phone, at = [], "", 0
    for found in read_contacts(fold_case(text)):
        written = text[found.start : found.end]
        digits = re.sub(r"[\s-]", "", written)
        if not phone and digits.isdecimal():
            phone = digits
        kept.append(text[at : found.start])
        at = max(at, found.end)
    return "".join([*kept, text[at:]]).strip(), phone


def _value(found: Found[T] | None) -> T | None:
    return None if found is None else found.value


def _people(text: str, read: int | None) -> int | None:
    """The number of people: as postings state it, else as a forwarded line does (卸车 2个人)."""
    if read is not None:
        return read
    match = _PEOPLE.search(fold_case(text))
    number = read_number(match[1]) if match else None
    return None if number is None else int(number)


def _site(text: str, place: Found[Place] | None) -> Place | None:
    """The place with the name that stands there: 安新高铁站, not 安新县."""
    if place is None:
        return None
    written = text[place.start : place.end]
    if not written:
        return place.value
    more = _SPECIFIC.match(text, place.end)
    return replace(place.value, name=written + more.group()) if more else place.value


def _need_by(text: str, now: datetime) -> datetime | None:
    """The first clock that is no span of working hours; without a day the next time it strikes."""
    folded = fold_case(text)
    today = now.astimezone(SHANGHAI)
    for match in _CLOCK.finditer(folded):
        if _HOURS_OF_WORK.match(folded, match.end()) or _END_OF_WORK.search(folded[: match.start()]):
            continue
        clock = _clock(match)
        if clock is None:
            continue
        day = match["day"]
        if day is not None:
            moment = datetime.combine(today.date() + timedelta(days=_DAYS[day]), clock, SHANGHAI)
        else:
            moment = datetime.combine(today.date(), clock, SHANGHAI)
            moment += timedelta(days=1) if moment <= today else timedelta()
        return moment.astimezone(UTC)
    return None


def _clock(match: re.Match[str]) -> time | None:
    number = read_number(match["hour"])
    if number is None:
        return None
    hour, minute = int(number), 0
    if match["half"] == "半":
        minute = 30
    elif match["half"] or match["minute"]:
        minute = int(match["half"] or match["minute"])
    late = match["part"] in _AFTERNOON or (match["part"] == _NOON and hour < 6)
    if late and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None
