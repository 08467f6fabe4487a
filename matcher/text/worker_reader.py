"""Turn one imported row into a Worker: columns win, their own words fill what the columns leave open (劳动者读取).

A row may be as little as {"id": …, "text": …}. Personal keys (name, id_number, phone, gender, nation, hukou …) are not
looked at: the Worker has no place for them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from matcher.clock import local_date
from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import (
    Benefit,
    Education,
    EmploymentForm,
    PayUnit,
    PostingKind,
    Settlement,
    Shift,
)
from matcher.domain.values import HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint, SkillLevel
from matcher.lexicon.certificates import certificates
from matcher.lexicon.occupations import occupations
from matcher.lexicon.places import place_of, resolve_place
from matcher.text.column_values import UNKNOWN_WORDS, Cells, Problem
from matcher.text.normalise import fold_case
from matcher.text.occupation import code_occupation
from matcher.text.pay import read_pay_field
from matcher.text.posting_fields.skills import read_skills
from matcher.text.proxy_words import without_proxy_words
from matcher.text.utterance import ParsedUtterance, parse_utterance
from matcher.text.utterance_fields.cues import read_cues
from matcher.text.utterance_fields.scope import Stance, read_scope

L = TypeVar("L", bound=Labelled)
_CODE = re.compile(r"\d-\d{2}-\d{2}-\d{2}")
_REGION_CODE = re.compile(r"\d{6}(?:\d{3}|\d{6})?")
_VALID_TO = re.compile(r"(?:有效期?(?:至|到|限)?|到期|至|到)?\s?[::]?\s?(?P<y>20\d{2})\s?[-./年]\s?(?P<m>\d{1,2})\s?[-./月]\s?(?P<d>\d{1,2})")
_EXPIRED = re.compile(r"过期|失效|作废|已到期|未复审")
_CERTIFICATE_BREAK = re.compile(r"[;；\n]+|[,，、](?!\s?(?:有效|到期|至|20\d\d|已?过期))")
_NO_CERTIFICATES = frozenset({"无", "没有", "无证", "没证", "none"})
_YES = frozenset({"是", "yes", "true", "1", "y", "愿意", "可以", "能", "外地", "市外", "省外", "不限", "都行", "接受"})
_NO = frozenset({"否", "no", "false", "0", "n", "不愿意", "不可以", "不能", "本地", "县内", "本县", "不接受", "不去"})
_MAX_PAY_YUAN = 1_000_000
_CUE_FIELD = {"settlement": "settlement", "shifts": "shift", "needs": "need", "kinds": "kind", "constraints": "constraint"}
_MANY_CHARS = 400


def worker_from_row(
    row: Mapping[str, object],
    *,
    now: datetime | None = None,
    problems: list[Problem] | None = None,
    near: str | None = None,
) -> Worker:
    """A Worker from canonical row keys; keys that are absent, None or empty are unknown.

    now:      aware moment relative days and expiry are counted from.
    problems: receives the cells that could not be understood; their fields then stay unknown.
    near:     region code or name of the office, for place names that several regions share.
    """
    cells = Cells(row, problems)
    parsed = parse_utterance(without_proxy_words(cells.text("text")), near=near, now=now)
    worker = parsed.to_worker(_worker_id(cells))
    _fill_work(worker, cells)
    _fill_vocabulary(worker, cells)
    _fill_numbers(worker, cells, now)
    worker.place = _place(cells, parsed, near)
    _fill_certificates(worker, cells, now)
    return worker


def _worker_id(cells: Cells) -> str:
    own = cells.text("worker_id")
    if own:
        return own
    external, source = cells.text("external_id", "id"), cells.text("source")
    if external:
        return f"{source}:{external}" if source else external
    return hashlib.blake2b(cells.text("text", "wish").encode(), digest_size=8).hexdigest()


def _fill_work(worker: Worker, cells: Cells) -> None:
    """`wish` and `skills`: columns in the person's or the caseworker's words."""
    wish = cells.text("wish")
    if wish and wish.lower() not in UNKNOWN_WORDS:
        worker.occupations = _occupations(cells, wish)
        worker.wish_text = wish if not worker.wish_text or worker.wish_text in wish else f"{wish} {worker.wish_text}"
    words = [w for w in cells.words("skills") if w.lower() not in UNKNOWN_WORDS]
    if words:
        named = [(f.value for f in read_skills(fold_case(w))) for w in words]
        found = [list(names) or [word] for names, word in zip(named, words, strict=True)]
        worker.skills = tuple(dict.fromkeys(skill for skills in found for skill in skills))


def _occupations(cells: Cells, wish: str) -> tuple[Occupation, ...]:
    """Occupations of the wish column, by code or by name, in the order written."""
    table = occupations()
    found: dict[str, Occupation] = {}
    for code in _CODE.findall(wish):
        if code in table:
            found.setdefault(code, Occupation(code, table.name(code)))
        else:
            cells.note("wish", code, "不是职业分类大典(2022)的代码", "核对职业代码，或直接写职业名称")
    for word in cells.words("wish"):
        if not _CODE.fullmatch(word):
            for occupation in code_occupation(word):
                found.setdefault(occupation.code, occupation)
    return tuple(found.values())


def _fill_vocabulary(worker: Worker, cells: Cells) -> None:
    worker.settlements = _many(cells, Settlement, "settlement", worker.settlements)
    worker.needs = _many(cells, Benefit, "needs", worker.needs)
    worker.kinds = _many(cells, PostingKind, "kinds", worker.kinds)
    worker.forms = _many(cells, EmploymentForm, "forms", worker.forms)
    worker.constraints = _many(cells, Constraint, "constraints", worker.constraints)
    _fill_shifts(worker, cells)
    literacy = cells.text("literacy")
    if literacy in ("不识字", "识少量", "none", "little") and Constraint.NO_READING not in worker.constraints:
        worker.constraints = (*worker.constraints, Constraint.NO_READING)
    education = cells.text("education")
    if education:
        worker.education = _education(cells, education)


def _many(cells: Cells, kind: type[L], column: str, otherwise: tuple[L, ...]) -> tuple[L, ...]:
    """The column's members by code, label or cue word; words not understood are noted, the rest counts."""
    words = cells.words(column)
    if not words:
        return otherwise
    found: list[L] = []
    for word in words:
        members = _members(kind, word, _CUE_FIELD.get(column, ""))
        if not members and word.lower() not in UNKNOWN_WORDS:
            cells.note(column, word, "不在词表内", f"可用：{'、'.join(m.label for m in kind)}")
        found.extend(members)
    return tuple(dict.fromkeys(found))


