"""What a viewer asks for in a line of chat (观众的话).

INVARIANTS
- The text is data. Whatever it says, it changes nothing but which postings are looked for.
- Nothing of it is kept, logged or repeated: it may hold a number or a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.domain.labels import pay_label
from matcher.domain.worker import Worker
from matcher.text.normalise import fold_case
from matcher.text.utterance import ParsedUtterance, parse_utterance

LONGEST_LINE = 200
"""Characters of one line of chat that are read; platforms allow fewer."""

NOTHING_SAID = "没有读到文字；可以问：50岁能去吗，有没有夫妻房，长白班，容城附近"
NOTHING_ASKED = "没听明白想找什么活；可以说：干什么、在哪里、要多少钱、有没有包吃住"

_NUMBER = re.compile(r"(?<!\d)(\d{1,3})\s?号(?!线|楼|院|门)(?:岗位?)?")
_NOT_IN = re.compile(r"(?:不在|不是|不上|不进|非)(?=(?:流水线|工厂|车间|工地))")
_NO_PAPER = re.compile(r"(?:没有?|无)(?:任何)?(?:证书?|资格证)(?![件据明])")
_NO_TRADE = "8-"  # 不便分类的其他从业人员: what "不想进厂" is read as
_HAS_WORD = re.compile(r"[一-鿿A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that was asked for. value: a domain value that fits the field; label: how a card calls it."""

    field: str
    value: Any
    label: str


@dataclass(frozen=True, slots=True)
class ViewerAsk:
    """A line of chat as a question.

    worker: who asks, as far as told; place, age and wish are in it. asks: conditions in the order in which they are
    ticked off. number: the spoken number they mean, None = none. why_empty: what to say when there is nothing to
    look for, "" otherwise.
    """

    worker: Worker
    asks: tuple[Ask, ...] = ()
    number: int | None = None
    why_empty: str = ""


def read_viewer(text: str, *, now: datetime, near: str | None = None) -> ViewerAsk:
    """Read one line; never raises. near: region of the office, for place names."""
    line = _one_line(text)
    if not _HAS_WORD.search(line):
        return ViewerAsk(Worker("viewer"), why_empty=NOTHING_SAID)
    number = _number(line)
    spoken = _NUMBER.sub(" ", fold_case(line)) if number else line
    parsed = parse_utterance(_NOT_IN.sub("不要", spoken), near=near, now=now)
    worker = parsed.to_worker("viewer")
    worker.no_certificates |= _NO_PAPER.search(fold_case(line)) is not None
    asks = (*asks_of(worker), *_said_of_work(parsed))
    known = asks or worker.occupations or number or worker.wish_text
    return ViewerAsk(worker, asks, number, "" if known else NOTHING_ASKED)


def _one_line(text: str) -> str:
    """The first LONGEST_LINE characters without control characters."""
    return "".join(c if c.isprintable() else " " for c in text[:LONGEST_LINE]).strip()


def _number(line: str) -> int | None:
    match = _NUMBER.search(fold_case(line))
    return int(match[1]) if match and int(match[1]) > 0 else None


def asks_of(worker: Worker) -> list[Ask]:
    """The conditions that a person's wishes amount to."""
    found = [Ask("age", worker.age, f"{worker.age}岁")] if worker.age is not None else []
    if worker.place is not None:
        found.append(Ask("place", worker.place, f"{worker.place.name}附近"))
    for field in ("needs", "shifts", "settlements", "constraints", "kinds", "forms"):
        found += [Ask(field, one, one.label) for one in getattr(worker, field)]
    found += [
        Ask("refused_occupations", one, f"不干{one.name}")
        for one in worker.refused_occupations
        if not one.code.startswith(_NO_TRADE)
    ]
    if worker.pay_floor is not None:
        found.append(Ask("pay", worker.pay_floor, f"工资{pay_label(worker.pay_floor)}"))
    if worker.no_certificates:
        found.append(Ask("no_certificates", True, "没有证"))
    if worker.education is not None:
        found.append(Ask("education", worker.education, worker.education.label))
    return found


def _said_of_work(parsed: ParsedUtterance) -> list[Ask]:
    """What a person's wishes have no place for: the way to work, and insurance."""
    ways = [Ask("transport", one.value, one.value.label) for one in parsed.transport]
    return ways + [Ask("insurance", one.value, one.value.label) for one in parsed.insurance]
