"""One sentence of a worker, spoken or typed, into intents with spans and confidences (劳动者的一句话).

The readers of the single fields are in `utterance_fields/`, their words in `lexicon/data/utterance_*.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from matcher.clock import local_date
from matcher.domain.labelled import Labelled
from matcher.domain.posting_terms import (
    Benefit,
    Education,
    EmploymentForm,
    Insurance,
    PostingKind,
    Settlement,
    Shift,
    Transport,
)
from matcher.domain.values import HeldCertificate, Occupation, Pay, Place
from matcher.domain.worker import Worker
from matcher.domain.worker_terms import Constraint
from matcher.lexicon.places import find_places
from matcher.text.found import Found
from matcher.text.normalise import fold_case
from matcher.text.posting_fields.board_lodging import read_board_lodging
from matcher.text.posting_fields.payout import read_payout
from matcher.text.utterance_fields.amounts import read_age, read_experience, read_pay_floor
from matcher.text.utterance_fields.cues import Cue, read_cues
from matcher.text.utterance_fields.health import without_health
from matcher.text.utterance_fields.held import HeldCertificates, read_held
from matcher.text.utterance_fields.place import choose_place
from matcher.text.utterance_fields.reach import Reach, read_group, read_reach
from matcher.text.utterance_fields.scope import Scope, Stance, read_scope
from matcher.text.utterance_fields.when import FreeTime, read_free_times, read_start
from matcher.text.utterance_fields.wish import wish_text
from matcher.text.utterance_fields.work import Work, read_work

MAX_CHARS = 2000
"""Text beyond this length is not read; `truncated` then says so."""

_QUESTION = re.compile(
    r"[?]|[吗么嘛](?:$|[,。!\s])|有没有|有冇得|能不能|行不行|要不要|可不可以|是不是|去不去|交不交|包不包|管不管|招不招|收不收|会不会|中不中|用不用|"
    r"[\u4e00-\u9fff]不$|(?:能|行|收|要|招|干|去|报销|成|中|包|管|交|给|有)(?:不|没|没有)(?:$|[,!\s])|能[^,!\s]{0,6}不(?:$|[,!\s])|多不多|多少钱|几个人|多长$|多久$|哪家|去不去得|(?<!不知道)有啥$|(?:活|厂|班车|宿舍|房|岗|空缺|车|名额)没有?(?:$|[,!\s])|谁出(?:$|[,!\s])|(?:买不买|缺不缺|上不上|给不给|发不发|压不压|让不让|报不报)|几点|还招不|怎么(?:样|办|去)|有几|多大|收不|要不$|能干不能"
)
L = TypeVar("L", bound=Labelled)


@dataclass(slots=True)
class ParsedUtterance:
    """What one sentence says. Every list holds Found values with spans in `text`; empty or None = not said.

    wish_text:     the part that names work, for the encoder; "" when none does.
    lacking_certificates, expired_certificates: codes named but not usable, never counted as held.
    no_certificates: they said they have no papers at all.
    guess:         the occupations were heard by sound only (电汗工).
    reach:         minutes one way by a mode; near_home: "离家近" without minutes.
    is_question:   the sentence asks (a viewer's "50岁能去吗"); the values are then the conditions asked about.
    truncated:     the text was longer than MAX_CHARS and cut.
    """

    text: str
    wish_text: str = ""
    occupations: list[Found[Occupation]] = field(default_factory=list)
    refused_occupations: list[Found[Occupation]] = field(default_factory=list)
    guess: bool = False
    skills: list[Found[str]] = field(default_factory=list)
    certificates: list[Found[HeldCertificate]] = field(default_factory=list)
    expired_certificates: list[Found[str]] = field(default_factory=list)
    lacking_certificates: list[Found[str]] = field(default_factory=list)
    no_certificates: Found[bool] | None = None
    pay_floor: Found[Pay] | None = None
    settlements: list[Found[Settlement]] = field(default_factory=list)
    shifts: list[Found[Shift]] = field(default_factory=list)
    refused_shifts: list[Found[Shift]] = field(default_factory=list)
    constraints: list[Found[Constraint]] = field(default_factory=list)
    needs: list[Found[Benefit]] = field(default_factory=list)
    transport: list[Found[Transport]] = field(default_factory=list)
    insurance: list[Found[Insurance]] = field(default_factory=list)
    kinds: list[Found[PostingKind]] = field(default_factory=list)
    forms: list[Found[EmploymentForm]] = field(default_factory=list)
    place: Found[Place] | None = None
    reach: Found[Reach] | None = None
    near_home: Found[bool] | None = None
    out_of_town: Found[bool] | None = None
    education: Found[Education] | None = None
    experience_years: Found[float] | None = None
    age: Found[int] | None = None
    earliest_start: Found[date] | None = None
    free_times: list[Found[FreeTime]] = field(default_factory=list)
    group_size: Found[int] | None = None
    is_question: bool = False
    truncated: bool = False
    read_on: date | None = None

    def conditions(self) -> list[tuple[str, str]]:
        """(field, code) of every condition named, in text order: what a live host ticks off one by one."""
        items: list[tuple[int, str, str]] = []
        for name in ("settlements", "shifts", "constraints", "needs", "transport", "insurance", "kinds", "forms"):
            items.extend((f.start, name, str(f.value)) for f in getattr(self, name))
        if self.age is not None:
            items.append((self.age.start, "age", str(self.age.value)))
        if self.pay_floor is not None and self.pay_floor.value.min_fen is not None:
            pay = self.pay_floor.value
            items.append((self.pay_floor.start, "pay_floor", f"{pay.min_fen}/{pay.unit}"))
        items.extend((f.start, "certificates", f.value.code) for f in self.certificates)
        return [(name, code) for _, name, code in sorted(items)]

    def to_worker(self, worker_id: str) -> Worker:
        """A domain Worker with what the sentence says; complaints of the body are taken out of its text."""
        held = [f.value for f in self.certificates]
        if self.read_on is not None:
            # An expired paper stays visible as expired: "证过期, 复审后可上"; without a day it is left out.
            yesterday = self.read_on - timedelta(days=1)
            held += [HeldCertificate(f.value, valid_to=yesterday) for f in self.expired_certificates]
        return Worker(
            worker_id=worker_id,
            text=without_health(self.text),
            wish_text=self.wish_text,
            occupations=tuple(f.value for f in self.occupations),
            refused_occupations=tuple(f.value for f in self.refused_occupations),
            skills=tuple(f.value for f in self.skills),
            certificates=tuple(held),
            kinds=_values(self.kinds),
            forms=_values(self.forms),
            pay_floor=_value(self.pay_floor),
            settlements=_values(self.settlements),
            shifts=_values(self.shifts),
            refused_shifts=_values(self.refused_shifts),
            needs=_values(self.needs),
            constraints=_values(self.constraints),
            place=_value(self.place),
            max_minutes=None if self.reach is None else self.reach.value.minutes,
            out_of_town=_value(self.out_of_town),
            education=_value(self.education),
            experience_years=_value(self.experience_years),
            age=_value(self.age),
            earliest_start=_value(self.earliest_start),
            group_size=1 if self.group_size is None else self.group_size.value,
            no_certificates=self.no_certificates is not None,
            travel_mode=None if self.reach is None else self.reach.value.mode,
            near_home=self.near_home is not None,
        )


T = TypeVar("T")


def _value(found: Found[T] | None) -> T | None:
    return None if found is None else found.value


def _values(found: Sequence[Found[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(f.value for f in found))


def parse_utterance(text: str, *, near: str | None = None, now: datetime | None = None) -> ParsedUtterance:
    """Read one sentence; never raises, and reads at most MAX_CHARS characters.

    near: region code or name of the office, settles place names that several regions share.
    now:  aware moment that 今天, 下周一 and birth years are counted from; without it they stay unknown.
    """
    source = text[:MAX_CHARS]
    scope = read_scope(fold_case(source))
    today = None if now is None else local_date(now)
    parsed = ParsedUtterance(source, truncated=len(text) > MAX_CHARS, read_on=today)
    cues = read_cues(scope)
    certificates = read_held(scope)
    _fill_amounts(parsed, scope, today)
    _fill_cues(parsed, cues)
    _fill_sentences(parsed, scope)
    _fill_certificates(parsed, certificates)
    _fill_reach(parsed, scope, cues, near)
    blocked = [(c.start, c.end) for c in cues if c.field in _BLOCKS_WORK]
    weak = {(c.start, c.end) for c in cues if c.field == "weak"}
    cue_spans = [(c.start, c.end) for c in cues if c.field not in _WORK_CUES]
    work = read_work(scope, blocked + certificates.spans + _spans(_single(parsed)), weak, cue_spans)
    _fill_work(parsed, work)
    parsed.is_question = _QUESTION.search(scope.text) is not None
    parsed.wish_text = _wish(parsed, scope, work, cues, certificates)
    return parsed


_HOME = frozenset("家屋离")
_BLOCKS_WORK = frozenset({"constraint", "body", "near_home", "out_yes", "out_no", "decoy", "form", "kind"})
"""Cue words that are no trade even where the alias table has them (照顾老人 as a duty at home)."""


_WORK_CUES = frozenset({"weak", "spoken"})


def _fill_amounts(parsed: ParsedUtterance, scope: Scope, today: date | None) -> None:
    parsed.pay_floor = read_pay_floor(scope)
    parsed.age = read_age(scope, None if today is None else today.year)
    parsed.experience_years = read_experience(scope)
    parsed.earliest_start = read_start(scope, today)
    parsed.free_times = read_free_times(scope)
    parsed.reach = read_reach(scope)
    parsed.group_size = read_group(scope)


def _fill_cues(parsed: ParsedUtterance, cues: list[Cue]) -> None:
    parsed.settlements = _wanted(cues, "settlement", Settlement)
    parsed.needs = _wanted(cues, "need", Benefit)
    parsed.transport = _wanted(cues, "transport", Transport)
    parsed.insurance = _one_insurance(_wanted(cues, "insurance", Insurance))
    parsed.kinds = _wanted(cues, "kind", PostingKind)
    parsed.forms = _wanted(cues, "form", EmploymentForm)
    parsed.constraints = _wanted(cues, "constraint", Constraint) + _body(cues)
    parsed.shifts = _wanted(cues, "only_day", Shift) + _wanted(cues, "shift", Shift)
    parsed.refused_shifts = _refused_shifts(cues)
    refused = {f.value for f in parsed.refused_shifts}
    parsed.shifts = _unique(f for f in parsed.shifts if f.value not in refused)
    night = next((f for f in parsed.refused_shifts if f.value is Shift.NIGHT), None)
    if night is not None:
        parsed.constraints.append(Found(Constraint.NO_NIGHT, night.start, night.end, night.confidence))
    parsed.constraints = _unique(sorted(parsed.constraints, key=lambda f: f.start))
    education = _wanted(cues, "education", Education)
    parsed.education = education[0] if education else None
    fresh = next((c for c in cues if c.field == "fresh"), None)
    if fresh is not None and parsed.experience_years is None:
        parsed.experience_years = Found(0.0, fresh.start, fresh.end, 0.8)


def _fill_sentences(parsed: ParsedUtterance, scope: Scope) -> None:
    """Settlement and board said in a sentence, as postings say them (干完就给钱的), where no fixed word names them."""
    if not parsed.settlements:
        parsed.settlements = read_payout(scope.text, [])
    if not parsed.needs:
        wanted = (Benefit.MEALS, Benefit.LODGING, Benefit.COUPLE_ROOM)
        parsed.needs = [item for item in read_board_lodging(scope.text).given if item.value in wanted]


def _wanted(cues: list[Cue], name: str, kind: type[L]) -> list[Found[L]]:
    found: list[Found[L]] = []
    for cue in cues:
        if cue.field == name and cue.stance is not Stance.REFUSE:
            sure = 0.95 if cue.stance is Stance.WANT else 0.85
            found.extend(Found(kind.read(value, field=name), cue.start, cue.end, sure) for value in cue.values)
    return _unique(found)


def _unique(found: Iterable[Found[L]]) -> list[Found[L]]:
    """The first Found of each value."""
    return list({f.value: f for f in reversed(list(found))}.values())[::-1]


def _one_insurance(found: list[Found[Insurance]]) -> list[Found[Insurance]]:
    values = {f.value for f in found}
    return [f for f in found if not (f.value is Insurance.FIVE and Insurance.FIVE_AND_FUND in values)]


def _body(cues: list[Cue]) -> list[Found[Constraint]]:
    """A complaint becomes what they cannot do; the complaint itself is kept nowhere."""
    return [
        Found(Constraint.read(value, field="body"), cue.start, cue.end, 0.8)
        for cue in cues
        if cue.field == "body"
        for value in cue.values
    ]


def _refused_shifts(cues: list[Cue]) -> list[Found[Shift]]:
    found = []
    for cue in cues:
        if cue.field == "only_day":
            found.append(Found(Shift.NIGHT, cue.start, cue.end, 0.9))
        elif cue.field == "shift" and cue.stance is Stance.REFUSE:
            found.extend(Found(Shift.read(value, field="shift"), cue.start, cue.end, 0.95) for value in cue.values)
    return _unique(found)


def _fill_certificates(parsed: ParsedUtterance, certificates: HeldCertificates) -> None:
    parsed.certificates = list({f.value.code: f for f in reversed(certificates.held)}.values())[::-1]
    parsed.expired_certificates = certificates.expired
    parsed.lacking_certificates = certificates.lacking
    parsed.no_certificates = certificates.none


def _fill_reach(parsed: ParsedUtterance, scope: Scope, cues: list[Cue], near: str | None) -> None:
    parsed.place = choose_place(scope, find_places(scope.text, near))
    for cue in cues:
        home = scope.text[cue.start : cue.start + 1] in _HOME
        beside = parsed.place is not None and not home and 0 <= cue.start - parsed.place.end <= 2  # 容城附近 is near a place
        if cue.field == "near_home" and cue.values and not beside:
            parsed.near_home = Found(True, cue.start, cue.end, 0.9)
            break
    for cue in cues:
        if cue.field in ("out_yes", "out_no") and cue.values:
            parsed.out_of_town = Found(cue.field == "out_yes", cue.start, cue.end, 0.9)
            break


def _fill_work(parsed: ParsedUtterance, work: Work) -> None:
    parsed.occupations = work.wanted
    parsed.refused_occupations = work.refused
    parsed.skills = work.skills
    parsed.guess = work.guess


def _single(parsed: ParsedUtterance) -> list[Found[Any]]:
    """Found values that are no trade whatever the alias table says."""
    single = [parsed.pay_floor, parsed.age, parsed.place, parsed.earliest_start, parsed.reach]
    return [f for f in single if f is not None]


def _spans(found: Iterable[Found[Any]]) -> list[tuple[int, int]]:
    return [(f.start, f.end) for f in found]


def _wish(
    parsed: ParsedUtterance, scope: Scope, work: Work, cues: list[Cue], certificates: HeldCertificates
) -> str:
    others: list[Found[Any] | None] = [parsed.group_size, parsed.experience_years]
    spans = [(c.start, c.end) for c in cues if c.field not in _WORK_CUES] + certificates.spans
    spans += _spans(_single(parsed)) + _spans(f for f in others if f is not None) + _spans(parsed.free_times)
    spans += [(t.start, t.end) for t in work.trades if t.stance is Stance.REFUSE]
    return wish_text(scope, parsed.text, work.spans, spans)
