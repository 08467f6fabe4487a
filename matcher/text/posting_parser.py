"""Read a posting's free text into domain values, each with the span it came from (岗位解析)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from matcher.domain.labelled import Labelled
from matcher.domain.posting import AgeLimit
from matcher.domain.posting_terms import (
    Benefit,
    Education,
    EmploymentForm,
    FriendlyTo,
    Insurance,
    PhysicalLoad,
    PostingKind,
    Settlement,
    Shift,
    Transport,
)
from matcher.domain.values import CertificateRequirement, Pay
from matcher.text.found import Found
from matcher.text.joined_texts import JoinedTexts
from matcher.text.occupation import TITLE_CHARS, find_aliases
from matcher.text.pay import find_pays_folded, find_stipends, without_bare_piece_work
from matcher.text.posting_fields.board_lodging import BoardLodging, read_board_lodging
from matcher.text.posting_fields.certificate_needs import read_certificate_needs
from matcher.text.posting_fields.contacts import read_contacts
from matcher.text.posting_fields.cue_fields import read_cue_fields
from matcher.text.posting_fields.dates import read_dates
from matcher.text.posting_fields.headcount import read_headcount
from matcher.text.posting_fields.limits import read_age, read_education, read_experience_years
from matcher.text.posting_fields.payout import read_payout
from matcher.text.posting_fields.quarantine import Limit, read_limits
from matcher.text.posting_fields.schedule import read_days_per_month, read_hours_per_day, read_night_hours
from matcher.text.posting_fields.skills import first_of_each, read_skills
from matcher.text.work_words import WorkReader

_BARE_TRADE = 2
"""A trade of two characters in a title (保洁, 收银) is the job itself, a longer one says what is done (卸货临时工)."""
_INTERN = "实习"
_PAID_BY_STIPEND = frozenset(
    {
        PostingKind.INTERNSHIP,
        PostingKind.PUBLIC_WELFARE,
        PostingKind.RURAL_PUBLIC_WELFARE,
        PostingKind.GRASSROOTS,
    }
)
_SHOP_TURNS = frozenset({"早班", "晚班"})
_TURNS = frozenset({Shift.NIGHT, Shift.TWO_SHIFT, Shift.THREE_SHIFT, Shift.CHOICE})


@dataclass(slots=True)
class ParsedPosting:
    """What the text says; an empty list or None means it does not say.

    Spans lie in the source text named by `Found.field` ("title", "duties", "requirements").
    skills: names of listed skills, each where it first stands. tasks: work words as they stand, listed or not; read only
    by a reader.
    denied: what the text says is not offered or asked ("不包住" → Benefit.LODGING).
    """

    pays: list[Found[Pay]] = field(default_factory=list)
    settlements: list[Found[Settlement]] = field(default_factory=list)
    shifts: list[Found[Shift]] = field(default_factory=list)
    hours_per_day: Found[float] | None = None
    days_per_month: Found[float] | None = None
    benefits: list[Found[Benefit]] = field(default_factory=list)
    transport: list[Found[Transport]] = field(default_factory=list)
    insurance: list[Found[Insurance]] = field(default_factory=list)
    headcount: Found[int] | None = None
    start_at: Found[datetime] | None = None
    need_by: Found[datetime] | None = None
    valid_from: Found[datetime] | None = None
    valid_to: Found[datetime] | None = None
    education: Found[Education] | None = None
    experience_years: Found[float] | None = None
    age: Found[AgeLimit] | None = None
    limits: list[Found[Limit]] = field(default_factory=list)
    certificates: list[Found[CertificateRequirement]] = field(default_factory=list)
    skills: list[Found[str]] = field(default_factory=list)
    tasks: list[Found[str]] = field(default_factory=list)
    load: list[Found[PhysicalLoad]] = field(default_factory=list)
    friendly_to: list[Found[FriendlyTo]] = field(default_factory=list)
    contacts: list[Found[str]] = field(default_factory=list)
    forms: list[Found[EmploymentForm]] = field(default_factory=list)
    kinds: list[Found[PostingKind]] = field(default_factory=list)
    denied: list[Found[Labelled]] = field(default_factory=list)


def parse_posting(
    title: str,
    duties: str = "",
    requirements: str = "",
    *,
    now: datetime | None = None,
    reader: WorkReader | None = None,
) -> ParsedPosting:
    """Read the three texts of a posting; never raises on any text. reader: also reads `tasks`.

    The first MAX_CHARS characters of each text are read. Dates without a year need `now` (aware); without it they
    stay unknown.
    """
    parts = {"title": title, "duties": duties, "requirements": requirements}
    joined = JoinedTexts(parts)
    parsed = ParsedPosting()
    for name, folded in joined.folded_parts():
        parsed.pays.extend(item.in_field(name) for item in find_pays_folded(folded))
    parsed.pays = without_bare_piece_work(parsed.pays)
    text = joined.text
    if not text:
        return parsed
    _read_cues(joined, parsed)
    if not parsed.pays and (_PAID_BY_STIPEND & {item.value for item in parsed.kinds} or _INTERN in text):
        for name, folded in joined.folded_parts():
            parsed.pays.extend(item.in_field(name) for item in find_stipends(folded))
    parsed.hours_per_day = joined.one(read_hours_per_day(text))
    parsed.days_per_month = joined.one(read_days_per_month(text))
    parsed.headcount = joined.one(read_headcount(text))
    dates = read_dates(text, now)
    parsed.start_at, parsed.need_by = joined.one(dates.start_at), joined.one(dates.need_by)
    parsed.valid_from, parsed.valid_to = joined.one(dates.valid_from), joined.one(dates.valid_to)
    parsed.education = joined.one(read_education(text))
    parsed.experience_years = joined.one(read_experience_years(text))
    parsed.age = joined.one(read_age(text))
    parsed.limits = [
        replace(item, value=Limit(item.value.kind, parts[item.field][item.start : item.end]))
        for item in joined.all(read_limits(text))
    ]
    papers = read_certificate_needs(text)
    parsed.certificates = joined.all(papers)
    listed = listed_words(joined, title, papers)
    parsed.skills = joined.all(first_of_each(listed))
    if reader is not None:
        spans = [(item.start, item.end) for item in listed]
        parsed.tasks = joined.all(reader.read(text, len(title), spans))
    parsed.contacts = joined.all(read_contacts(text))
    return parsed


def listed_words(
    joined: JoinedTexts, title: str, papers: Sequence[Found[CertificateRequirement]]
) -> list[Found[str]]:
    """Skills of the word list with the span of each word, in text order; papers: what the text says of certificates."""
    trades = [(start, end) for start, end, _ in find_aliases(title[:TITLE_CHARS]) if end - start <= _BARE_TRADE]
    named = [(p.start, p.end) for p in papers]
    return read_skills(joined.text, [*trades, *named]) or read_skills(joined.text, named)


def _read_cues(joined: JoinedTexts, parsed: ParsedPosting) -> None:
    cues = read_cue_fields(joined.text)
    board = read_board_lodging(joined.text)
    settlements = cast("list[Found[Settlement]]", cues.values.get("settlement", []))
    values = {name: joined.all(items) for name, items in cues.values.items()}
    parsed.settlements = joined.all(read_payout(joined.text, settlements))
    parsed.shifts = _shifts(cast("list[Found[Shift]]", cues.values.get("shift", [])), joined)
    parsed.benefits = _benefits(cast("list[Found[Benefit]]", values.get("benefits", [])), joined, board)
    parsed.transport = cast("list[Found[Transport]]", values.get("transport", []))
    parsed.insurance = cast("list[Found[Insurance]]", values.get("insurance", []))
    parsed.load = cast("list[Found[PhysicalLoad]]", values.get("load", []))
    parsed.friendly_to = cast("list[Found[FriendlyTo]]", values.get("friendly_to", []))
    parsed.forms = _forms(cast("list[Found[EmploymentForm]]", values.get("form", [])))
    parsed.kinds = cast("list[Found[PostingKind]]", values.get("kind", []))
    parsed.denied = joined.all(_once([*cues.denied, *cast("list[Found[Labelled]]", board.denied)]))


def _benefits(named: list[Found[Benefit]], joined: JoinedTexts, board: BoardLodging) -> list[Found[Benefit]]:
    """Those of the cues, then those said in a sentence; what people must see to themselves is none."""
    refused = {item.value for item in board.denied}
    known = {item.value for item in named}
    said = [item for item in board.given if item.value not in known]
    return [item for item in named if item.value not in refused] + joined.all(said)


def _shifts(named: list[Found[Shift]], joined: JoinedTexts) -> list[Found[Shift]]:
    """Those named; 晚8点到早6点 is night work unless it is one of several turns or people choose.

    早班 and 晚班 together are turns of a shop, neither day nor night work.
    """
    words = {joined.text[item.start : item.end] for item in named}
    if words >= _SHOP_TURNS:
        named = [item for item in named if joined.text[item.start : item.end] not in _SHOP_TURNS]
    named = joined.all(named)
    if _TURNS & {item.value for item in named}:
        return named
    night = read_night_hours(joined.text)
    if night is None:
        return named
    return [*named, joined.placed(Found(Shift.NIGHT, night.start, night.end, night.confidence))]


def _forms(found: list[Found[EmploymentForm]]) -> list[Found[EmploymentForm]]:
    """A contract with the agency (派遣, 外包) is no contract with the employer, though 签劳动合同 stands there."""
    agency = {EmploymentForm.DISPATCH, EmploymentForm.OUTSOURCED} & {item.value for item in found}
    return [item for item in found if not (agency and item.value is EmploymentForm.FULL_TIME)]


def _once(found: list[Found[Labelled]]) -> list[Found[Labelled]]:
    """The first of each value."""
    return list({item.value: item for item in reversed(found)}.values())[::-1]
