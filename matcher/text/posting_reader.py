"""Turn one imported row into a Posting: columns win, text fills what they leave open (岗位读取)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from matcher.domain.labelled import Labelled
from matcher.domain.posting import AgeLimit, Posting
from matcher.domain.posting_terms import (
    Benefit,
    Education,
    EmploymentForm,
    FriendlyTo,
    Insurance,
    PayUnit,
    PhysicalLoad,
    PostingKind,
    Settlement,
    Shift,
    Transport,
)
from matcher.domain.values import CertificateRequirement, Pay, Place
from matcher.lexicon.files import on_reload
from matcher.lexicon.places import resolve_place
from matcher.text.column_values import UNKNOWN_WORDS, Cells, Problem
from matcher.text.found import Found
from matcher.text.normalise import fold_case
from matcher.text.occupation import code_occupation
from matcher.text.pay import primary_pay, read_pay_field
from matcher.text.posting_fields.certificate_needs import read_certificate_needs
from matcher.text.posting_fields.cue_fields import CueFields, read_cue_fields
from matcher.text.posting_fields.headcount import read_headcount
from matcher.text.posting_fields.limits import read_age, read_education, read_experience_years
from matcher.text.posting_fields.skills import read_skills
from matcher.text.posting_parser import ParsedPosting, parse_posting

L = TypeVar("L", bound=Labelled)
T = TypeVar("T")
_LEGACY_COLUMNS = {
    "gender": "gender",
    "marital": "marital",
    "hukou": "hukou",
    "ethnicity": "ethnicity",
    "political": "political",
    "height": "height",
    "region_limit": "region",
}
_SURE = 0.9
_MAX_PAY_YUAN = 10_000_000


def posting_from_row(
    row: Mapping[str, object],
    *,
    now: datetime | None = None,
    problems: list[Problem] | None = None,
    strict: bool = False,
) -> Posting:
    """A Posting from canonical row keys; keys that are absent, None or empty are unknown.

    now:      moment that dates without a year are counted from; without it they stay unknown.
    problems: receives the cells that could not be understood; their fields stay unknown.
    strict:   raise InvalidInput on the first such cell instead. Free text never raises.
    """
    cells = Cells(row, problems, strict=strict)
    title = cells.text("title")
    duties = cells.text("duties", "description")
    conditions = cells.text("work_conditions")
    if conditions:
        duties = f"{duties}\n{conditions}" if duties else conditions
    requirements = cells.text("requirements")
    parsed = parse_posting(title, duties, requirements, now=now)
    tags = tuple(cells.words("tags"))
    tag_text = fold_case("\n".join(tags)[:1000])
    extra = read_cue_fields(tag_text)
    posting = Posting(
        posting_id=_posting_id(cells, title, duties),
        title=title,
        duties=duties,
        requirements=requirements,
        source=cells.text("source"),
        employer_id=cells.text("employer_id", "credit_code"),
        employer_name=cells.text("employer_name", "company"),
        industry=cells.text("industry"),
        tags=tags,
    )
    _fill_vocabulary(posting, cells, parsed, extra)
    _fill_numbers_and_dates(posting, cells, parsed)
    _fill_requirements(posting, cells, parsed, tag_text)
    posting.pay = _pay(cells, parsed)
    posting.place = _place(cells)
    posting.quarantined = _quarantined(cells, parsed)
    posting.occupations = code_occupation(title, f"{duties}\n{requirements}")
    return posting


def _posting_id(cells: Cells, title: str, duties: str) -> str:
    own = cells.text("posting_id")
    if own:
        return own
    external = cells.text("external_id", "id")
    source = cells.text("source")
    if external:
        return f"{source}:{external}" if source else external
    return hashlib.blake2b(f"{title}\n{duties}".encode(), digest_size=8).hexdigest()


def _fill_vocabulary(posting: Posting, cells: Cells, parsed: ParsedPosting, extra: CueFields) -> None:
    """Fields of controlled words: the column if it is given, else text and tags together."""
    posting.settlement = _one(cells, Settlement, "settlement", parsed.settlements, extra)
    posting.kind = _one(cells, PostingKind, "kind", parsed.kinds, extra) or PostingKind.MARKET
    posting.form = _one(cells, EmploymentForm, "form", parsed.forms, extra)
    posting.shifts = _many(cells, Shift, "shift", "shift", parsed.shifts, extra)
    posting.benefits = _many(cells, Benefit, "board_lodging", "benefits", parsed.benefits, extra)
    posting.transport = _many(cells, Transport, "transport", "transport", parsed.transport, extra)
    posting.insurance = _insurance(_many(cells, Insurance, "insurance", "insurance", parsed.insurance, extra))
    posting.load = _many(cells, PhysicalLoad, "physical_load", "load", parsed.load, extra)
    posting.friendly_to = _many(cells, FriendlyTo, "friendly_to", "friendly_to", parsed.friendly_to, extra)


def _one(cells: Cells, kind: type[L], column: str, found: list[Found[L]], extra: CueFields) -> L | None:
    members = _many(cells, kind, column, column, found, extra)
    return members[0] if members else None


def _many(
    cells: Cells, kind: type[L], column: str, cue_field: str, found: list[Found[L]], extra: CueFields
) -> tuple[L, ...]:
    text = cells.text(column)
    if text:
        members = _members(kind, cells.words(column), cue_field)
        if members or text.lower() in UNKNOWN_WORDS:
            return members
        allowed = "、".join(m.label for m in kind)
        cells.note(column, text, "不在词表内", f"可用：{allowed}")
    tagged = [item.value for item in extra.values.get(cue_field, []) if isinstance(item.value, kind)]
    return tuple(dict.fromkeys([item.value for item in found] + tagged))


def _members(kind: type[L], words: list[str], cue_field: str) -> tuple[L, ...]:
    """Each word by code, label, or the cue words of the field."""
    by_name = {m.value: m for m in kind} | {m.label: m for m in kind}
    members: list[L] = []
    for word in words:
        if word in by_name:
            members.append(by_name[word])
            continue
        cues = read_cue_fields(fold_case(word)).values.get(cue_field, [])
        members.extend(item.value for item in cues if isinstance(item.value, kind))
    return tuple(dict.fromkeys(members))


def _insurance(members: tuple[Insurance, ...]) -> tuple[Insurance, ...]:
    """五险一金 says 五险 already."""
    if Insurance.FIVE_AND_FUND in members:
        return tuple(m for m in members if m is not Insurance.FIVE)
    return members


def _fill_numbers_and_dates(posting: Posting, cells: Cells, parsed: ParsedPosting) -> None:
    posting.headcount = _headcount(cells, parsed)
    hours = cells.number("hours_per_day", low=0.5, high=24)
    posting.hours_per_day = hours if hours is not None else _value(parsed.hours_per_day)
    days = cells.number("days_per_month", low=1, high=31)
    posting.days_per_month = days if days is not None else _value(parsed.days_per_month)
    posting.start_at = cells.moment("start_at") or _value(parsed.start_at)
    posting.need_by = cells.moment("need_by", end_of_day=True) or _value(parsed.need_by)
    posting.valid_from = cells.moment("valid_from", "published_at", "posted") or _value(parsed.valid_from)
    posting.valid_to = cells.moment("valid_to", end_of_day=True) or _value(parsed.valid_to)
    posting.verified_at = cells.moment("verified_at", "seen")


def _headcount(cells: Cells, parsed: ParsedPosting) -> int | None:
    text = cells.text("headcount")
    if not text:
        return _value(parsed.headcount)
    if text.lower() in UNKNOWN_WORDS:
        return None
    read = read_headcount(f"招{fold_case(text)}")
    if read is not None:
        return read.value
    number = cells.number("headcount", low=1, high=100_000)
    return None if number is None else int(number)


def _value(found: Found[T] | None) -> T | None:
    return None if found is None else found.value


def _fill_requirements(posting: Posting, cells: Cells, parsed: ParsedPosting, tag_text: str) -> None:
    posting.education = _education(cells, parsed)
    posting.experience_years = _experience(cells, parsed)
    posting.age = _age(cells, parsed)
    posting.certificates = _certificates(cells, parsed, tag_text)
    named = cells.words("skills")
    if named:
        posting.skills = tuple(dict.fromkeys(s for word in named for s in (_skill_names(word) or [word])))
    else:
        posting.skills = tuple(dict.fromkeys([s.value for s in parsed.skills] + [s.value for s in read_skills(tag_text)]))


def _skill_names(text: str) -> list[str]:
    return [item.value for item in read_skills(fold_case(text))]


def _education(cells: Cells, parsed: ParsedPosting) -> Education | None:
    text = cells.text("education")
    if not text:
        return _value(parsed.education)
    for member in Education:
        if text in (member.value, member.label):
            return member
    if "不限" in text or text.endswith("及以下"):
        return Education.NONE
    read = read_education(f"学历:{fold_case(text)}")
    if read is None and text.lower() not in UNKNOWN_WORDS:
        cells.note("education", text, "不是学历", "可用：" + "、".join(m.label for m in Education))
    return _value(read) if read is not None else _value(parsed.education)


def _experience(cells: Cells, parsed: ParsedPosting) -> float | None:
    text = cells.text("experience")
    if not text:
        return _value(parsed.experience_years)
    if "不限" in text or "无" in text or "应届" in text or "在校" in text:
        return 0.0
    read = _stated_experience(text)
    if read is None:
        cells.note("experience", text, "看不出年数", "写成 3年以上、1-3年 或 经验不限")
    return _value(read) if read is not None else _value(parsed.experience_years)


@lru_cache(maxsize=1024)
def _stated_experience(text: str) -> Found[float] | None:
    folded = fold_case(text)
    return read_experience_years(f"{folded}经验") or read_experience_years(f"{folded}年经验")


def _age(cells: Cells, parsed: ParsedPosting) -> AgeLimit | None:
    text = cells.text("age")
    if not text:
        return _value(parsed.age)
    if "不限" in text:
        return None
    read = read_age(f"年龄{fold_case(text)}")
    if read is None and text.lower() not in UNKNOWN_WORDS:
        cells.note("age", text, "看不懂年龄要求", "写成 18-45岁、60岁以下 或 不限")
    return _value(read)


def _certificates(cells: Cells, parsed: ParsedPosting, tag_text: str) -> tuple[CertificateRequirement, ...]:
    text = cells.text("certificates")
    found = parsed.certificates
    if text and text.lower() not in UNKNOWN_WORDS:
        stated = read_certificate_needs(fold_case(text))
        if stated:
            found = stated
        else:
            cells.note("certificates", text, "证书词库里没有", "写全称，如 低压电工作业证、叉车证、健康证")
    elif tag_text:
        found = found + read_certificate_needs(tag_text)
    by_code: dict[str, CertificateRequirement] = {}
    for item in found:
        known = by_code.get(item.value.code)
        if known is None or (item.value.required and not known.required):
            by_code[item.value.code] = item.value
    return tuple(by_code.values())


def _pay(cells: Cells, parsed: ParsedPosting) -> Pay | None:
    low = cells.number("pay_min_yuan", "salary_min", low=0, high=_MAX_PAY_YUAN)
    high = cells.number("pay_max_yuan", "salary_max", low=0, high=_MAX_PAY_YUAN)
    text = cells.text("pay_text", "salary_raw")
    unit = _pay_unit(cells)
    pay = read_pay_field(text, low, high)
    if text and pay is None and text.lower() not in UNKNOWN_WORDS:
        cells.note("pay_text", text, "看不懂薪酬", "写成 5000-7000元/月、200元/天 或 面议")
    if pay is not None:
        return replace(pay, unit=unit or _unit_in_text(pay, parsed) or pay.unit)
    best = primary_pay(parsed.pays)
    return None if best is None else best.value


def _unit_in_text(pay: Pay, parsed: ParsedPosting) -> PayUnit | None:
    """Columns such as 25-30元 state no unit; the free text that names the same amount does."""
    for item in parsed.pays:
        same = pay.min_fen is not None and pay.min_fen in (item.value.min_fen, item.value.max_fen)
        if same and item.confidence >= _SURE:
            return item.value.unit
    return None


_UNIT_NAMES = {
    "时": PayUnit.HOUR, "小时": PayUnit.HOUR, "天": PayUnit.DAY, "日": PayUnit.DAY, "周": PayUnit.WEEK, "月": PayUnit.MONTH, "年": PayUnit.YEAR,
    "件": PayUnit.PIECE, "单": PayUnit.ORDER, "平米": PayUnit.SQUARE_METRE, "平方米": PayUnit.SQUARE_METRE, "趟": PayUnit.TRIP,
}  # fmt: skip


def _pay_unit(cells: Cells) -> PayUnit | None:
    text = cells.text("pay_unit")
    if not text:
        return None
    named = _UNIT_NAMES.get(text.removeprefix("元").lstrip("/每"))
    return named if named is not None else cells.member(PayUnit, "pay_unit")


def _place(cells: Cells) -> Place | None:
    names = [cells.text(n) for n in ("province", "city", "district", "town", "street", "address")]
    parts = list(dict.fromkeys(n for n in names if n))
    lat, lng = cells.coordinates()
    if not parts:
        return None if lat is None else Place("", None, lat, lng)
    name = "".join(parts)
    resolved = _resolved(name)
    if resolved is None:
        cells.note("city", name, "行政区划里找不到", "写成 省+市+县(区)+乡镇，如 河北省雄安新区容城县小里镇")
        resolved = Place(name)
    if lat is not None:
        return replace(resolved, lat=lat, lng=lng)
    return resolved


@lru_cache(maxsize=8192)
def _resolved(name: str) -> Place | None:
    return resolve_place(name)  # the rows of a file name the same few places


on_reload(_resolved.cache_clear)


def _quarantined(cells: Cells, parsed: ParsedPosting) -> dict[str, str]:
    kept: dict[str, str] = {}
    for column, kind in _LEGACY_COLUMNS.items():
        text = cells.text(column)
        if text and text.lower() not in UNKNOWN_WORDS and "不限" not in text:
            kept[kind] = text
    for item in parsed.limits:
        limit = item.value
        if limit.kind not in kept:
            kept[limit.kind] = limit.text
        elif limit.text not in kept[limit.kind]:
            kept[limit.kind] += f"；{limit.text}"
    return kept