def _members(kind: type[L], word: str, cue_field: str) -> Sequence[L]:
    for member in kind:
        if word in (member.value, member.label):
            return (member,)
    cues = [c for c in read_cues(read_scope(fold_case(word[:_MANY_CHARS]))) if c.stance is not Stance.REFUSE]
    fields = (cue_field, "body") if cue_field == "constraint" else (cue_field,)
    return [kind.read(value, field=cue_field) for cue in cues if cue.field in fields for value in cue.values]


def _fill_shifts(worker: Worker, cells: Cells) -> None:
    text = cells.text("shifts")
    if not text or text.lower() in UNKNOWN_WORDS:
        return
    wanted: list[Shift] = []
    refused: list[Shift] = []
    for word in cells.words("shifts"):
        member = next((m for m in Shift if word in (m.value, m.label)), None)
        if member is not None:
            wanted.append(member)
            continue
        parsed = parse_utterance(word)
        if not parsed.shifts and not parsed.refused_shifts:
            cells.note("shifts", word, "不在词表内", f"可用：{'、'.join(m.label for m in Shift)}，或写“不上夜班”")
        wanted.extend(f.value for f in parsed.shifts)
        refused.extend(f.value for f in parsed.refused_shifts)
    if wanted or refused:
        worker.shifts, worker.refused_shifts = tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(refused))


def _education(cells: Cells, text: str) -> Education | None:
    if text.lower() in UNKNOWN_WORDS:
        return None
    for member in Education:
        if text in (member.value, member.label, *member.label.split("/")):
            return member
    parsed = parse_utterance(f"学历{text}").education or parse_utterance(f"{text}毕业").education
    if parsed is None:
        cells.note("education", text, "不在词表内", f"可用：{'、'.join(m.label for m in Education)}")
        return None
    return parsed.value


def _fill_numbers(worker: Worker, cells: Cells, now: datetime | None) -> None:
    worker.pay_floor = _pay_floor(cells) or worker.pay_floor
    if cells.text("max_minutes"):
        worker.max_minutes = _max_minutes(worker, cells)
    if cells.text("out_of_town"):
        worker.out_of_town = _yes_or_no(cells, "out_of_town")
    if cells.text("experience"):
        years = cells.number("experience", low=0, high=70)
        worker.experience_years = years if years is not None else worker.experience_years
    if cells.text("group_size"):
        people = cells.number("group_size", low=1, high=99)
        worker.group_size = int(people) if people is not None else worker.group_size
    born = _day(cells, "birth_date")
    today = None if now is None else local_date(now)
    if born is not None and today is not None and not date(1900, 1, 1) <= born <= today:
        cells.note("birth_date", born, "早于1900年或晚于今天", "核对出生日期")
        born = None
    worker.birth_date = born
    if cells.text("age"):
        age = cells.number("age", low=1, high=120)
        worker.age = int(age) if age is not None else worker.age
    start = _day(cells, "earliest_start")
    worker.earliest_start = start or worker.earliest_start


def _max_minutes(worker: Worker, cells: Cells) -> int | None:
    """60, 60分钟, or 骑车半小时; a mode in the cell replaces the one said."""
    text = cells.text("max_minutes")
    reach = parse_utterance(f"路上{text}以内").reach
    if reach is not None:
        worker.travel_mode = reach.value.mode or worker.travel_mode
        return reach.value.minutes
    minutes = cells.number("max_minutes", low=1, high=600)
    return int(minutes) if minutes is not None else worker.max_minutes


