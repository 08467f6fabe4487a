"""What stands behind each tick on a card: the fact, the contradiction, or that nothing is written (核对说明)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.domain.labelled import Labelled
from matcher.domain.labels import pay_label
from matcher.domain.match import MAX_LINE_CHARS
from matcher.domain.posting import Posting
from matcher.domain.posting_terms import Basis
from matcher.lexicon.certificates import certificates
from matcher.services.live.conditions import NO, YES
from matcher.services.live.viewer_words import Ask

UNWRITTEN = "未写明"
SIGNS = {YES: "✓", NO: "✗"}
ANY_AGE = "不限，看身体和技能"


@dataclass(frozen=True, slots=True)
class Tick:
    """One asked condition on one card. sign: ✓, ✗ or ?; fact: what the posting says, 未写明 when it does not."""

    label: str
    sign: str
    fact: str


def tick(ask: Ask, mark: int, posting: Posting) -> Tick:
    """The tick of one condition."""
    if mark not in SIGNS:
        return Tick(ask.label, "?", UNWRITTEN)
    return Tick(ask.label, SIGNS[mark], _short(_fact(ask, posting)))


def _fact(ask: Ask, posting: Posting) -> str:
    """What the posting says about the field."""
    if ask.field == "age":
        return _age(posting)
    if ask.field == "place":
        return posting.place.name if posting.place else ""
    if ask.field == "pay":
        return pay_label(posting.pay)
    if ask.field == "refused_occupations":
        return posting.occupations[0].name if posting.occupations else ""
    if ask.field == "no_certificates":
        return "要" + "、".join(certificates().name(one.code) for one in posting.certificates if one.required)
    if ask.field == "education":
        return f"{posting.education.label}以上" if posting.education else ""
    if ask.field == "constraints":
        return _labels((*posting.shifts, *posting.load, *posting.friendly_to, *posting.transport))
    return _labels(_members(ask.field, posting))


def _members(field: str, posting: Posting) -> Sequence[Labelled]:
    many: dict[str, Sequence[Labelled]] = {
        "needs": posting.benefits,
        "shifts": posting.shifts,
        "transport": posting.transport,
        "insurance": posting.insurance,
        "settlements": (posting.settlement,) if posting.settlement else (),
        "forms": (posting.form,) if posting.form else (),
        "kinds": (posting.kind,),
    }
    return many[field]


def _age(posting: Posting) -> str:
    age = posting.age
    if age is None or age.basis is not Basis.STATUTORY:
        return ANY_AGE
    low = f"满{age.low}岁" if age.low is not None else ""
    high = f"不超过{age.high}岁" if age.high is not None else ""
    return f"法定{low}{high}"


def _labels(members: Sequence[Labelled]) -> str:
    return "、".join(one.label for one in members)


def _short(text: str) -> str:
    return text if len(text) <= MAX_LINE_CHARS else text[: MAX_LINE_CHARS - 1] + "…"