def _pay_floor(cells: Cells) -> Pay | None:
    raw = cells.raw("pay_floor")
    text = cells.text("pay_floor")
    if not text or text.lower() in UNKNOWN_WORDS:
        return None
    if isinstance(raw, (int, float)) or re.fullmatch(r"\d{2,7}(?:\.\d{1,2})?", fold_case(text)):
        yuan = cells.number("pay_floor", low=5, high=_MAX_PAY_YUAN)
        if yuan is None:
            return None
        unit = PayUnit.HOUR if yuan < 60 else PayUnit.DAY if yuan < 900 else PayUnit.MONTH
        return Pay(round(yuan * 100), None, unit)
    pay = read_pay_field(text)
    low = None if pay is None else pay.min_fen if pay.min_fen is not None else pay.max_fen
    if pay is None or low is None:
        if pay is None or not pay.negotiable:
            cells.note("pay_floor", text, "看不出金额", "写成 200元/天 或 4500元/月")
        return None
    return replace(Pay(), min_fen=low, unit=pay.unit)


def _yes_or_no(cells: Cells, column: str) -> bool | None:
    text = cells.text(column).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    if text not in UNKNOWN_WORDS:
        cells.note(column, text, "看不出是或否", "填写 是 或 否")
    return None


def _day(cells: Cells, column: str) -> date | None:
    """A bare day; 8 digits and serials as written by spreadsheets are read by the import layer."""
    moment = cells.moment(column)
    return None if moment is None else local_date(moment)


def _place(cells: Cells, parsed: ParsedUtterance, near: str | None) -> Place | None:
    """Region column or address with the row's own coordinates; else the place they named."""
    lat, lng = cells.coordinates()
    named = _named_place(cells, near)
    if named is None and lat is None:
        return None if parsed.place is None else parsed.place.value
    if named is None:
        return Place("", parsed.place.value.region_code if parsed.place else None, lat, lng)
    return named if lat is None else replace(named, lat=lat, lng=lng)


def _named_place(cells: Cells, near: str | None) -> Place | None:
    region = fold_case(cells.text("region")).removesuffix(".0")
    anchor = near
    found: Place | None = None
    if region and _REGION_CODE.fullmatch(region):
        code = region.ljust(12, "0")
        found = place_of(code) or Place("", code)
        anchor = code
    elif region and region not in UNKNOWN_WORDS:
        found = resolve_place(region, near)
        if found is None:
            cells.note("region", region, "不认识这个地名", "填写12位区划代码或“省市县”全称")
        else:
            anchor = found.region_code
    for column in ("town", "address"):
        narrower = resolve_place(cells.text(column), anchor) if cells.text(column) else None
        if narrower is not None and (found is None or _inside(narrower, found)):
            return narrower
    return found


def _inside(inner: Place, outer: Place) -> bool:
    if not inner.region_code or not outer.region_code:
        return False
    return inner.region_code.startswith(outer.region_code.rstrip("0"))


def _fill_certificates(worker: Worker, cells: Cells, now: datetime | None) -> None:
    text = cells.text("certificates")
    if not text:
        return
    if text.lower() in _NO_CERTIFICATES:
        worker.certificates, worker.no_certificates = (), True
        return
    held: dict[str, HeldCertificate] = {}
    for piece in _CERTIFICATE_BREAK.split(text):
        words = piece.strip()
        if not words or words.lower() in UNKNOWN_WORDS:
            continue
        codes = _certificate_codes(words)
        if not codes:
            cells.note("certificates", words, "不在证书表内", "写成 叉车证、健康证、低压电工证 等证名")
        valid_to = _valid_to(cells, words, now)
        for code, level in codes:
            held.setdefault(code, HeldCertificate(code, valid_to, level=level))
    if held:
        worker.certificates = tuple(held.values())
        worker.no_certificates = False


def _certificate_codes(words: str) -> list[tuple[str, SkillLevel]]:
    """By code, by name in the table, or as people write it; a bare stem such as 叉车 counts in this column."""
    table = certificates()
    if words in table:
        return [(words, SkillLevel.NONE)]
    name = re.split(r"[,，;；\s]", words)[0]
    exact = next((c.code for c in table.certificates if name in (c.name, re.sub(r"\(.*?\)", "", c.name))), None)
    if exact is not None:
        return [(exact, SkillLevel.NONE)]
    found = table.find(words) or table.find(f"{name}证")
    return [(code, level) for _, _, code, level in found]


def _valid_to(cells: Cells, words: str, now: datetime | None) -> date | None:
    match = _VALID_TO.search(fold_case(words))
    if match is not None:
        try:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
        except ValueError:
            cells.note("certificates", words, "有效期不是日期", "写成 叉车证，有效期至2026-01-31")
    if _EXPIRED.search(words) and now is not None:
        return date.fromordinal(local_date(now).toordinal() - 1)
    return None
